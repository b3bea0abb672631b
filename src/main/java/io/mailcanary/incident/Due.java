package io.mailcanary.incident;

import java.time.Duration;

/// When the rules have something to do next.
final class Due {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long REVIEW = Duration.ofSeconds(30).toMillis();

  private long deadline = NEVER;
  private long review = NEVER;
  private boolean stirred;

  /// Something happened that may lead to a decision.
  void stir() {
    stirred = true;
  }

  /// Something follows from time alone.
  void wakeAt(long at) {
    deadline = Math.min(deadline, at);
  }

  /// A file was opened for a trouble that began then.
  void reviewAfter(long onset) {
    review = Math.min(review, onset + REVIEW);
    stir();
  }

  void reviewAtOnce() {
    review = 0;
  }

  boolean isRipe(long at) {
    return stirred || at >= deadline || at >= review;
  }

  /// Whether a deadline has come; the next ones have to be told again.
  boolean takeDeadline(long at) {
    boolean come = at >= deadline;
    if (come) {
      deadline = NEVER;
    }
    return come;
  }

  /// Whether the files have to be reviewed.
  boolean takeReview(long at) {
    boolean come = stirred || at >= review;
    stirred = false;
    return come;
  }

  /// They were.
  ///
  /// @param more whether some go on
  void reviewed(long at, boolean more) {
    review = more ? at + REVIEW : NEVER;
  }

  /// Our own clock was set.
  void shift(long millis) {
    deadline = deadline == NEVER ? NEVER : deadline + millis;
    review = review == NEVER ? NEVER : review + millis;
  }
}
