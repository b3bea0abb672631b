package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Route;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Heartbeat;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.Paging;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Channels, routes, silences and the heartbeat in probe files.
class PagingTest {
  private static final String OTHER =
      """
      relays:
        other-out: { host: 192.0.2.25 }
      """;

  @TempDir Path folder;

  private Probes probes(String text) {
    return new Probes(folder)
        .with("a.yaml", text)
        .with("o.yaml", OTHER)
        .with("w.yaml", Probes.WORLD)
        .with("z.yaml", Probes.PATH + "    group: undergraduate\n    labels: { site: north }\n")
        .with("secret", "swordfish\n")
        .with("address", "https://hooks.example/swordfish\n")
        .with("ca.pem", Probes.certificate());
  }

  private Paging paging(String text) {
    return probes(text).plan().paging();
  }

  @Test
  void withoutAWordNobodyIsTold() {
    assertThat(paging("")).isEqualTo(Paging.NOBODY);
  }

  @Test
  void channelsWithDefaults() {
    Map<String, Channel> channels =
        paging(
                """
                channels:
                  oncall:  { type: pagerduty, routing-key-file: secret }
                  am:      { type: alertmanager, urls: ["http://alertmanager:9093"] }
                  hook:    { type: webhook, url: "https://ops.example/hook" }
                  chat:    { type: slack, url-file: address }
                  letters: { type: email, relay: other-out, from: a@other.example, to: ops@other.example }
                  genie:   { type: opsgenie, api-key-file: secret }
                """)
            .channels();
    assertThat(channels.values())
        .containsExactly(
            new Channel.PagerDuty(
                "oncall",
                new Secret("swordfish"),
                URI.create("https://events.pagerduty.com/v2/enqueue")),
            new Channel.Alertmanager(
                "am", List.of(URI.create("http://alertmanager:9093")), Optional.empty()),
            new Channel.Webhook(
                "hook", new Secret("https://ops.example/hook"), Optional.empty(), Optional.empty()),
            new Channel.Slack("chat", new Secret("https://hooks.example/swordfish")),
            new Channel.Email(
                "letters",
                "other-out",
                EmailAddress.parse("a@other.example"),
                EmailAddress.parse("ops@other.example")),
            new Channel.Opsgenie(
                "genie", new Secret("swordfish"), URI.create("https://api.opsgenie.com")));
    assertThat(channels.values())
        .extracting(Channel::type)
        .containsExactly("pagerduty", "alertmanager", "webhook", "slack", "email", "opsgenie");
    assertThat(channels.toString()).doesNotContain("swordfish");
  }

  @Test
  void channelsWithEveryKey() {
    Path ca = folder.resolve("ca.pem");
    assertThat(
            paging(
                    """
                    channels:
                      oncall: { type: pagerduty, routing-key: swordfish, url: "https://pd.example/e" }
                      am:
                        type: alertmanager
                        urls: ["https://am-1.example:9093/path/", "https://am-2.example:9093"]
                        ca-file: ca.pem
                      hook: { type: webhook, url-file: address, secret-file: secret, ca-file: ca.pem }
                      chat: { type: slack, url: "https://hooks.example/swordfish" }
                      genie: { type: opsgenie, api-key: swordfish, url: "https://api.eu.opsgenie.com" }
                    """)
                .channels()
                .values())
        .containsExactly(
            new Channel.PagerDuty(
                "oncall", new Secret("swordfish"), URI.create("https://pd.example/e")),
            new Channel.Alertmanager(
                "am",
                List.of(
                    URI.create("https://am-1.example:9093/path/"),
                    URI.create("https://am-2.example:9093")),
                Optional.of(ca)),
            new Channel.Webhook(
                "hook",
                new Secret("https://hooks.example/swordfish"),
                Optional.of(new Secret("swordfish")),
                Optional.of(ca)),
            new Channel.Slack("chat", new Secret("https://hooks.example/swordfish")),
            new Channel.Opsgenie(
                "genie", new Secret("swordfish"), URI.create("https://api.eu.opsgenie.com")));
  }

  private static final String TWO =
      """
      channels:
        oncall: { type: pagerduty, routing-key-file: secret }
        chat: { type: slack, url-file: address }
      """;

  @Test
  void routesWithDefaultsAndWithout() {
    assertThat(paging(TWO).routes())
        .as("everybody is told everything")
        .containsExactly(
            new Route(
                Match.EVERYTHING, List.of("oncall", "chat"), List.of(), Optional.empty(), false));
    assertThat(paging(TWO + "routes: [{ to: [chat] }]").routes())
        .containsExactly(
            new Route(Match.EVERYTHING, List.of("chat"), List.of(), Optional.empty(), false));
  }

  @Test
  void routesWithEveryKey() {
    assertThat(
            paging(
                    TWO
                        + """
                        routes:
                          - severity: page
                            kind: dns
                            path: campus
                            group: undergraduate
                            labels: { site: north }
                            to: [oncall]
                            then: [chat]
                            repeat: 4h
                            continue: true
                        """)
                .routes())
        .containsExactly(
            new Route(
                new Match(
                    Optional.of(Severity.PAGE),
                    Optional.of(IncidentKind.DNS),
                    Optional.of("campus"),
                    Optional.of("undergraduate"),
                    Map.of("site", "north")),
                List.of("oncall"),
                List.of("chat"),
                Optional.of(Duration.ofHours(4)),
                true));
  }

  @Test
  void silencesWithEveryKey() {
    String text =
        """
        silences:
          - { match: { group: undergraduate }, from: 2026-12-01T20:00Z, to: 2026-12-02T00:00+01:00, why: migration }
        """;
    List<Silence> silences = paging(text).silences();
    assertThat(silences)
        .singleElement()
        .satisfies(silence -> {
          assertThat(silence.match())
              .isEqualTo(
                  new Match(
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty(),
                      Optional.of("undergraduate"),
                      Map.of()));
          assertThat(silence.from()).isEqualTo(Instant.parse("2026-12-01T20:00:00Z"));
          assertThat(silence.to()).isEqualTo(Instant.parse("2026-12-01T23:00:00Z"));
          assertThat(silence.why()).isEqualTo("migration");
          assertThat(silence.by()).isEqualTo("probe files");
        });
    assertThat(paging(text).silences()).as("the same text has the same id").isEqualTo(silences);
  }

  @Test
  void heartbeatWithDefaultsAndWithEveryKey() {
    Secret url = new Secret("https://hooks.example/swordfish");
    assertThat(paging("heartbeat: { url-file: address }").heartbeat())
        .contains(new Heartbeat(url, Duration.ofMinutes(1)));
    assertThat(
            paging("heartbeat: { url: \"https://hooks.example/swordfish\", every: 5m }")
                .heartbeat())
        .contains(new Heartbeat(url, Duration.ofMinutes(5)));
  }

  private static Arguments channel(String keys, String problem) {
    return Arguments.of("channels:\n  x: { %s }\n".formatted(keys), problem);
  }

  private static Arguments route(String keys, String problem) {
    return Arguments.of(TWO + "routes:\n  - { %s }\n".formatted(keys), problem);
  }

  private static Arguments silence(String keys, String problem) {
    return Arguments.of("silences:\n  - { %s }\n".formatted(keys), problem);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        channel(
            "url: \"https://x.example\"",
            "a.yaml:2:3: channels.x.type: is missing, expected one of pagerduty, alertmanager, webhook, slack, email, opsgenie"),
        channel(
            "type: pager",
            "a.yaml:2:14: channels.x.type: 'pager' is not known here, expected one of pagerduty, alertmanager, webhook, slack, email, opsgenie"),
        channel(
            "type: pagerduty",
            "a.yaml:2:3: channels.x.routing-key-file: is missing, expected it or routing-key"),
        channel(
            "type: slack, url: swordfish",
            "a.yaml:2:26: channels.x.url: is no address of a page, expected one that starts with https:// or http://"),
        channel(
            "type: slack, url-file: secret",
            "a.yaml:2:31: channels.x.url-file: is no address of a page, expected one that starts with https:// or http://"),
        channel("type: webhook", "a.yaml:2:3: channels.x.url-file: is missing, expected it or url"),
        channel(
            "type: slack, url-file: address, secret-file: secret",
            "a.yaml:2:40: channels.x.secret-file: is for 'type: webhook', this is 'type: slack'; expected another type or no such key"),
        channel(
            "type: alertmanager, urls: []",
            "a.yaml:2:34: channels.x.urls: has 0 items, expected a list of addresses, one for each member"),
        channel(
            "type: alertmanager, urls: [\"ftp://x\"]",
            "a.yaml:2:35: channels.x.urls[0]: 'ftp://x' is no address of a page, expected an address such as https://wiki.example/mail"),
        channel(
            "type: email, relay: gone, from: a@b.example, to: c@b.example",
            "a.yaml:2:28: channels.x.relay: 'gone' names no relay, expected one of other-out, out"),
        route(
            "severity: page", "a.yaml:5:5: routes[0].to: is missing, expected a list of channels"),
        route(
            "to: [chta]",
            "a.yaml:5:12: routes[0].to[0]: 'chta' names no channel, expected one of chat, oncall"),
        route(
            "to: [chat], then: [chat]",
            "a.yaml:5:25: routes[0].then: has 'chat', which stands in 'to' already, expected other channels"),
        route(
            "to: [chat], severity: info",
            "a.yaml:5:29: routes[0].severity: 'info' is not known here, expected page or warn"),
        route(
            "to: [chat], path: gone",
            "a.yaml:5:25: routes[0].path: 'gone' names no path, expected one of campus"),
        silence(
            "match: {}, from: 2026-12-01T20:00Z, to: 2026-12-01T21:00Z, why: x",
            "a.yaml:2:14: silences[0].match: would silence everything, expected at least one of severity, kind, path, group, labels"),
        silence(
            "match: { severity: warn }, from: 2026-12-01T20:00Z, to: 2026-12-01T20:00Z, why: x",
            "a.yaml:2:63: silences[0].to: is not after 'from', expected a later time"),
        silence(
            "match: { severity: warn }, from: tomorrow, to: 2026-12-01T20:00Z, why: x",
            "a.yaml:2:40: silences[0].from: 'tomorrow' is no such time, expected a time with its offset such as 2026-12-01T20:00Z"),
        silence(
            "match: { severity: warn }, from: 2026-12-01T20:00Z, to: 2026-12-01T21:00Z",
            "a.yaml:2:5: silences[0].why: is missing, expected a text for whoever wonders (1000 characters at most)"),
        Arguments.of(
            TWO + "routes: [{ group: receiver, to: [chat] }]",
            "a.yaml:%d:19: routes[0].group: 'receiver' is the group of no path, expected one of undergraduate"
                .formatted(lines(TWO) + 1)),
        Arguments.of(
            TWO + "routes: [{ labels: { site: south }, to: [chat] }]",
            "a.yaml:%d:20: routes[0].labels: fit no path, expected labels that some path has"
                .formatted(lines(TWO) + 1)),
        Arguments.of(
            "heartbeat: { every: 1m }",
            "a.yaml:1:1: heartbeat.url-file: is missing, expected it or url"),
        Arguments.of(
            "heartbeat: { url-file: address, every: 0s }",
            "a.yaml:1:40: heartbeat.every: '0s' is not in range, expected a duration such as 250ms, 30s, 5m, 2h or 7d, from 1s to 1d"));
  }

  private static long lines(String text) {
    return text.lines().count();
  }

  @ParameterizedTest
  @MethodSource
  void faults(String text, String problem) {
    assertThat(probes(text).problems()).containsExactly(problem);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a relay of a path                | out        | x.example     | x.example      | is the relay of path 'campus'
          the host of a path               | same       | x.example     | x.example      | has the host 'smtp.campus.example' of path 'campus'
          a host in a path's domain        | sibling    | x.example     | x.example      | shares the domain 'campus.example' with path 'campus'
          a sender in a path's domain      | other-out  | campus.example| x.example      | shares the domain 'campus.example' with path 'campus'
          a recipient in a path's domain   | other-out  | x.example     | in.hosted.example | shares the domain 'hosted.example' with path 'campus'
          """)
  void lettersDoNotTravelByWhatTheyReportOn(
      String what, String relay, String from, String to, String fault) {
    String text =
        """
        relays:
          same: { host: SMTP.campus.example, port: 2525 }
          sibling: { host: out.mail.campus.example }
          named: { host: mail.elsewhere.example }
        channels:
          x: { type: email, relay: %s, from: a@%s, to: ops@%s }
        """
            .formatted(relay, from, to);
    assertThat(probes(text).problems())
        .as(what)
        .containsExactly(
            "a.yaml:6:28: channels.x.relay: "
                + fault
                + ", expected a relay that has nothing in common with the paths");
  }

  @Test
  void lettersByANameThatThePathsResolverKnowsAreWarnedOf() {
    String letters =
        """
        relays: { named: { host: mail.elsewhere.example } }
        channels:
          x: { type: email, relay: named, from: a@x.example, to: b@y.example }
        """;
    assertThat(paging(letters).cautions())
        .containsExactly(
            Map.entry(
                "x",
                "the relay of channel 'x' has its name 'mail.elsewhere.example' looked up by the"
                    + " system's resolver, as the paths have theirs (an IP address needs none; or"
                    + " name other servers in resolvers.default): while that resolver is down,"
                    + " letters wait"));
    assertThat(paging("resolvers: { default: { servers: [192.0.2.53] } }\n" + letters).cautions())
        .isEmpty();
    assertThat(paging(letters.replace("mail.elsewhere.example", "192.0.2.77")).cautions())
        .isEmpty();
  }

  @Test
  void lettersOfTheUsualExampleAreTaken() {
    Paging paging =
        probes(
                """
                relays: { far-out: { host: smtp.other.example, port: 587, username: canary, password-file: secret } }
                channels:
                  letters: { type: email, relay: far-out, from: a@other.example, to: ops@other.example }
                """)
            .plan()
            .paging();
    assertThat(paging.channels()).containsKey("letters");
  }

  @Test
  void lettersMayTravelByAPathThatTheyDoNotReportOn() {
    assertThat(
            probes(
                    TWO
                        + """
                          letters: { type: email, relay: other-out, from: a@campus.example, to: b@y.example }
                        relays: { far-out: { host: smtp.far.example } }
                        paths:
                          far: { group: elsewhere, via: far-out, from: a@far.example, to: b@far.example, arrives-in: in }
                        routes:
                          - { group: elsewhere, to: [letters] }
                          - { to: [chat] }
                        """)
                .problems())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "smtp.campus.example, campus.example",
    "a.b.c.example, c.example",
    "mail.corp.co.uk, corp.co.uk",
    "corp.de, corp.de",
    "mx.de.corp.de, corp.de",
    "host, host"
  })
  void whoeverRunsADomainRunsAllBelowIt(String name, String organisation) {
    assertThat(Independence.organisation(name)).isEqualTo(organisation);
  }
}
