package io.mailcanary.app;

import io.mailcanary.prober.InQueue;
import io.mailcanary.queue.QueuedMessage;
import io.mailcanary.watch.QueuedHere;

/// What watchers found in a queue, as it concerns canaries.
public final class Queued {
  private Queued() {}

  public static InQueue canary(QueuedHere held) {
    QueuedMessage message = held.message();
    return new InQueue(
        held.queue().name(),
        held.queue().relay(),
        message.id(),
        message.state().word(),
        message.sender(),
        message.recipients().stream().map(QueuedMessage.Waiting::address).toList(),
        message.arrivedAt(),
        held.reason(),
        held.meaning());
  }
}
