package io.mailcanary.mail;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/// What a message that arrived is, and what it says about another one. Total over any bytes.
///
/// @param because the sentence of the rule that decided on the kind
/// @param dsn what it reports; without recipients unless it is a delivery status
/// @param clues which message it is about, the surest first; empty for a message about nothing
/// @param returned the header of the message that it returns, as far as it does
/// @param hops its own way
public record MailReport(
    Kind kind, String because, Dsn dsn, List<Clue> clues, HeaderBlock returned, HopTrace hops) {
  /// No more of a message is looked at, in bytes.
  public static final int MOST_BYTES = 1 << 20;

  public MailReport {
    clues = List.copyOf(clues);
  }

  public enum Kind {
    /// Bounces, delay warnings, proofs of delivery (RFC 3464, or prose).
    DELIVERY_STATUS,
    /// Vacation notices and other responders (RFC 3834), receipts of readers (RFC 8098).
    AUTO_REPLY,
    /// Complaints (RFC 5965).
    FEEDBACK,
    /// Anything else.
    MESSAGE;

    /// As it stands in JSON.
    public String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// Reads a raw message, or the beginning of one.
  public static MailReport of(byte[] message) {
    return of(
        new String(message, 0, Math.min(message.length, MOST_BYTES), StandardCharsets.ISO_8859_1));
  }

  /// Reads a raw message, or the beginning of one.
  ///
  /// @param message a char a byte
  public static MailReport of(String message) {
    return ReportReader.read(
        message.length() > MOST_BYTES ? message.substring(0, MOST_BYTES) : message);
  }
}
