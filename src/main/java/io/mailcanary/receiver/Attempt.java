package io.mailcanary.receiver;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox.Receiver.Stage;
import java.time.Instant;
import java.util.List;

/// What one client tried, up to the answer that was just given. All texts are bounded, control
/// characters made visible.
///
/// @param mailbox the receiver it came to
/// @param startedAt when it connected, or began this message
/// @param client its address
/// @param helo the name it gave; empty before it did
/// @param tls the version in use, such as `TLSv1.3`; empty without
/// @param sender the envelope sender as given; empty before MAIL, and for the null sender
/// @param envelopeId the ENVID (RFC 3461 §4.4), decoded; empty where none was given
/// @param recipients those that we have said yes to
/// @param steps all that was answered, oldest first; the last is what this is told for
public record Attempt(
    String mailbox,
    Instant startedAt,
    String client,
    String helo,
    String tls,
    String sender,
    String envelopeId,
    List<String> recipients,
    List<Step> steps) {

  public Attempt {
    recipients = List.copyOf(recipients);
    steps = List.copyOf(steps);
  }

  /// One answer of ours.
  ///
  /// @param argument the address or name it was about; may be empty
  public record Step(Stage stage, String argument, SmtpReply answer, Instant at) {}

  /// What was answered last.
  public Step last() {
    return steps.getLast();
  }
}
