package io.mailcanary.schedule;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// Paths of which only the name and the cadence matter.
final class Paths {
  private Paths() {}

  static MailPath every(String name, Duration period) {
    return path(name, new Cadence.Every(period), List.of(), true);
  }

  static MailPath cron(String name, String expression) {
    return path(name, new Cadence.Cron(expression), List.of(), true);
  }

  static MailPath disabled(String name, Duration period) {
    return path(name, new Cadence.Every(period), List.of(), false);
  }

  static MailPath atSites(String name, Duration period, String... sites) {
    return path(name, new Cadence.Every(period), List.of(sites), true);
  }

  static List<MailPath> many(int count, Duration period) {
    return IntStream.range(0, count).mapToObj(number -> every("path-" + number, period)).toList();
  }

  private static MailPath path(String name, Cadence cadence, List<String> sites, boolean enabled) {
    return new MailPath(
        name,
        Optional.empty(),
        MailPath.Kind.OUTBOUND,
        Optional.empty(),
        Map.of(),
        cadence,
        "relay",
        EmailAddress.parse("canary@example.org"),
        EmailAddress.parse("seed@example.net"),
        "seed",
        "seed",
        new Expectation(
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofHours(24),
            "INBOX",
            Expectation.Outcome.DELIVERED),
        new Confirm(0, Duration.ofSeconds(5)),
        Message.PLAIN,
        new Alert(new Alert.Share(3, 5), Optional.empty(), 3),
        MailPath.ReturnPath.STABLE,
        false,
        sites,
        enabled,
        Optional.empty());
  }
}
