package io.mailcanary.receiver;

import java.time.Duration;

/// How much one client gets, and all of them together.
///
/// @param connections at a time
/// @param perClient of these from one address
/// @param commands in one connection
/// @param errors of these that were refused
/// @param recipients in one message
/// @param bytes of one message
/// @param command how long we wait for a whole command (RFC 5321 §4.5.3.2.7: five minutes)
/// @param hurried how long instead when more than half of all connections are taken
/// @param message how long a message may take (§4.5.3.2.5)
/// @param session how long a connection may take
record Limits(
    int connections,
    int perClient,
    int commands,
    int errors,
    int recipients,
    long bytes,
    Duration command,
    Duration hurried,
    Duration message,
    Duration session) {
  static final Limits USUAL =
      new Limits(
          200,
          50,
          1_000,
          20,
          100,
          64L << 20,
          Duration.ofMinutes(5),
          Duration.ofSeconds(10),
          Duration.ofMinutes(10),
          Duration.ofMinutes(30));
}
