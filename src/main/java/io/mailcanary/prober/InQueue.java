package io.mailcanary.prober;

import io.mailcanary.canary.Meaning;
import java.time.Instant;
import java.util.List;

/// A message that waits in a relay's queue, and may be a canary.
///
/// @param arrivedAt when the relay took it, in whole seconds
/// @param reason why it waits, in the relay's words; may be empty
public record InQueue(
    String queue,
    String relay,
    String queueId,
    String state,
    String sender,
    List<String> recipients,
    Instant arrivedAt,
    String reason,
    Meaning meaning) {
  public InQueue {
    recipients = List.copyOf(recipients);
  }
}
