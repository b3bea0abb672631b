package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The commands that are typed at a terminal or run by a monitoring system.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
@SuppressWarnings("NullAway.Init")
class ProbeIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static Dovecot dovecot;
  private static Postfix postfix;
  private static RunningMailcanary service;
  private static Path folder;
  private static Path bad;
  private static int nobody;

  @BeforeAll
  static void start(@TempDir Path temporary) throws IOException {
    dovecot = Dovecot.builder().users(3).start();
    postfix =
        Postfix.builder()
            .deliver("store.test", dovecot.lmtpPort())
            .line(
                "smtpd_recipient_restrictions = check_recipient_access inline:{"
                    + " { refused@store.test = 550 5.1.1 no such canary here } }, permit")
            .start();
    folder = temporary.toRealPath();
    nobody = Ports.free();
    service = new RunningMailcanary(folder).probes("probes.yaml", probes());
    bad = Files.createDirectory(folder.resolve("bad"));
    Files.writeString(bad.resolve("ten.yaml"), TEN_ERRORS);
  }

  @AfterAll
  static void end() {
    try (Dovecot _ = dovecot;
        Postfix _ = postfix;
        RunningMailcanary _ = service) {
      // all ended
    }
  }

  private static String probes() {
    return """
    relays:
      out: { host: 127.0.0.1, port: %1$d, tls: none }
      gone: { host: 127.0.0.1, port: %4$d, tls: none }
    mailboxes:
      store: { host: 127.0.0.1, port: %2$d, tls: none, username: user1, password: %3$s }
      locked: { host: 127.0.0.1, port: %2$d, tls: none, username: user2, password: not-%3$s }
    paths:
      good: { every: 1h, via: out, from: canary@campus.test, to: user1@store.test, arrives-in: store }
      refused: { every: 1h, via: out, from: canary@campus.test, to: refused@store.test, arrives-in: store }
      unreachable: { every: 1h, via: gone, from: canary@campus.test, to: user1@store.test, arrives-in: store }
      blind: { every: 1h, via: out, from: canary@campus.test, to: user2@store.test, arrives-in: locked }
    """
        .formatted(postfix.port(), dovecot.imapPort(), Dovecot.PASSWORD, nobody);
  }

  private static final String TEN_ERRORS =
      """
      relays:
        out:
          prot: smtp
          port: 70000
          tls: maybe
      mailboxes:
        store:
          protocol: fax
        box: { host: 127.0.0.1, username: me, password: secret, poll: soon }
      paths:
        one:
          via: nowhere
          from: not an address
          to: someone@store.test
          arrives-in: nothing
          every: 5
          kind: sideways
      """;

  private static Jar.Result run(String... words) {
    return Jar.run(folder, LIMIT, words);
  }

  private static Jar.Result probeAlone(String... words) {
    return run(
        Stream.concat(
                Stream.of("probe", "--port", Integer.toString(nobody)), Stream.of(words))
            .toArray(String[]::new));
  }

  @Test
  void checkSaysValid() {
    Jar.Result result = run("check");
    assertThat(result.code()).as("%s", result).isZero();
    assertThat(result.out()).contains("4 paths, 2 relays, 2 mailboxes: valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "serve"})
  void tenErrorsAreTenLocatedLinesAndExitTwo(String command) {
    Jar.Result result = run(command, "--probes", "bad");
    assertThat(result.code()).as("%s", result).isEqualTo(2);
    List<String> told = (result.out() + result.err()).lines().toList();
    assertThat(told.stream().filter(line -> line.matches("bad/ten\\.yaml:\\d+:\\d+: \\S+: .*, .*")))
        .as("%s", result)
        .hasSize(10);
  }

  @Test
  void aFolderThatIsNotThereIsBad() {
    Jar.Result result = run("check", "--probes", "nowhere");
    assertThat(result.code()).as("%s", result).isEqualTo(2);
    assertThat(result.out()).contains("nowhere");
  }

  @Test
  void schemaIsJson() throws IOException {
    Jar.Result result = run("schema");
    assertThat(result.code()).isZero();
    assertThat(JSON.readTree(result.out()).path("properties").path("paths").isObject()).isTrue();
  }

  @Test
  void aGoodPathIsOkWithATimeLine() {
    Jar.Result result = probeAlone("good");
    assertThat(result.code()).as("%s", result).isZero();
    assertThat(result.out()).contains("accepted", "sighted", "hop", "by mx.canary.test");
    assertThat(result.lastLine())
        .matches(
            "MAILCANARY OK - good delivered in \\d\\.\\d+ s \\| latency=\\d\\.\\d+s;30\\.000;60\\.000;0;60\\.000");
  }

  @Test
  void slowerThanTheWarningIsAWarning() {
    Jar.Result result = probeAlone("good", "-w", "0.0001");
    assertThat(result.code()).as("%s", result).isEqualTo(1);
    assertThat(result.lastLine()).startsWith("MAILCANARY WARNING - good").contains(";0.000;");
  }

  @Test
  void slowerThanTheLimitIsCritical() {
    Jar.Result result = probeAlone("good", "-w", "0.0001", "-c", "0.0002");
    assertThat(result.code()).as("%s", result).isEqualTo(2);
  }

  @Test
  void aRefusalIsCriticalWithTheServersWords() {
    Jar.Result result = probeAlone("refused");
    assertThat(result.code()).as("%s", result).isEqualTo(2);
    assertThat(result.lastLine())
        .startsWith("MAILCANARY CRITICAL - refused")
        .contains("no such canary here");
  }

  @Test
  void aRelayThatIsDownIsCritical() {
    Jar.Result result = probeAlone("unreachable", "-t", "3");
    assertThat(result.code()).as("%s", result).isEqualTo(2);
    assertThat(result.lastLine())
        .startsWith("MAILCANARY CRITICAL - unreachable")
        .containsIgnoringCase("refused");
  }

  @Test
  void aMailboxThatCannotBeSeenIsUnknown() {
    Jar.Result result = probeAlone("blind", "-t", "6");
    assertThat(result.code()).as("%s", result).isEqualTo(3);
    assertThat(result.lastLine())
        .startsWith("MAILCANARY UNKNOWN - blind")
        .contains("Authentication failed");
    assertThat(result.out() + result.err()).doesNotContain(Dovecot.PASSWORD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"probe", "probe nosuch", "probe good --probes bad", "probe good --no-such-option",
        "probe good -w fast"})
  void badUseIsUnknown(String words) {
    Jar.Result result = run(words.split(" "));
    assertThat(result.code()).as("%s", result).isEqualTo(3);
  }

  @Test
  void jsonIsTheCanarysResource() throws IOException {
    Jar.Result result = probeAlone("good", "--json");
    assertThat(result.code()).as("%s", result).isZero();
    JsonNode canary = JSON.readTree(result.out());
    assertThat(canary.path("state").asText()).isEqualTo("delivered");
    assertThat(canary.path("events")).isNotEmpty();
    assertThat(canary.path("hops")).isNotEmpty();
  }

  @Test
  void aRunningServiceSendsItItself() throws IOException {
    service.start();
    String port = Integer.toString(service.port());
    Jar.Result result = run("probe", "good", "--json", "--port", port);
    assertThat(result.code()).as("%s", result).isZero();
    String id = JSON.readTree(result.out()).path("id").asText();
    assertThat(service.canary(id).path("state").asText()).isEqualTo("delivered");

    Jar.Result refused = run("probe", "refused", "--port", port);
    assertThat(refused.code()).as("%s", refused).isEqualTo(2);
    assertThat(refused.lastLine()).contains("no such canary here");

    service.awaitHealth("blind", "blind");
    Jar.Result blind = run("probe", "blind", "-t", "3", "--port", port);
    assertThat(blind.code()).as("%s", blind).isEqualTo(3);
    service.stop();
  }

  @Test
  void theServiceEndsInOrderOnSigterm() {
    RunningMailcanary own = new RunningMailcanary(folder.resolve("own"));
    try (own) {
      own.probes("probes.yaml", probes()).start();
      own.awaitHealth("good", "ok");
      own.stop();
      own.start();
      assertThat(own.canaries("good"))
          .first()
          .satisfies(canary -> assertThat(canary.path("state").asText()).isEqualTo("delivered"));
      assertThat(own.log()).doesNotContain("Exception");
    }
  }

  @Test
  void demoShowsAFirstDeliveryWithinSecondsAndEndsWhole() throws Exception {
    Path place = Files.createDirectory(folder.resolve("demo"));
    Path out = place.resolve("out");
    Process demo =
        Jar.builder(
                place,
                Map.of("TMPDIR", place.toString()),
                "demo",
                "--port",
                Integer.toString(Ports.free()))
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(Files.readString(out))
                      .contains("/api/v1/status")
                      .contains("first canary delivered in"));
      demo.destroy();
      assertThat(demo.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.descendants()).isEmpty();
      assertThat(Files.readString(out)).doesNotContain("Exception");
    } finally {
      demo.destroyForcibly();
    }
    try (Stream<Path> left = Files.list(place)) {
      assertThat(left.map(path -> path.getFileName().toString())).containsExactly("out");
    }
  }
}
