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

  /// From one address to another in a mailbox, which takes its bounces, too.
  public static MailPath to(String from, String to, String mailbox) {
    MailPath path = path("to-" + mailbox);
    return new MailPath(
        path.name(),
        path.description(),
        path.kind(),
        path.group(),
        path.labels(),
        path.cadence(),
        path.via(),
        EmailAddress.parse(from),
        EmailAddress.parse(to),
        mailbox,
        mailbox,
        path.expect(),
        path.confirm(),
        path.message(),
        path.alert(),
        path.returnPath(),
        path.dsn(),
        path.sites(),
        path.enabled(),
        path.runbook());
  }

  /// One that several sites send.
  public static MailPath from(MailPath path, String... sites) {
    return rebuilt(
        path, path.expect(), path.message(), path.returnPath(), List.of(sites), path.enabled());
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
        dependsOn,
        path.vary(),
        path.direct());
  }

  public static MailPath with(MailPath path, Message message) {
    return rebuilt(path, path.expect(), message, path.returnPath(), path.sites(), path.enabled());
  }

  public static MailPath with(MailPath path, MailPath.ReturnPath returnPath) {
    return rebuilt(path, path.expect(), path.message(), returnPath, path.sites(), path.enabled());
  }

  public static MailPath with(MailPath path, Expectation expect) {
    return rebuilt(path, expect, path.message(), path.returnPath(), path.sites(), path.enabled());
  }

  public static MailPath disabled(MailPath path) {
    return rebuilt(path, path.expect(), path.message(), path.returnPath(), path.sites(), false);
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

  /// The same path by other ways.
  public static MailPath with(MailPath path, String via, Vary vary) {
    return changed(path, path.kind(), via, vary, path.expect());
  }

  public static MailPath of(MailPath.Kind kind, MailPath path) {
    return changed(path, kind, path.via(), path.vary(), path.expect());
  }

  public static MailPath expecting(MailPath path, Expectation.Outcome outcome) {
    Expectation old = path.expect();
    return changed(
        path,
        path.kind(),
        path.via(),
        path.vary(),
        new Expectation(old.within(), old.overdueAfter(), old.lostAfter(), old.folder(), outcome));
  }

  public static MailPath bouncesTo(MailPath path, String mailbox) {
    return changed(path, path.kind(), path.via(), path.vary(), path.expect(), mailbox);
  }

  public static Relay eachAddress(Relay relay, String host) {
    return new Relay(
        relay.name(),
        relay.protocol(),
        host,
        relay.port(),
        relay.tls(),
        relay.login(),
        relay.helo(),
        relay.bindAddress(),
        relay.limit(),
        true,
        relay.connectTimeout(),
        relay.replyTimeout());
  }

  private static MailPath changed(
      MailPath path, MailPath.Kind kind, String via, Vary vary, Expectation expect) {
    return changed(path, kind, via, vary, expect, path.bouncesTo());
  }

  private static MailPath changed(
      MailPath path,
      MailPath.Kind kind,
      String via,
      Vary vary,
      Expectation expect,
      String bouncesTo) {
    return new MailPath(
        path.name(),
        path.description(),
        kind,
        path.group(),
        path.labels(),
        path.cadence(),
        via,
        path.from(),
        path.to(),
        path.arrivesIn(),
        bouncesTo,
        expect,
        path.confirm(),
        path.message(),
        path.alert(),
        path.returnPath(),
        path.dsn(),
        path.sites(),
        path.enabled(),
        path.runbook(),
        path.dependsOn(),
        vary,
        path.direct());
  }

  private static MailPath rebuilt(
      MailPath path,
      Expectation expect,
      Message message,
      MailPath.ReturnPath returnPath,
      List<String> sites,
      boolean enabled) {
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
        expect,
        path.confirm(),
        message,
        path.alert(),
        returnPath,
        path.dsn(),
        sites,
        enabled,
        path.runbook());
  }
}
