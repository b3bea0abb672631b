package io.mailcanary.mail;

import java.util.Locale;

/// Something in a report that may tell which message it is about.
///
/// @param text word for word; nothing of it is proven
public record Clue(Kind kind, String text) {
  /// The surest first.
  public enum Kind {
    /// An address that the report itself was sent to: the envelope sender of what it is about.
    RETURN_PATH,
    /// The ENVID that comes back (RFC 3464 §2.2.1).
    ENVELOPE_ID,
    /// The Message-ID of what is returned, or one that the report refers to.
    MESSAGE_ID,
    /// A header field of what is returned, `Name: value`, or the returned text itself.
    RETURNED,
    /// Whom it was for.
    RECIPIENT,
    /// Under which id a server held it.
    QUEUE_ID;

    /// As it stands in JSON.
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
