package io.mailcanary.submission;

import io.mailcanary.mail.EmailAddress;

/// One message, ready to be handed over.
///
/// @param sender the envelope sender
/// @param message RFC 5322, lines ended by CRLF; not dot-stuffed
/// @param envelopeId the ENVID to ask for (RFC 3461 §4.4), xtext already
/// @param notifications whether to ask for delivery status notifications where they are offered
public record Outgoing(
    EmailAddress sender,
    EmailAddress recipient,
    byte[] message,
    String envelopeId,
    boolean notifications) {}
