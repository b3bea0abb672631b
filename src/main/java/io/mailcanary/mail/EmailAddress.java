package io.mailcanary.mail;

import java.util.regex.Pattern;

/// A mailbox address as it stands in an SMTP envelope (RFC 5321 §4.1.2), dot-string form only.
///
/// @param local the part before the at sign, 64 octets at most (§4.5.3.1.1), its case kept
/// @param domain the part after it
public record EmailAddress(String local, DomainName domain) {
  /// Longest local part that every server must take (RFC 5321 §4.5.3.1.1), in octets.
  public static final int LONGEST_LOCAL = 64;

  private static final Pattern DOT_STRING =
      Pattern.compile("[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*");

  public EmailAddress {
    if (local.length() > LONGEST_LOCAL) {
      throw new IllegalArgumentException(
          "the local part '%s' has more than %d characters".formatted(local, LONGEST_LOCAL));
    }
    if (!DOT_STRING.matcher(local).matches()) {
      throw new IllegalArgumentException("'%s' is no local part of an address".formatted(local));
    }
  }

  /// Reads `local@domain`.
  ///
  /// @throws IllegalArgumentException with a sentence for the person who wrote it
  public static EmailAddress parse(String text) {
    int at = text.lastIndexOf('@');
    if (at < 0) {
      throw new IllegalArgumentException(
          "'%s' is no mail address: expected local@domain".formatted(text));
    }
    return new EmailAddress(text.substring(0, at), new DomainName(text.substring(at + 1)));
  }

  /// The same mailbox with a detail behind a plus sign (RFC 5233).
  ///
  /// @throws IllegalArgumentException when that makes the local part too long
  public EmailAddress plus(String detail) {
    return new EmailAddress(local + "+" + detail, domain);
  }

  @Override
  public String toString() {
    return local + "@" + domain;
  }
}
