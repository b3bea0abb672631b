package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.Family;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Message;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.path.Variant;
import io.mailcanary.path.Vary;
import io.mailcanary.runtime.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Paths: what holds where nothing is said, and that each key says something.
class PathDefaultsTest extends WrittenProbes {
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
}
