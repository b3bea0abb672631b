package io.mailcanary.runtime;

import java.time.Instant;

/// What is to be done later.
public interface Agenda {
  /// Does `task` at `when`, or at once if that is past, on a thread where it may block.
  Cancellable at(Instant when, Runnable task);
}
