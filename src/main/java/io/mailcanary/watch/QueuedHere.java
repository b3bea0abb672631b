package io.mailcanary.watch;

import io.mailcanary.canary.Meaning;
import io.mailcanary.path.Queue;
import io.mailcanary.queue.QueuedMessage;

/// A message that does not get out of a queue.
///
/// @param reason why, in the relay's words; may be empty
public record QueuedHere(Queue queue, QueuedMessage message, String reason, Meaning meaning) {}
