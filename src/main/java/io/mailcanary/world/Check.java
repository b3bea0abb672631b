package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.util.Optional;

/// Whom a receiver refuses, and in which words.
@FunctionalInterface
public interface Check {
  /// Where a conversation stands.
  enum At {
    MAIL,
    RCPT,
    /// After the end of the message.
    DATA
  }

  /// What is known of a message by then.
  ///
  /// @param client who hands it over
  /// @param message with the receiver's own trace line; empty before it has come
  record Visit(InetAddress client, String sender, String recipient, byte[] message) {}

  /// @return empty: it goes on
  Optional<SmtpReply> refusal(At at, Visit visit);
}
