package io.mailcanary.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Dependency;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.Login;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Message;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Resolver;
import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// For each record of the configuration: what holds where nothing is said, and that each key says
/// something.
class DefaultsTest {
  @TempDir Path folder;
  private Probes probes;

  @BeforeEach
  void world() {
    probes = new Probes(folder).with("b.yaml", Probes.PATH);
  }

  private Plan plan(String text) {
    return probes.with("a.yaml", text).plan();
  }

  private Plan inWorld(String text) {
    return probes.with("w.yaml", Probes.WORLD).with("a.yaml", text).plan();
  }

  @Test
  void relayWithDefaults() {
    assertThat(inWorld("").relays().get("out"))
        .isEqualTo(
            new Relay(
                "out",
                Relay.Protocol.SMTP,
                "smtp.campus.example",
                25,
                new Tls(TlsMode.OPPORTUNISTIC, true, Optional.empty()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                4,
                false,
                Duration.ofSeconds(10),
                Duration.ofMinutes(5)));
  }

  @Test
  void relayWithEveryKey() {
    probes.with("ca.pem", Probes.certificate()).with("password", "swordfish\n");
    Plan plan =
        inWorld(
            """
            relays:
              other:
                protocol: lmtp
                host: 192.0.2.7
                port: 2003
                tls: starttls
                verify: false
                ca-file: ca.pem
                username: canary
                password-file: password
                mechanism: LOGIN
                helo: Probe.Campus.example
                bind-address: 192.0.2.8
                limit: 9
                each-address: false
                connect-timeout: 3s
                reply-timeout: 90s
            """);
    assertThat(plan.relays().get("other"))
        .isEqualTo(
            new Relay(
                "other",
                Relay.Protocol.LMTP,
                "192.0.2.7",
                2003,
                new Tls(TlsMode.STARTTLS, false, Optional.of(folder.resolve("ca.pem"))),
                Optional.of(
                    new Login(
                        "canary", new Secret("swordfish"), Optional.of(Login.Mechanism.LOGIN))),
                Optional.of("probe.campus.example"),
                Optional.of("192.0.2.8"),
                9,
                false,
                Duration.ofSeconds(3),
                Duration.ofSeconds(90)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          host: h                                                  | 25
          host: h, protocol: smtp, tls: none                       | 25
          host: h, username: u, password: p                        | 587
          host: h, username: u, password: p, tls: opportunistic    | 587
          host: h, tls: implicit                                   | 465
          host: h, tls: implicit, username: u, token: p            | 465
          host: h, protocol: lmtp                                  | 24
          host: h, protocol: lmtp, username: u, password: p        | 24
          host: h, port: 2525, tls: implicit                       | 2525
          """)
  void portOfRelay(String keys, int port) {
    Plan plan = inWorld("relays: { other: { %s } }".formatted(keys));
    assertThat(requireNonNull(plan.relays().get("other")).port()).isEqualTo(port);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          protocol: imap                      | 993 | IMPLICIT
          protocol: imap, tls: starttls       | 143 | STARTTLS
          protocol: imap, tls: none           | 143 | NONE
          protocol: imap, port: 143           | 143 | STARTTLS
          protocol: imap, port: 10993         | 10993 | IMPLICIT
          protocol: pop3                      | 995 | IMPLICIT
          protocol: pop3, tls: opportunistic  | 110 | OPPORTUNISTIC
          protocol: pop3, port: 110           | 110 | STARTTLS
          """)
  void portAndTlsOfMailbox(String keys, int port, TlsMode mode) {
    Plan plan =
        inWorld("mailboxes: { m: { host: h, username: u, password: p, %s } }".formatted(keys));
    Mailbox.Server server =
        switch (requireNonNull(plan.mailboxes().get("m"))) {
          case Mailbox.Imap imap -> imap.server();
          case Mailbox.Pop3 pop3 -> pop3.server();
          case Mailbox.Maildir _ -> throw new AssertionError();
        };
    assertThat(server.port()).isEqualTo(port);
    assertThat(server.tls().mode()).isEqualTo(mode);
  }

  private static Mailbox.Server usualServer(int port) {
    return new Mailbox.Server(
        "mail.hosted.example",
        port,
        new Tls(TlsMode.IMPLICIT, true, Optional.empty()),
        new Login("canary", new Secret("swordfish"), Optional.empty()),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Optional.empty());
  }

  @Test
  void mailboxesWithDefaults() {
    Plan plan =
        inWorld(
            """
            mailboxes:
              usual: { host: mail.hosted.example, username: canary, password: swordfish }
              pop: { protocol: pop3, host: mail.hosted.example, username: canary, password: swordfish }
              dir: { protocol: maildir, directory: returns }
            """);
    Duration poll = Duration.ofSeconds(30);
    assertThat(plan.mailboxes())
        .containsEntry("usual", new Mailbox.Imap("usual", usualServer(993), List.of(), poll, false))
        .containsEntry("pop", new Mailbox.Pop3("pop", usualServer(995), poll, false))
        .containsEntry(
            "dir", new Mailbox.Maildir("dir", folder.resolve("returns"), List.of(), poll, false));
  }

  @Test
  void mailboxesWithEveryKey() {
    probes.with("ca.pem", Probes.certificate()).with("token", "eyJh\r\n");
    String keys =
        """
            host: "2001:db8::7"
            port: 1993
            tls: starttls
            verify: false
            ca-file: ca.pem
            username: canary
            token-file: token
            mechanism: XOAUTH2
            bind-address: "2001:db8::8"
            connect-timeout: 3s
            reply-timeout: 90s
            poll: 5s
            keep: true
            reply: false
        """;
    Plan plan =
        inWorld(
            """
            mailboxes:
              imap:
                protocol: imap
                folders: [INBOX, Spam]
            %s
              pop:
                protocol: pop3
            %s
              dir: { protocol: maildir, directory: /d, folders: [A], poll: 5s, keep: true, reply: false }
            """
                .formatted(keys, keys));
    Mailbox.Server server =
        new Mailbox.Server(
            "2001:db8:0:0:0:0:0:7",
            1993,
            new Tls(TlsMode.STARTTLS, false, Optional.of(folder.resolve("ca.pem"))),
            new Login("canary", new Secret("eyJh"), Optional.of(Login.Mechanism.XOAUTH2)),
            Duration.ofSeconds(3),
            Duration.ofSeconds(90),
            Optional.of("2001:db8:0:0:0:0:0:8"));
    Duration poll = Duration.ofSeconds(5);
    assertThat(plan.mailboxes())
        .containsEntry(
            "imap", new Mailbox.Imap("imap", server, List.of("INBOX", "Spam"), poll, true))
        .containsEntry("pop", new Mailbox.Pop3("pop", server, poll, true))
        .containsEntry("dir", new Mailbox.Maildir("dir", Path.of("/d"), List.of("A"), poll, true));
  }

  @Test
  void pathWithDefaults() {
    assertThat(inWorld("").paths().get("campus"))
        .isEqualTo(
            new MailPath(
                "campus",
                Optional.empty(),
                MailPath.Kind.OUTBOUND,
                Optional.empty(),
                Map.of(),
                new Cadence.Every(Duration.ofSeconds(60)),
                "out",
                EmailAddress.parse("canary@campus.example"),
                EmailAddress.parse("canary@hosted.example"),
                "in",
                "in",
                new Expectation(
                    Duration.ofSeconds(30),
                    Duration.ofMinutes(5),
                    Duration.ofHours(24),
                    "INBOX",
                    Expectation.Outcome.DELIVERED),
                new Confirm(3, Duration.ofSeconds(5)),
                new Message(0, Optional.empty()),
                new Alert(new Alert.Share(2, 3), Optional.empty(), 3),
                MailPath.ReturnPath.STABLE,
                true,
                List.of(),
                true,
                Optional.empty()));
  }

  @Test
  void pathWithEveryKey() {
    probes.with("letter.eml", "Subject: hello\n\nWorld\n");
    Plan plan =
        inWorld(
            """
            mailboxes:
              returns: { protocol: maildir, directory: /r, folders: [INBOX, Lists] }
            paths:
              other:
                description: Undergraduate mail
                kind: internal
                group: undergraduate
                labels: { site: north }
                cron: "0 */5 * * * ?"
                via: out
                from: probe@campus.example
                to: canary@ugrad.example
                arrives-in: returns
                bounces-to: in
                expect:
                  within: 10s
                  overdue-after: 2m
                  lost-after: 1h
                  folder: Lists
                  outcome: delivered
                confirm: { canaries: 5, every: 250ms }
                message: { template: letter.eml }
                alert: { page: 1 of 1, warn: 1 of 10, recover: 2 }
                return-path: verp
                dsn: false
                sites: [north, south]
                enabled: false
                runbook: https://wiki.example/mail
              sized: { via: out, from: a@b.example, to: c@d.example, arrives-in: in,
                       every: 250ms, kind: inbound, message: { size: 4KB } }
            """);
    assertThat(plan.paths().get("other"))
        .isEqualTo(
            new MailPath(
                "other",
                Optional.of("Undergraduate mail"),
                MailPath.Kind.INTERNAL,
                Optional.of("undergraduate"),
                Map.of("site", "north"),
                new Cadence.Cron("0 */5 * * * ?"),
                "out",
                EmailAddress.parse("probe@campus.example"),
                EmailAddress.parse("canary@ugrad.example"),
                "returns",
                "in",
                new Expectation(
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(2),
                    Duration.ofHours(1),
                    "Lists",
                    Expectation.Outcome.DELIVERED),
                new Confirm(5, Duration.ofMillis(250)),
                new Message(0, Optional.of("Subject: hello\n\nWorld\n")),
                new Alert(new Alert.Share(1, 1), Optional.of(new Alert.Share(1, 10)), 2),
                MailPath.ReturnPath.VERP,
                false,
                List.of("north", "south"),
                false,
                Optional.of("https://wiki.example/mail")));
    assertThat(plan.paths().get("sized"))
        .returns(new Cadence.Every(Duration.ofMillis(250)), MailPath::cadence)
        .returns(MailPath.Kind.INBOUND, MailPath::kind)
        .returns(new Message(4096, Optional.empty()), MailPath::message);
  }

  @Test
  void serviceWithDefaults() {
    ServiceSettings expected =
        new ServiceSettings(
            "127.0.0.1",
            Optional.empty(),
            List.of(),
            List.of(),
            false,
            List.of(),
            List.of(),
            "",
            new ServiceSettings.Retention(Duration.ofDays(14), Duration.ofDays(400)));
    assertThat(inWorld("").service()).isEqualTo(expected).isEqualTo(ServiceSettings.DEFAULT);
    assertThat(inWorld("service: {}").service()).isEqualTo(expected);
    assertThat(inWorld("service: { retain: {} }").service()).isEqualTo(expected);
  }

  @Test
  void serviceWithEveryKey() {
    probes.with("k1", "0123456789abcdef\n");
    ServiceSettings settings =
        inWorld(
                """
                service:
                  listen: 0.0.0.0
                  base-url: https://probe.example
                  hosts: [probe.example]
                  tokens: [{ name: grafana, sha256: "%s", rights: [read, act] }]
                  public-read: true
                  metrics-from: [10.0.0.0/8, "::1"]
                  signing-keys:
                    - { id: k1, secret-file: k1 }
                    - { id: k0, secret: fedcba9876543210 }
                  site: north
                  retain: { canaries: 20d, hourly: 30d }
                """
                    .formatted("0A".repeat(32)))
            .service();
    assertThat(settings)
        .isEqualTo(
            new ServiceSettings(
                "0.0.0.0",
                Optional.of("https://probe.example"),
                List.of("probe.example"),
                List.of(
                    new ServiceSettings.Token(
                        "grafana",
                        "0a".repeat(32),
                        List.of(ServiceSettings.Right.READ, ServiceSettings.Right.ACT))),
                true,
                List.of("10.0.0.0/8", "0:0:0:0:0:0:0:1/128"),
                List.of(
                    new ServiceSettings.SigningSecret("k1", new Secret("0123456789abcdef")),
                    new ServiceSettings.SigningSecret("k0", new Secret("fedcba9876543210"))),
                "north",
                new ServiceSettings.Retention(Duration.ofDays(20), Duration.ofDays(30))));
  }

  @Test
  void resolvers() {
    Plan plan =
        inWorld(
            """
            resolvers:
              default: { servers: [system] }
              outside: { servers: ["192.0.2.53:5353", 192.0.2.54, "[2001:db8::53]:54", "2001:db8::1"] }
            """);
    assertThat(plan.defaultResolver().isSystem()).isTrue();
    assertThat(plan.resolvers().get("outside"))
        .isEqualTo(
            new Resolver(
                "outside",
                List.of(
                    new InetSocketAddress("192.0.2.53", 5353),
                    new InetSocketAddress("192.0.2.54", 53),
                    new InetSocketAddress("2001:db8::53", 54),
                    new InetSocketAddress("2001:db8::1", 53))));
  }

  @Test
  void dnsWithDefaults() {
    DnsSettings defaults =
        new DnsSettings(Duration.ofSeconds(60), Duration.ofMinutes(5), List.of(), 53, List.of());
    assertThat(inWorld("").dns()).isEqualTo(defaults);
    assertThat(inWorld("dns: {}").dns()).isEqualTo(defaults);
    assertThat(inWorld("dns:").dns()).isEqualTo(defaults);
  }

  @Test
  void dnsWithEveryKey() {
    assertThat(
            inWorld(
                    """
                    dns:
                      every: 30s
                      sweep: 10m
                      watch: [Other.example, _dmarc.other.example.]
                      port: 5353
                      public-networks: [127.0.0.0/8, "fd00::/8"]
                    """)
                .dns())
        .isEqualTo(
            new DnsSettings(
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                List.of(new DomainName("other.example"), new DomainName("_dmarc.other.example")),
                5353,
                List.of("127.0.0.0/8", "fd00:0:0:0:0:0:0:0/8")));
  }

  @Test
  void dependencies() {
    Plan plan =
        inWorld(
            """
            resolvers: { campus: { servers: [192.0.2.53] } }
            paths:
              x:
                via: out
                from: a@b.example
                to: c@d.example
                arrives-in: in
                depends-on:
                  - { name: in.hosted.example }
                  - name: hosted.example
                    type: MX
                    resolver: campus
                    expect: [10 mx.hosted.example]
            """);
    assertThat(plan.path("x").orElseThrow().dependsOn())
        .containsExactly(
            new Dependency(new DomainName("in.hosted.example"), "A", "default", List.of()),
            new Dependency(
                new DomainName("hosted.example"), "MX", "campus", List.of("10 mx.hosted.example")));
    assertThat(plan.path("campus").orElseThrow().dependsOn()).isEmpty();
  }

  @Test
  void sectionsStandInAnyFileAndSubfoldersAreLeftAside() throws Exception {
    java.nio.file.Files.createDirectory(folder.resolve("sub.yaml"));
    java.nio.file.Files.createDirectory(folder.resolve("sub"));
    probes.with("sub/bad.yaml", "nonsense: [").with(".hidden.yaml", "nonsense: [");
    probes.with("notes.txt", "nonsense: [").with("empty.yml", "# nothing\n");
    Plan plan = plan(Probes.WORLD + "paths:\nservice:\n");
    assertThat(plan.paths()).containsOnlyKeys("campus");
  }

  @Test
  void anchorsAndMergeKeysSaveTyping() {
    Plan plan =
        inWorld(
            """
            paths:
              one: &one { via: out, from: a@b.example, to: c@d.example, arrives-in: in, every: 5s }
              two: { <<: *one, to: e@f.example }
            """);
    assertThat(plan.paths().get("two"))
        .returns(EmailAddress.parse("e@f.example"), MailPath::to)
        .returns(new Cadence.Every(Duration.ofSeconds(5)), MailPath::cadence);
  }
}
