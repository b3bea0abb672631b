package io.mailcanary.receiver;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What a receiver told.
final class Heard implements ReceiverSink {
  final List<Attempt> refused = new CopyOnWriteArrayList<>();
  final List<Attempt> attempts = new CopyOnWriteArrayList<>();
  final List<ReceivedMessage> messages = new CopyOnWriteArrayList<>();
  final List<String> sight = new CopyOnWriteArrayList<>();
  final List<String> heads = new CopyOnWriteArrayList<>();

  @Override
  public void refused(Attempt attempt, String head) {
    refused.add(attempt);
    heads.add(head);
  }

  @Override
  public void received(Attempt attempt, ReceivedMessage message, Instant at) {
    attempts.add(attempt);
    messages.add(message);
  }

  @Override
  public void listening(String mailbox, Instant since) {
    sight.add("listening " + mailbox);
  }

  @Override
  public void deaf(String mailbox, Instant since, String reason) {
    sight.add("deaf " + mailbox + ": " + reason);
  }
}
