package io.mailcanary.mail;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A delivery status notification: the facts of RFC 3464, whether they came as fields or as prose.
///
/// @param reportingMta who wrote it
/// @param envelopeId the ENVID that the sender gave (RFC 3461 §4.4), decoded
/// @param arrivalDate when the reporting server took the message
/// @param queueIds under which ids servers held the message
/// @param recipients one at least in a report that can be read, in its order
public record Dsn(
    @Nullable String reportingMta,
    @Nullable String envelopeId,
    @Nullable Instant arrivalDate,
    List<String> queueIds,
    List<RecipientStatus> recipients) {
  static final Dsn NONE = new Dsn(null, null, null, List.of(), List.of());

  public Dsn {
    queueIds = List.copyOf(queueIds);
    recipients = List.copyOf(recipients);
  }

  /// Whether the report says of anybody that his mail is given up.
  public boolean hasFailed() {
    return recipients.stream().anyMatch(one -> one.action() == Action.FAILED);
  }

  /// The recipient whose fate decides: the first failed one, else the first delayed one, else the
  /// first.
  public Optional<RecipientStatus> worst() {
    return with(Action.FAILED)
        .or(() -> with(Action.DELAYED))
        .or(() -> recipients.stream().findFirst());
  }

  private Optional<RecipientStatus> with(Action action) {
    return recipients.stream().filter(one -> one.action() == action).findFirst();
  }
}
