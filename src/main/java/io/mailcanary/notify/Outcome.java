package io.mailcanary.notify;

import java.time.Duration;
import java.util.Optional;

/// What came of telling somebody.
public sealed interface Outcome {
  /// For people, without secrets.
  String words();

  /// They have it.
  record Taken(String words) implements Outcome {}

  /// Not now: it is worth trying again.
  ///
  /// @param after how long they want to be left alone; empty: they did not say
  record Later(String words, Optional<Duration> after) implements Outcome {}

  /// Never, as it stands: trying again would bring the same answer.
  record Refused(String words) implements Outcome {}
}
