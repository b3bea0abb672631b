package io.mailcanary.queue;

import java.time.Instant;
import java.util.List;

/// What a queue held at one time.
///
/// @param messages the first of them, so many as are kept
/// @param count how many there are in all
/// @param bounces how many of all have the null sender
/// @param unread how many lines were not understood
public record QueueListing(
    Instant at, List<QueuedMessage> messages, int count, int bounces, int unread) {
  public QueueListing {
    messages = List.copyOf(messages);
  }
}
