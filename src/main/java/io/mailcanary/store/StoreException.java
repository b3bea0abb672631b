package io.mailcanary.store;

import java.sql.BatchUpdateException;
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
    return hasState("22") || hasState("23");
  }

  /// Whether there was no way to the database (SQLSTATE class 08), or it was going down or coming
  /// up (57P01 to 57P03).
  boolean isAway() {
    return getCause() instanceof SQLTransientConnectionException
        || hasState("08")
        || hasState("57P0");
  }

  private boolean hasState(String beginning) {
    return getCause() instanceof SQLException e
        && e.getSQLState() != null
        && e.getSQLState().startsWith(beginning);
  }

  static StoreException of(String what, SQLException e) {
    // The pool tells of its own patience alone; what was wrong stands behind it.
    boolean pooled = e instanceof SQLTransientConnectionException;
    // A batch that failed is told with the statement; what was wrong stands behind it, too.
    boolean batch = e instanceof BatchUpdateException;
    Throwable told = (pooled || batch) && e.getCause() != null ? e.getCause() : e;
    return new StoreException(what + ": " + firstLine(told), e);
  }

  /// H2 wraps what the disk said in the words of each of its layers.
  static StoreException ofDisk(String what, Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new StoreException(what + ": " + firstLine(root), e);
  }

  /// Drivers append the statement, or the row, on further lines or behind a semicolon.
  private static String firstLine(Throwable e) {
    String text = e.getMessage() == null ? e.toString() : e.getMessage();
    int end = text.indexOf('\n');
    int statement = text.indexOf("; SQL statement:");
    if (statement >= 0 && (end < 0 || statement < end)) {
      end = statement;
    }
    return end < 0 ? text : text.substring(0, end);
  }
}
