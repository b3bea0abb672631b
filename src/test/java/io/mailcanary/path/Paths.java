package io.mailcanary.path;

import io.mailcanary.mail.EmailAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Paths for tests.
public final class Paths {
  private Paths() {}

  /// Every minute through relay `campus-out` to mailbox `hosted`; no confirmation.
  public static MailPath path(String name) {
    return path(name, Duration.ofMinutes(1), new Confirm(0, Duration.ofSeconds(5)));
  }

  public static MailPath path(String name, Duration every, Confirm confirm) {
    return new MailPath(
        name,
        Optional.empty(),
        MailPath.Kind.OUTBOUND,
        Optional.empty(),
        Map.of(),
        new Cadence.Every(every),
        "campus-out",
        EmailAddress.parse("canary@campus.example"),
        EmailAddress.parse("canary@hosted.example"),
        "hosted",
        "hosted",
        new Expectation(
            Duration.ofSeconds(30),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            "INBOX",
            Expectation.Outcome.DELIVERED),
        confirm,
        Message.PLAIN,
        new Alert(new Alert.Share(2, 3), Optional.empty(), 3),
        MailPath.ReturnPath.STABLE,
        true,
        List.of(),
        true,
        Optional.empty());
  }

  /// One that is watched in DNS.
  public static MailPath dns(
      String name, EmailAddress from, EmailAddress to, List<Dependency> dependsOn) {
    MailPath path = path(name);
    return new MailPath(
        name,
        path.description(),
        path.kind(),
        path.group(),
        path.labels(),
        path.cadence(),
        path.via(),
        from,
        to,
        path.arrivesIn(),
        path.bouncesTo(),
        path.expect(),
        path.confirm(),
        path.message(),
        path.alert(),
        path.returnPath(),
        path.dsn(),
        path.sites(),
        path.enabled(),
        path.runbook(),
        dependsOn);
  }

  public static MailPath with(MailPath path, Message message) {
    return rebuilt(path, message, path.returnPath(), path.enabled());
  }

  public static MailPath with(MailPath path, MailPath.ReturnPath returnPath) {
    return rebuilt(path, path.message(), returnPath, path.enabled());
  }

  public static MailPath disabled(MailPath path) {
    return rebuilt(path, path.message(), path.returnPath(), false);
  }

  public static Relay relay(String name) {
    return new Relay(
        name,
        Relay.Protocol.SMTP,
        "127.0.0.1",
        25,
        new Tls(TlsMode.NONE, true, Optional.empty()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        4,
        false,
        Duration.ofSeconds(10),
        Duration.ofMinutes(5));
  }

  private static MailPath rebuilt(
      MailPath path, Message message, MailPath.ReturnPath returnPath, boolean enabled) {
    return new MailPath(
        path.name(),
        path.description(),
        path.kind(),
        path.group(),
        path.labels(),
        path.cadence(),
        path.via(),
        path.from(),
        path.to(),
        path.arrivesIn(),
        path.bouncesTo(),
        path.expect(),
        path.confirm(),
        message,
        path.alert(),
        returnPath,
        path.dsn(),
        path.sites(),
        enabled,
        path.runbook());
  }
}
