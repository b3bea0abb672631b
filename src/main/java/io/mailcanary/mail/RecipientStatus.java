package io.mailcanary.mail;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a report says of one recipient (RFC 3464 §2.3, or the same in prose).
///
/// @param address the final recipient; empty where the report names none
/// @param status the enhanced status; the diagnostic's where that says more than the field
/// @param replyCode the SMTP reply code that the server got, 400 to 599 for a failure
/// @param diagnostic what was said, on one line; empty where nothing was
/// @param remoteMta the server that said it, a name or an address
/// @param originalRecipient whom the sender addressed (ORCPT, RFC 3461 §4.2)
/// @param logId under which id the reporting server logged it
/// @param retryUntil until when a delayed message is tried
public record RecipientStatus(
    String address,
    Action action,
    @Nullable EnhancedStatus status,
    @Nullable Integer replyCode,
    String diagnostic,
    @Nullable String remoteMta,
    @Nullable String originalRecipient,
    @Nullable String logId,
    @Nullable Instant lastAttempt,
    @Nullable Instant retryUntil) {

  /// The reply behind it, where the report quotes one with its code.
  public Optional<SmtpReply> reply() {
    return replyCode == null
        ? Optional.empty()
        : Optional.of(new SmtpReply(replyCode, Optional.ofNullable(status), diagnostic));
  }
}
