package io.mailcanary.submission;

import io.mailcanary.mail.EmailAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One message, ready to be handed over.
///
/// @param sender the envelope sender; null: the null reverse-path, for what must not be answered
///   (RFC 5321 §4.5.5)
/// @param message RFC 5322, lines ended by CRLF; not dot-stuffed. Asked for once there is a
///   connection to send it over, since large ones are made when they are needed
/// @param envelopeId the ENVID to ask for (RFC 3461 §4.4), xtext already
/// @param notifications whether to ask for delivery status notifications where they are offered
public record Outgoing(
    @Nullable EmailAddress sender,
    EmailAddress recipient,
    Supplier<byte[]> message,
    String envelopeId,
    boolean notifications) {}
