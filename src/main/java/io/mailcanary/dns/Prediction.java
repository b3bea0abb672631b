package io.mailcanary.dns;

import io.mailcanary.mail.SmtpReply;
import java.util.Optional;

/// What one receiver would do with mail from a domain, and why.
///
/// @param reply in its own words; empty where it accepts
/// @param stage the command that the reply answers
/// @param decisive the answer that tipped the scales; empty where none was asked for
/// @param flaps why it answers otherwise at other times; empty where it doesn't
public record Prediction(
    ReceiverSetting setting,
    Verdict verdict,
    Optional<SmtpReply> reply,
    Stage stage,
    Optional<DnsAnswer> decisive,
    Optional<String> flaps) {

  /// Where in the SMTP dialogue a receiver says it.
  public enum Stage {
    MAIL,
    RCPT
  }

  Prediction flapping(String why) {
    return new Prediction(setting, verdict, reply, stage, decisive, Optional.of(why));
  }
}
