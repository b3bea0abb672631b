package io.mailcanary.runtime;

import java.time.Instant;

/// Runs tasks when they are due, each on a thread of its own.
public interface Agenda {
  /// Runs `task` at `when`, at once where that is past.
  Cancellable at(Instant when, Runnable task);

  /// Something that was put on the agenda.
  @FunctionalInterface
  interface Cancellable {
    /// Takes it off again; without effect once it runs.
    void cancel();
  }
}
