package io.mailcanary.incident;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Message;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Legs for tests.
final class Legs {
  static final Duration PERIOD = Duration.ofSeconds(60);
  static final Duration WITHIN = Duration.ofSeconds(30);
  static final Duration OVERDUE = Duration.ofMinutes(5);

  private Legs() {}

  static CanaryId canary(long number) {
    return new CanaryId(0, number);
  }

  static MailPath path(String name, MailPath.Kind kind, Optional<String> group, Alert alert) {
    return new MailPath(
        name,
        Optional.empty(),
        kind,
        group,
        Map.of("site", "north"),
        new Cadence.Every(PERIOD),
        "relay",
        EmailAddress.parse("canary@corp.test"),
        EmailAddress.parse("canary@peer.test"),
        "mailbox",
        "mailbox",
        new Expectation(
            WITHIN, OVERDUE, Duration.ofHours(24), "INBOX", Expectation.Outcome.DELIVERED),
        new Confirm(3, Duration.ofSeconds(5)),
        Message.PLAIN,
        alert,
        MailPath.ReturnPath.STABLE,
        true,
        List.of(),
        true,
        Optional.of("https://wiki.example/mail"));
  }

  static Alert alert() {
    return new Alert(new Alert.Share(2, 3), Optional.empty(), 3);
  }

  /// A leg by what it has in common with others.
  static Leg leg(
      String name,
      MailPath.Kind kind,
      Optional<String> group,
      String relay,
      String mailbox,
      String sender,
      String recipient) {
    EnumMap<Trait, String> traits = new EnumMap<>(Trait.class);
    traits.put(Trait.RELAY, relay);
    traits.put(Trait.MAILBOX, mailbox);
    traits.put(Trait.SENDER_DOMAIN, sender);
    traits.put(Trait.RECIPIENT_DOMAIN, recipient);
    traits.put(Trait.SIZE, "1 KB");
    group.ifPresent(one -> traits.put(Trait.GROUP, one));
    return new Leg(
        path(name, kind, group, alert()),
        "",
        traits,
        Set.of(sender, recipient, relay + ".corp.test"),
        Set.of(relay + ".corp.test"),
        Optional.of(PERIOD.multipliedBy(3).plus(OVERDUE)),
        false);
  }

  static Leg outbound(String name, String relay, String mailbox, String recipient) {
    return leg(
        name, MailPath.Kind.OUTBOUND, Optional.empty(), relay, mailbox, "corp.test", recipient);
  }
}
