package io.mailcanary.queue;

/// A queue could not be read. The message says what was tried and what came, in one line.
public final class QueueException extends Exception {
  public QueueException(String message) {
    super(message);
  }
}
