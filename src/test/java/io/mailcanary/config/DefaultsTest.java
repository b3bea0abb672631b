package io.mailcanary.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.incident.RuleSettings;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.Severity;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Dependency;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.Family;
import io.mailcanary.path.Login;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Message;
import io.mailcanary.path.Queue;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Resolver;
import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.path.Variant;
import io.mailcanary.path.Vary;
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
          case Mailbox.Maildir _, Mailbox.Receiver _ -> throw new AssertionError();
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
  void pathsWithoutARelayGoWhereDnsSays() {
    Plan plan =
        inWorld(
            """
            paths:
              mx: { via: mx, from: a@b.example, to: c@d.example, arrives-in: in }
              each: { via: each-mx, from: a@b.example, to: c@d.example, arrives-in: in,
                      direct: { port: 2525, helo: probe.b.example, bind-address: 192.0.2.1, limit: 2,
                                tls: starttls, verify: true, connect-timeout: 1s, reply-timeout: 2s } }
            """);
    assertThat(plan.paths().get("mx"))
        .returns("mx", MailPath::via)
        .returns(Relay.DIRECT, MailPath::direct);
    assertThat(Relay.DIRECT.tls())
        .isEqualTo(new Tls(TlsMode.OPPORTUNISTIC, false, Optional.empty()));
    assertThat(plan.path("each").orElseThrow().direct())
        .isEqualTo(
            new Relay(
                "mx of each",
                Relay.Protocol.SMTP,
                "",
                2525,
                new Tls(TlsMode.STARTTLS, true, Optional.empty()),
                Optional.empty(),
                Optional.of("probe.b.example"),
                Optional.of("192.0.2.1"),
                2,
                false,
                Duration.ofSeconds(1),
                Duration.ofSeconds(2)));
  }

  @Test
  void eachCombinationIsALeg() {
    Plan plan =
        inWorld(
            """
            relays: { out-2: { host: h, each-address: true } }
            paths:
              varied: { via: out, from: a@b.example, to: c@d.example, arrives-in: in,
                        vary: { size: [4KB, 8MB], via: [out, out-2, each-mx],
                                from: [a@b.example, e@f.example], family: [ipv4, ipv6] } }
              plain: { via: out, from: a@b.example, to: c@d.example, arrives-in: in, vary: {} }
            """);
    assertThat(plan.relays())
        .hasEntrySatisfying("out-2", out -> assertThat(out.eachAddress()).isTrue());
    assertThat(plan.path("plain").orElseThrow().vary()).isEqualTo(Vary.NOTHING);
    List<Variant> variants = Variant.of(plan.path("varied").orElseThrow());
    assertThat(variants).hasSize(24);
    assertThat(variants.getFirst())
        .returns("size=4KB,via=out,from=a@b.example,family=ipv4", Variant::leg);
    assertThat(variants.getLast())
        .returns("size=8MB,via=each-mx,from=e@f.example,family=ipv6", Variant::leg)
        .returns(Family.IPV6, Variant::family)
        .returns(EmailAddress.parse("e@f.example"), leg -> leg.path().from())
        .returns(8L << 20, leg -> leg.path().message().size());
  }

  @Test
  void negativePathsAndRoundTrips() {
    Plan plan =
        inWorld(
            """
            mailboxes:
              echo: { protocol: maildir, directory: /e, reply: true }
              pop: { protocol: pop3, host: h, username: u, password: p, reply: true }
              imap: { host: h, username: u, password: p, reply: true }
            paths:
              spam: { via: out, from: a@b.example, to: c@d.example, arrives-in: in,
                      expect: { outcome: misfiled } }
              trip: { via: out, from: a@b.example, to: c@d.example, arrives-in: in, kind: round-trip }
            """);
    assertThat(plan.mailboxes().values().stream().filter(Mailbox::reply).map(Mailbox::name))
        .containsExactlyInAnyOrder("echo", "pop", "imap");
    assertThat(plan.path("spam").orElseThrow().expect().outcome())
        .isEqualTo(Expectation.Outcome.MISFILED);
    assertThat(plan.path("trip").orElseThrow().kind()).isEqualTo(MailPath.Kind.ROUND_TRIP);
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
  void receiversWithDefaults() {
    Plan plan =
        inWorld(
            """
            mailboxes:
              own: { protocol: smtp, listen: "127.0.0.1:2525" }
              grey: { protocol: smtp, listen: "127.0.0.1:2526", greylist: 5m }
              sink: { protocol: lmtp, listen: "[::1]:24", policy: greylist }
            """);
    assertThat(plan.mailboxes())
        .containsEntry(
            "own",
            new Mailbox.Receiver(
                "own",
                Mailbox.Receiver.Protocol.SMTP,
                new InetSocketAddress("127.0.0.1", 2525),
                Mailbox.Receiver.Policy.ACCEPT,
                Map.of(),
                Duration.ofSeconds(60),
                Duration.ZERO,
                Optional.empty()))
        .containsEntry(
            "grey",
            new Mailbox.Receiver(
                "grey",
                Mailbox.Receiver.Protocol.SMTP,
                new InetSocketAddress("127.0.0.1", 2526),
                Mailbox.Receiver.Policy.GREYLIST,
                Map.of(),
                Duration.ofMinutes(5),
                Duration.ZERO,
                Optional.empty()))
        .containsEntry(
            "sink",
            new Mailbox.Receiver(
                "sink",
                Mailbox.Receiver.Protocol.LMTP,
                new InetSocketAddress("::1", 24),
                Mailbox.Receiver.Policy.GREYLIST,
                Map.of(),
                Duration.ofSeconds(60),
                Duration.ZERO,
                Optional.empty()));
  }

  @Test
  void receiverWithEveryKey() {
    Plan plan =
        inWorld(
            """
            mailboxes:
              own:
                protocol: smtp
                listen: "0.0.0.0:2525"
                policy: greylist
                greylist: 90s
                delay: 3s
                reply: false
                answers:
                  connect: 421 4.3.2 closed
                  helo: 450 4.7.1 who
                  mail: 450 4.1.8 Domain not found
                  rcpt: "451 4.3.2 later"
                  data: 554 5.7.1 no
                  end-of-data: 550 5.7.26 not authenticated
            """);
    assertThat(plan.mailboxes())
        .containsEntry(
            "own",
            new Mailbox.Receiver(
                "own",
                Mailbox.Receiver.Protocol.SMTP,
                new InetSocketAddress("0.0.0.0", 2525),
                Mailbox.Receiver.Policy.GREYLIST,
                Map.of(
                    Mailbox.Receiver.Stage.CONNECT, reply("421 4.3.2 closed"),
                    Mailbox.Receiver.Stage.HELO, reply("450 4.7.1 who"),
                    Mailbox.Receiver.Stage.MAIL, reply("450 4.1.8 Domain not found"),
                    Mailbox.Receiver.Stage.RCPT, reply("451 4.3.2 later"),
                    Mailbox.Receiver.Stage.DATA, reply("554 5.7.1 no"),
                    Mailbox.Receiver.Stage.END_OF_DATA, reply("550 5.7.26 not authenticated")),
                Duration.ofSeconds(90),
                Duration.ofSeconds(3),
                Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          policy: strict              | STRICT   |
          policy: strict, profile: R8 | STRICT   | R8
          profile: M15                | STRICT   | M15
          greylist: 1s                | GREYLIST |
          delay: 1s                   | ACCEPT   |
          """)
  void policyOfReceiver(String keys, Mailbox.Receiver.Policy policy, String profile) {
    Plan plan =
        inWorld(
            "mailboxes: { own: { protocol: smtp, listen: '127.0.0.1:25', %s } }".formatted(keys));
    assertThat(plan.mailboxes().get("own"))
        .isInstanceOfSatisfying(
            Mailbox.Receiver.class,
            own -> {
              assertThat(own.policy()).isEqualTo(policy);
              assertThat(own.profile()).isEqualTo(Optional.ofNullable(profile));
            });
  }

  private static SmtpReply reply(String text) {
    return SmtpReply.parse(text).orElseThrow();
  }

  @Test
  void queueWithDefaults() {
    Plan plan = inWorld("queues: { campus: { relay: out, type: exim, file: queue.txt } }");
    assertThat(plan.queues())
        .containsOnly(
            Map.entry(
                "campus",
                new Queue(
                    "campus",
                    "out",
                    Queue.Type.EXIM,
                    new Queue.Source.File(folder.resolve("queue.txt")),
                    Duration.ofSeconds(60))));
    assertThat(inWorld("").queues()).isEmpty();
  }

  @Test
  void queueWithEveryKey() {
    Plan plan =
        inWorld(
            """
            queues:
              campus:
                relay: out
                type: postfix
                command: [ssh, -p, 22, mx, postqueue, -p, -j]
                every: 10s
            """);
    assertThat(plan.queues())
        .containsOnly(
            Map.entry(
                "campus",
                new Queue(
                    "campus",
                    "out",
                    Queue.Type.POSTFIX,
                    new Queue.Source.Command(
                        List.of("ssh", "-p", "22", "mx", "postqueue", "-p", "-j")),
                    Duration.ofSeconds(10))));
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
                      ignore: [corp.internal]
                    """)
                .dns())
        .isEqualTo(
            new DnsSettings(
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                List.of(new DomainName("other.example"), new DomainName("_dmarc.other.example")),
                5353,
                List.of("127.0.0.0/8", "fd00:0:0:0:0:0:0:0/8"),
                List.of(new DomainName("corp.internal"))));
  }

  @Test
  void rulesWithDefaults() {
    RuleSettings defaults =
        new RuleSettings(
            Duration.ofMinutes(15),
            new RuleSettings.Rate(0.005, 0.1, 12),
            List.of(
                new RuleSettings.Burn(
                    Duration.ofHours(1), Duration.ofMinutes(5), 14.4, Severity.PAGE),
                new RuleSettings.Burn(
                    Duration.ofHours(6), Duration.ofMinutes(30), 6, Severity.PAGE),
                new RuleSettings.Burn(Duration.ofDays(3), Duration.ofHours(6), 1, Severity.WARN)),
            0.99,
            5,
            new RuleSettings.Drift(0.05, 6, 2, 200),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            Duration.ofHours(24));
    assertThat(inWorld("").paging().rules()).isEqualTo(defaults);
    assertThat(inWorld("rules: {}").paging().rules()).isEqualTo(defaults);
    assertThat(inWorld("rules: { rate: {}, drift: {} }").paging().rules()).isEqualTo(defaults);
  }

  @Test
  void rulesWithEveryKey() {
    assertThat(
            inWorld(
                    """
                    rules:
                      greylisting: 30m
                      rate: { healthy: 0.01, sick: 0.2, threshold: 8 }
                      burns: [{ over: 2h, recently: 10m, rate: 7.5, severity: warn }]
                      objective: 0.95
                      fewest-failures: 3
                      drift: { weight: 0.2, sigmas: 3.5, times: 1.5, warm-up: 50 }
                      blind-for: 2m
                      finding-gone: 3m
                      flap-memory: 2h
                      flap-hold: 10m
                      update-every: 15m
                      changes-within: 12h
                    """)
                .paging()
                .rules())
        .isEqualTo(
            new RuleSettings(
                Duration.ofMinutes(30),
                new RuleSettings.Rate(0.01, 0.2, 8),
                List.of(
                    new RuleSettings.Burn(
                        Duration.ofHours(2), Duration.ofMinutes(10), 7.5, Severity.WARN)),
                0.95,
                3,
                new RuleSettings.Drift(0.2, 3.5, 1.5, 50),
                Duration.ofMinutes(2),
                Duration.ofMinutes(3),
                Duration.ofHours(2),
                Duration.ofMinutes(10),
                Duration.ofMinutes(15),
                Duration.ofHours(12)));
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
