package io.mailcanary.receiver;

import io.mailcanary.path.Mailbox.Receiver.Protocol;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The lines that a final delivery adds on top (RFC 5321 §4.4).
final class Trace {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private Trace() {}

  static String lines(
      Attempt attempt, Protocol protocol, String host, String id, String recipient) {
    return """
    Return-Path: <%s>
    Delivered-To: %s
    Received: from %s ([%s])
    \tby %s (mailcanary) with %s id %s
    \tfor <%s>; %s
    """
        .formatted(
            attempt.sender(),
            recipient,
            attempt.helo().replaceAll("[^A-Za-z0-9.:\\[\\]_-]", "?"),
            attempt.client(),
            host,
            (protocol == Protocol.LMTP ? "LMTP" : "ESMTP") + (attempt.tls().isEmpty() ? "" : "S"),
            id,
            recipient,
            DATE.format(attempt.last().at()))
        .replace("\n", "\r\n");
  }
}
