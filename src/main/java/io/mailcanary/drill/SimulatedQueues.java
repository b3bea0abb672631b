package io.mailcanary.drill;

import io.mailcanary.path.Queue;
import io.mailcanary.path.Relay;
import io.mailcanary.queue.QueueException;
import io.mailcanary.queue.QueueListing;
import io.mailcanary.queue.QueuedMessage;
import io.mailcanary.runtime.Plan;
import io.mailcanary.watch.QueueWatch;
import io.mailcanary.world.SimulatedWorld;
import java.time.InstantSource;
import java.util.List;

/// Lists the queues of the simulated world's servers, whatever command the probe files name.
record SimulatedQueues(Plan plan, SimulatedWorld world, InstantSource clock)
    implements QueueWatch.Reading {
  @Override
  public QueueListing read(Queue queue) throws QueueException {
    Relay relay = plan.relays().get(queue.relay());
    List<SimulatedWorld.Queued> waiting = relay == null ? List.of() : world.queue(relay.host());
    return new QueueListing(
        clock.instant(),
        waiting.stream().map(SimulatedQueues::message).toList(),
        waiting.size(),
        (int) waiting.stream().filter(one -> one.sender().isEmpty()).count(),
        waiting.stream().map(SimulatedWorld.Queued::since).findFirst(),
        0,
        true);
  }

  private static QueuedMessage message(SimulatedWorld.Queued one) {
    return new QueuedMessage(
        one.id(),
        one.reason().isEmpty() ? QueuedMessage.State.ACTIVE : QueuedMessage.State.DEFERRED,
        one.sender(),
        one.since(),
        one.bytes(),
        List.of(new QueuedMessage.Waiting(one.recipient(), one.reason())));
  }
}
