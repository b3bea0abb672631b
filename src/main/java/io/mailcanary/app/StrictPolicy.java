package io.mailcanary.app;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.MailHosts;
import io.mailcanary.dns.Prediction;
import io.mailcanary.dns.Profile;
import io.mailcanary.dns.ReceiverSetting;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox.Receiver.Stage;
import io.mailcanary.path.Resolver;
import io.mailcanary.receiver.ReceiverPolicy;
import io.mailcanary.resolver.Asker;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Recursor;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Verifies senders as a real, demanding receiver does, and answers in its words. A receiver that
/// calls back is told that it has not called yet.
final class StrictPolicy implements ReceiverPolicy {
  private final Asker asker = new Asker(Asker.Limits.RECURSIVE);
  private final Supplier<Resolver> resolver;
  private final Supplier<Collection<String>> publicNetworks;

  /// @param resolver the one for all names
  /// @param publicNetworks private or loopback networks that count as routable here
  StrictPolicy(Supplier<Resolver> resolver, Supplier<Collection<String>> publicNetworks) {
    this.resolver = resolver;
    this.publicNetworks = publicNetworks;
  }

  @Override
  public Optional<SmtpReply> refusal(Question question) {
    Optional<EmailAddress> sender = address(question.sender());
    // The null sender has no domain that could be looked at.
    if (sender.isEmpty()) {
      return Optional.empty();
    }
    EmailAddress recipient =
        address(question.recipient())
            .orElseGet(() -> new EmailAddress("postmaster", sender.get().domain()));
    MailHosts hosts = MailHosts.untried(publicNetworks.get());
    Prediction prediction = setting(question).judge(sender.get(), recipient, vantage(), hosts);
    return prediction.reply().filter(_ -> isDue(prediction.stage(), question.stage()));
  }

  private static ReceiverSetting setting(Question question) {
    return question
        .receiver()
        .profile()
        .flatMap(ReceiverSetting::byIdOrProfile)
        .orElseGet(Profile.R5::representative);
  }

  private static boolean isDue(Prediction.Stage said, Stage now) {
    return switch (said) {
      case MAIL -> now == Stage.MAIL;
      case RCPT -> now == Stage.RCPT;
    };
  }

  /// What it says is remembered for one judgement.
  private Vantage vantage() {
    Recursor recursor = new Recursor(resolver.get(), asker);
    Map<io.mailcanary.dns.Question, DnsAnswer> known = new HashMap<>();
    return asked -> {
      DnsAnswer answer = known.get(asked);
      if (answer == null) {
        answer = recursor.ask(asked, Look.PLAIN);
        known.put(asked, answer);
      }
      return answer;
    };
  }

  private static Optional<EmailAddress> address(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(EmailAddress.parse(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
