package io.mailcanary.drill;

import io.mailcanary.authentication.Authenticator;
import io.mailcanary.authentication.Letter;
import io.mailcanary.dns.MailHosts;
import io.mailcanary.dns.Prediction;
import io.mailcanary.dns.ReceiverSetting;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.world.Check;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// How a receiver of a scenario judges senders: as one of the measured receivers, or by DMARC.
final class Checks {
  static final String DMARC = "dmarc";

  private static final String REJECTS = "p=reject";

  private Checks() {}

  static boolean isKnown(String word) {
    return word.equals(DMARC) || ReceiverSetting.byIdOrProfile(word).isPresent();
  }

  /// @param host the receiver, whose own trace line is believed
  /// @param word `dmarc`, a profile such as `R4`, or the id of a measured setting
  static Check of(String host, String word, Vantage vantage, List<String> publicNetworks) {
    if (word.equals(DMARC)) {
      return dmarc(host, new Authenticator(vantage));
    }
    ReceiverSetting setting = ReceiverSetting.byIdOrProfile(word).orElseThrow();
    return (at, visit) -> {
      // The null sender has no domain that could be looked at.
      if (at == Check.At.DATA || visit.sender().isEmpty()) {
        return Optional.empty();
      }
      Prediction prediction =
          setting.judge(
              EmailAddress.parse(visit.sender()),
              EmailAddress.parse(visit.recipient()),
              vantage,
              MailHosts.untried(publicNetworks));
      boolean now =
          switch (prediction.stage()) {
            case MAIL -> at == Check.At.MAIL;
            case RCPT -> at == Check.At.RCPT;
          };
      return prediction.reply().filter(_ -> now);
    };
  }

  /// Refuses what its author's domain asks to have refused (RFC 9989).
  private static Check dmarc(String host, Authenticator authenticator) {
    return (at, visit) -> {
      if (at != Check.At.DATA || visit.sender().isEmpty()) {
        return Optional.empty();
      }
      byte[] message = visit.message();
      String head =
          new String(
              message, 0, Math.min(message.length, FoundMessage.HEAD), StandardCharsets.ISO_8859_1);
      return authenticator
          .check(new Letter(head, message.length, List.of(host), visit.sender(), visit.recipient()))
          .stream()
          .filter(check -> check.method() == AuthenticationMethod.DMARC)
          .filter(check -> check.result() == AuthenticationResult.FAIL)
          .filter(check -> check.reason().contains(REJECTS))
          .map(Checks::refusal)
          .flatMap(Optional::stream)
          .findFirst();
    };
  }

  private static Optional<SmtpReply> refusal(AuthenticationCheck check) {
    return SmtpReply.parse(
        "550 5.7.1 Unauthenticated email from %s is not accepted due to its DMARC policy"
            .formatted(check.domain()));
  }
}
