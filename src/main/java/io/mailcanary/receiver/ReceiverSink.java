package io.mailcanary.receiver;

import java.time.Instant;

/// Whom a receiver tells what comes. Called from the threads of its connections; an exception
/// thrown here is logged and otherwise ignored.
public interface ReceiverSink {
  /// A client was refused, at whatever stage, and has been told so.
  ///
  /// @param head how its message begins where it was refused after that, as in
  ///   [ReceivedMessage#head]; else empty
  void refused(Attempt attempt, String head);

  /// A message was taken. It is told once for each of its recipients.
  ///
  /// @param at the end of its data
  void received(Attempt attempt, ReceivedMessage message, Instant at);

  /// It listens, and a client of ours has been greeted.
  void listening(String mailbox, Instant since);

  /// It does not.
  ///
  /// @param since from when on attempts may have gone unseen
  void deaf(String mailbox, Instant since, String reason);
}
