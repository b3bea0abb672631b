package io.mailcanary.receiver;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox.Receiver;
import java.net.InetAddress;
import java.util.Optional;

/// What a demanding receiver would answer ([Receiver.Policy#STRICT]). It may look things up, and is
/// asked on the connection's own thread; how long that takes is its own to bound.
@FunctionalInterface
public interface ReceiverPolicy {
  /// @return the refusal; empty to go on
  Optional<SmtpReply> refusal(Question question);

  /// What is known when it is asked, at MAIL and at each RCPT.
  ///
  /// @param sender the envelope sender; empty for the null sender
  /// @param recipient the recipient at RCPT; empty at MAIL
  record Question(
      Receiver receiver,
      Receiver.Stage stage,
      InetAddress client,
      String helo,
      String sender,
      String recipient) {}

  /// Demands nothing.
  ReceiverPolicy NONE = _ -> Optional.empty();
}
