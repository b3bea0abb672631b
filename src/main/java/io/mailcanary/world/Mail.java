package io.mailcanary.world;

import java.util.Locale;

/// One message on its way to one recipient.
///
/// @param sender the envelope's; empty: nobody is to be told
/// @param content the message as it goes over the wire, lines ended by CRLF
record Mail(String sender, String recipient, byte[] content) {
  /// The recipient's domain in small letters.
  String domain() {
    return domainOf(recipient);
  }

  static String domainOf(String address) {
    return address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return "mail to %s, %d bytes".formatted(recipient, content.length);
  }
}
