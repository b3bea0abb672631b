package io.mailcanary.incident;

import java.util.Locale;

/// What paths may have in common, and what may therefore separate those that fail from those that
/// do not. Where several would, the one that stands first is named.
public enum Trait {
  /// A name in DNS, with all of its records.
  RECORD,
  MAILBOX,
  RELAY,
  /// A server on the way, after the relay.
  HOP,
  /// The host that takes mail for the recipient.
  RECEIVER,
  RECIPIENT_DOMAIN,
  SENDER_DOMAIN,
  RESOLVER,
  /// The size of the message.
  SIZE,
  /// IPv4 or IPv6.
  FAMILY,
  /// From where it was sent.
  SITE,
  GROUP,
  /// A part of ourselves.
  OBSERVER,
  PATH;

  private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /// As it stands in a dedup key.
  public String word() {
    return word;
  }

  /// For a sentence.
  String phrase(String value) {
    return switch (this) {
      case RECORD, HOP, RECEIVER -> value;
      case MAILBOX -> "mailbox " + value;
      case RELAY -> "relay " + value;
      case RECIPIENT_DOMAIN -> "recipient domain " + value;
      case SENDER_DOMAIN -> "sender domain " + value;
      case RESOLVER -> "resolver " + value;
      case SIZE -> "messages of " + value;
      case FAMILY -> "address family " + value;
      case SITE -> "site " + value;
      case GROUP -> "group " + value;
      case OBSERVER -> value;
      case PATH -> "path " + value;
    };
  }
}
