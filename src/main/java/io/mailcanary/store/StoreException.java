package io.mailcanary.store;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/// The database did not do what it was asked to; nothing of it was done.
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// Whether the database answered and will not take these very data (SQLSTATE classes 22 and 23),
  /// so that trying again is of no use.
  boolean refused() {
    return getCause() instanceof SQLException e
        && e.getSQLState() != null
        && (e.getSQLState().startsWith("22") || e.getSQLState().startsWith("23"));
  }

  static StoreException of(String what, SQLException e) {
    // The pool tells of its own patience alone; what was wrong stands behind it.
    boolean pooled = e instanceof SQLTransientConnectionException;
    Throwable told = pooled && e.getCause() != null ? e.getCause() : e;
    return new StoreException(what + ": " + firstLine(told), e);
  }

  /// Drivers append the statement, or the row, on further lines or behind a semicolon.
  private static String firstLine(Throwable e) {
    String text = String.valueOf(e.getMessage());
    int end = text.indexOf('\n');
    int statement = text.indexOf("; SQL statement:");
    if (statement >= 0 && (end < 0 || statement < end)) {
      end = statement;
    }
    return end < 0 ? text : text.substring(0, end);
  }
}
