package io.mailcanary.store;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Sets the parameters of a statement one after the other.
final class Binder {
  private final PreparedStatement statement;
  private int next = 1;

  Binder(PreparedStatement statement) {
    this.statement = statement;
  }

  /// Longer texts are cut: PostgreSQL would take them, H2 would not, and nothing honest is as long.
  static final int LONGEST_TEXT = 16 * 1024;

  Binder text(@Nullable String text) throws SQLException {
    if (text == null) {
      statement.setNull(next++, Types.VARCHAR);
    } else {
      statement.setString(next++, storable(text));
    }
    return this;
  }

  /// Text that holds nothing but characters that both databases take.
  Binder plain(String text) throws SQLException {
    statement.setString(next++, text);
    return this;
  }

  Binder number(int number) throws SQLException {
    statement.setInt(next++, number);
    return this;
  }

  Binder number(long number) throws SQLException {
    statement.setLong(next++, number);
    return this;
  }

  Binder flag(boolean flag) throws SQLException {
    statement.setBoolean(next++, flag);
    return this;
  }

  Binder bytes(byte[] bytes) throws SQLException {
    statement.setBytes(next++, bytes);
    return this;
  }

  Binder at(@Nullable Instant at) throws SQLException {
    return nullable(at == null ? null : Nanos.of(at));
  }

  Binder took(@Nullable Duration duration) throws SQLException {
    return nullable(duration == null ? null : Nanos.of(duration));
  }

  private Binder nullable(@Nullable Long number) throws SQLException {
    if (number == null) {
      statement.setNull(next++, Types.BIGINT);
    } else {
      statement.setLong(next++, number);
    }
    return this;
  }

  /// PostgreSQL has no NUL in text, and neither has half a surrogate pair.
  static String storable(String text) {
    String cut = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return replaced(cut);
      }
    }
    return cut;
  }

  private static String replaced(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == 0 || Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
        .forEach(result::appendCodePoint);
    return result.toString();
  }
}
