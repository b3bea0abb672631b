package io.mailcanary.dispatch;

/// Counts what became of attempts to tell somebody.
@FunctionalInterface
public interface DispatchMeters {
  /// Each result that is counted.
  enum Result {
    /// They have it.
    SENT,
    /// Not this time; it is tried again.
    RETRIED,
    /// Never.
    FAILED;

    /// As it stands in metrics.
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  void told(String channel, Result result);
}
