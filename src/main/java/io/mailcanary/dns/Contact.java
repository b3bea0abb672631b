package io.mailcanary.dns;

import io.mailcanary.mail.SmtpReply;

/// What a receiver meets that calls a mail host back.
public sealed interface Contact {
  /// It takes `MAIL FROM:<>` and the sender's address as a recipient.
  record Listens() implements Contact {}

  /// Nobody has tried: receivers that call back are assumed to succeed.
  record Untried() implements Contact {}

  record ConnectionRefused() implements Contact {}

  /// Packets vanish.
  record ConnectionTimedOut() implements Contact {}

  record NetworkUnreachable() implements Contact {}

  /// It says no.
  record Says(At at, SmtpReply reply) implements Contact {}

  /// What the reply answers.
  enum At {
    GREETING,
    MAIL,
    RCPT
  }
}
