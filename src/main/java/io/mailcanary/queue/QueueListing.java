package io.mailcanary.queue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a queue held at one time.
///
/// @param messages the first of them, so many as are kept
/// @param count how many there are in all
/// @param bounces how many of all have the null sender
/// @param oldest when the oldest of all came; empty when there is none
/// @param unread how many lines were not understood
/// @param whole whether the list was read to its end; otherwise the counts are the least there is
public record QueueListing(
    Instant at,
    List<QueuedMessage> messages,
    int count,
    int bounces,
    Optional<Instant> oldest,
    int unread,
    boolean whole) {
  public QueueListing {
    messages = List.copyOf(messages);
  }
}
