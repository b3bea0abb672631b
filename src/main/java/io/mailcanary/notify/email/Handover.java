package io.mailcanary.notify.email;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.notify.Outcome;
import io.mailcanary.path.Relay;

/// Hands a letter to a relay. Whoever speaks SMTP is one.
public interface Handover {
  /// @param message RFC 5322, lines ended by CRLF
  Outcome send(Relay relay, EmailAddress from, EmailAddress to, byte[] message)
      throws InterruptedException;
}
