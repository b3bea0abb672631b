package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.incident.RuleSettings;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Dependency;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Queue;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Plan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Queues, DNS, and what decides about incidents: what holds where nothing is said, and that each
/// key says something.
class WatchDefaultsTest extends WrittenProbes {
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
                many: 50
                share: 0.2
                old: 4h
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
                    Duration.ofSeconds(10),
                    new Queue.Limits(50, 0.2, Duration.ofHours(4)))));
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
                      rdap: off
                    """)
                .dns())
        .isEqualTo(
            new DnsSettings(
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                List.of(new DomainName("other.example"), new DomainName("_dmarc.other.example")),
                5353,
                List.of("127.0.0.0/8", "fd00:0:0:0:0:0:0:0/8"),
                List.of(new DomainName("corp.internal")),
                Optional.empty()));
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
            Duration.ofHours(24),
            3);
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
                      silent-turns: 5
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
                Duration.ofHours(12),
                5));
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
