package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.Login;
import io.mailcanary.runtime.Plan;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  @TempDir Path folder;

  private Probes probes() {
    return new Probes(folder)
        .with("w.yaml", Probes.WORLD)
        .with("p.yaml", Probes.PATH)
        .variable("SWORD", "swordfish")
        .variable("EMPTY", "")
        .variable("PORT", "2525");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          ${SWORD}           | swordfish
          ${GONE:default}    | default
          a-${SWORD}-${PORT} | a-swordfish-2525
          '$${SWORD}'        | ${SWORD}
          '$5{x'             | $5{x
          '${GONE:a:b}'      | a:b
          '${SWORD:other}'   | swordfish
          '${EMPTY}x'        | x
          """)
  void variablesArePutIn(String written, String expected) {
    Plan plan =
        probes()
            .with(
                "a.yaml",
                """
                relays:
                  r:
                    host: h
                    username: u
                    password: %s
                """
                    .formatted(written))
            .plan();
    Login login = Objects.requireNonNull(plan.relays().get("r")).login().orElseThrow();
    assertThat(login.secret().value()).isEqualTo(expected);
  }

  @Test
  void whatIsPutInIsTypedAnew() {
    Plan plan =
        probes()
            .with(
                "a.yaml",
                """
                relays:
                  r: { host: h, port: "${PORT}", verify: "${VERIFY:false}", limit: "${LIMIT:7}" }
                """)
            .plan();
    assertThat(plan.relays().get("r"))
        .matches(relay -> relay.port() == 2525 && !relay.tls().verify() && relay.limit() == 7);
  }

  @Test
  void whatIsPutInIsNotPutInAgain() {
    Plan plan =
        probes()
            .variable("OUTER", "${SWORD}")
            .with("a.yaml", "relays: { r: { host: h, username: u, password: \"${OUTER}\" } }")
            .plan();
    assertThat(Objects.requireNonNull(plan.relays().get("r")).login().map(l -> l.secret().value()))
        .isEqualTo(Optional.of("${SWORD}"));
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "relays: { r: { host: h, port: \"${SWORD}\", username: u, password: swordfish } }",
        "relays: { r: { host: \"${SWORD} \", username: u, password: [swordfish] } }",
        "relays: { r: { host: h, username: u, password: *swordfish } }",
        "relays: { r: { host: h, username: u, password: !swordfish x } }",
        "relays: { r: { host: h, username: u, password: \"swordfish\\nx\" } }",
        "relays: { r: { host: h, username: u, password: '${X swordfish' } }",
        "relays: { r: { host: h, usrname: u, password: swordfish, password-file: x } }",
        "relays: { r: { host: h, username: u, password: { a: swordfish } } }",
        "relays: { r: { host: h, username: u, password: swordfish\n",
        "relays: { r: { host: h, username: u, password: 'swordfish } }\n",
        "relays: { r: { host: h, username: u, password: \"swordfish\\q\" } }\n",
        "relays: { r: { host: h, username: u, password: @swordfish } }\n",
        "relays:\n  r:\n    password: swordfish: x\n",
        "mailboxes: { r: { host: h, token: swordfish, password: swordfish } }",
        "mailboxes: { r: { protocol: \"${SWORD}\" } }",
        "paths: { p: { via: \"${SWORD}\", from: \"${SWORD}\", to: \"${SWORD}@\", every: \"${SWORD}\" } }",
        "paths: { p: { cron: \"${SWORD}\", alert: \"${SWORD}\", runbook: \"${SWORD}\" } }",
        "service: { tokens: [{ name: a, sha256: swordfish, rights: [\"${SWORD}\"] }] }",
        "service: { signing-keys: [{ id: \"${SWORD}\", secret: swordfish }] }",
      })
  void noProblemShowsASecret(String text) {
    assertThat(probes().with("a.yaml", text).problems())
        .isNotEmpty()
        .allSatisfy(problem -> assertThat(problem).doesNotContain("swordfish"));
  }

  @Test
  void noReadingShowsASecret() {
    Reading reading =
        probes()
            .with("secret", "swordfishswordfish")
            .with(
                "a.yaml",
                """
                relays: { r: { host: h, username: u, password-file: secret } }
                mailboxes: { m: { host: h, username: u, token: "${SWORD}" } }
                service: { signing-keys: [{ id: k1, secret-file: secret }] }
                """)
            .read();
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    assertThat(reading.toString()).contains("***").doesNotContain("swordfish");
    assertThat(reading.files())
        .containsExactlyInAnyOrder(
            folder,
            folder.resolve("a.yaml"),
            folder.resolve("p.yaml"),
            folder.resolve("w.yaml"),
            folder.resolve("secret"));
  }
}
