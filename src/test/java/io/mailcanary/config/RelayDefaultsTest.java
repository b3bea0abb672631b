package io.mailcanary.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.Login;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.runtime.Plan;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Relays: what holds where nothing is said, and that each key says something.
class RelayDefaultsTest extends WrittenProbes {
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
}
