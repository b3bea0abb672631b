package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.Resolver;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The service and the resolvers: what holds where nothing is said, and that each key says
/// something.
class ServiceDefaultsTest extends WrittenProbes {
  @Test
  void serviceWithDefaults() {
    ServiceSettings expected =
        new ServiceSettings(
            "127.0.0.1",
            Optional.empty(),
            List.of(),
            List.of(),
            List.of(),
            false,
            List.of(),
            List.of(),
            "",
            1_000,
            new ServiceSettings.Retention(Duration.ofDays(14), Duration.ofDays(400)),
            Optional.empty());
    assertThat(inWorld("").service()).isEqualTo(expected).isEqualTo(ServiceSettings.DEFAULT);
    assertThat(inWorld("service: {}").service()).isEqualTo(expected);
    assertThat(inWorld("service: { retain: {} }").service()).isEqualTo(expected);
  }

  @Test
  void serviceWithEveryKey() {
    probes.with("k1", "0123456789abcdef\n").with("ca.pem", Probes.certificate());
    ServiceSettings settings =
        inWorld(
                """
                service:
                  listen: 0.0.0.0
                  base-url: https://probe.example
                  hosts: [probe.example]
                  tokens: [{ name: grafana, sha256: "%s", rights: [read, act] }]
                  people: [{ claim: groups, value: mail team, rights: [read] }]
                  public-read: true
                  metrics-from: [10.0.0.0/8, "::1"]
                  signing-keys:
                    - { id: k1, secret-file: k1 }
                    - { id: k0, secret: fedcba9876543210 }
                  site: north
                  receiver-limit: 30
                  retain: { canaries: 20d, hourly: 30d }
                  tracing:
                    { url: "https://traces.example/v1/traces", authorization: Bearer swordfish, ca-file: ca.pem, one-in: 100 }
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
                List.of(
                    new ServiceSettings.Person(
                        "groups", "mail team", List.of(ServiceSettings.Right.READ))),
                true,
                List.of("10.0.0.0/8", "0:0:0:0:0:0:0:1/128"),
                List.of(
                    new ServiceSettings.SigningSecret("k1", new Secret("0123456789abcdef")),
                    new ServiceSettings.SigningSecret("k0", new Secret("fedcba9876543210"))),
                "north",
                30,
                new ServiceSettings.Retention(Duration.ofDays(20), Duration.ofDays(30)),
                Optional.of(
                    new ServiceSettings.Tracing(
                        "https://traces.example/v1/traces",
                        Optional.of(new Secret("Bearer swordfish")),
                        Optional.of(folder.resolve("ca.pem")),
                        100))));
  }

  @Test
  void tracingWithDefaults() {
    assertThat(inWorld("service: { tracing: { url: \"http://collector:4318/v1/traces\" } }"))
        .extracting(plan -> plan.service().tracing())
        .isEqualTo(
            Optional.of(
                new ServiceSettings.Tracing(
                    "http://collector:4318/v1/traces", Optional.empty(), Optional.empty(), 1)));
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
}
