package io.mailcanary.canary;

/// What a relay's queue said of one canary.
///
/// @param queue its name in the probe files
/// @param queueId the relay's own name for the message
/// @param state where in the queue it is, such as `deferred` or `frozen`
/// @param reason why it waits, in the relay's words; may be empty
/// @param tiedBy the mark by which it was tied to its canary, such as `queue-id`
public record QueueSighting(
    String queue,
    String relay,
    String queueId,
    String state,
    String reason,
    String tiedBy,
    Meaning meaning) {}
