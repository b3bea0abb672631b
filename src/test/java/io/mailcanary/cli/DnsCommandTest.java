package io.mailcanary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.lab.SlowDns;
import io.mailcanary.watch.DnsScene;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The command as a person types it, against real name servers.
@NeedsServer({Server.BIND, Server.UNBOUND})
class DnsCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static DnsScene scene;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void start() {
    scene = new DnsScene().healthy();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @BeforeEach
  void describe() throws Exception {
    scene.corp(DnsScene.HEALTHY);
    Files.writeString(
        folder.resolve("probes.yaml"),
        """
        relays:
          out: { host: 127.0.0.1, port: 2525, tls: none }
        mailboxes:
          box: { protocol: maildir, directory: /var/empty }
        paths:
          corp-to-corp: { via: out, from: canary@corp.test, to: canary@corp.test, arrives-in: box }
        dns: { public-networks: ["127.0.0.0/8", "192.0.2.0/24"] }
        """);
    // The resolver forgets what the test before has shown it.
    await().atMost(Duration.ofSeconds(15)).until(() -> dns("corp.test") == 0);
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
  }

  @Test
  void aHealthyDomainIsAcceptedByAll() {
    assertThat(dns("corp.test")).as("%s%s", out, err).isZero();
    assertThat(out.toString())
        .contains("corp.test is healthy")
        .contains("9 of 9 receiver behaviours accept this domain now")
        .contains("no findings");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aMissingMxIsSaidWithWhoRefusesAndWhatToDo() {
    scene.corp(DnsScene.HEALTHY.replace("@ MX 10 mx", "@ A 192.0.2.1"));
    await().atMost(Duration.ofSeconds(15)).until(() -> dns("corp.test") == 2);
    assertThat(out.toString())
        .contains("mx-missing")
        .contains("450 No valid MX for your FROM address");
  }

  @Test
  void jsonIsWhatTheInterfaceAnswers() throws Exception {
    assertThat(dns("corp.test", "--json")).isZero();
    JsonNode domain = JSON.readTree(out.toString());
    assertThat(domain.path("name").asText()).isEqualTo("corp.test");
    assertThat(domain.path("profiles").findValuesAsText("id")).contains("R1", "R5", "R9");
    assertThat(domain.path("profiles").findValuesAsText("verdict")).containsOnly("accept");
    assertThat(domain.path("records").findValuesAsText("type")).contains("MX");
  }

  @Test
  void aPathStandsForAllItsNames() throws Exception {
    assertThat(dns("corp-to-corp", "--json")).as("%s%s", out, err).isZero();
    assertThat(JSON.readTree(out.toString()).path("names").findValuesAsText("name"))
        .contains("corp.test");
  }

  @Test
  void aResolverThatDoesNotAnswerBlamesNobody() {
    scene.corp(DnsScene.HEALTHY.replace("@ MX 10 mx", "@ A 192.0.2.1"));
    int exit = run("dns", "corp.test", "--resolver", scene.closedPort(), "--probes", folder + "");
    assertThat(exit).isEqualTo(3);
    assertThat(err.toString())
        .contains("nothing is said about corp.test")
        .contains("NS .")
        .contains("--resolver IP[:PORT]");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aResolverAtAPortOfItsOwnSaysNothingOfThePortsOfOthers() {
    try (SlowDns other = scene.lab.forward(54, 5_353, 53)) {
      int exit =
          run(
              "dns",
              "corp.test",
              "--resolver",
              scene.lab.address(54) + ":5353",
              "--probes",
              folder + "");
      assertThat(exit).as("%s%s%s", out, err, other).isZero();
      assertThat(out.toString()).contains("2 name servers at serial");
    }
  }

  @Test
  void whatIsNoDomainIsRefused() {
    assertThat(dns("no domain!")).isEqualTo(2);
    assertThat(err.toString()).contains("no domain!");
    assertThat(run("dns", "corp.test", "--resolver", "ns.example")).isEqualTo(2);
    assertThat(err.toString()).contains("'ns.example' is no resolver");
  }

  private int dns(String... arguments) {
    List<String> all = new ArrayList<>(List.of("dns"));
    Collections.addAll(all, arguments);
    Collections.addAll(all, "--resolver", scene.resolver(), "--probes", folder.toString());
    return run(all.toArray(String[]::new));
  }

  private int run(String... arguments) {
    return new CommandLine(new Main())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }
}
