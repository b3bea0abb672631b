package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.PostgreSql;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Two replicas on one PostgreSQL tell people once, and one goes on when the other is killed.
@NeedsServer(Server.POSTGRESQL)
@Timeout(240)
class ReplicasIT {
  private static final String JUDGES = "this replica judges incidents";
  private static final Duration TAKEN_OVER = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final HttpRecorder pager = HttpRecorder.start();
  private final PostgreSql database = PostgreSql.builder().start();
  private final ScriptedSmtpServer refusing =
      ScriptedSmtpServer.script()
          .on("MAIL", ScriptedSmtpServer.say("450 4.1.8 Sender address rejected: Domain not found"))
          .start();
  private final List<RunningMailcanary> running = new ArrayList<>();

  @AfterEach
  void end() {
    running.forEach(RunningMailcanary::close);
    refusing.close();
    database.close();
    pager.close();
  }

  private RunningMailcanary replica(String name, String site) throws IOException {
    Path mail = directory.resolve("mail");
    for (String part : List.of("cur", "new", "tmp")) {
      Files.createDirectories(mail.resolve(part));
    }
    RunningMailcanary replica =
        new RunningMailcanary(
            Files.createDirectories(directory.resolve(name)),
            Map.of(
                "DATASOURCES_DEFAULT_URL",
                "jdbc:postgresql://127.0.0.1:" + database.port() + "/postgres",
                "DATASOURCES_DEFAULT_USERNAME",
                "postgres",
                "DATASOURCES_DEFAULT_PASSWORD",
                "trusted-anyway"));
    running.add(replica);
    replica
        .probes(
            "probes.yaml",
            """
            relays: { out: { host: 127.0.0.1, port: %d, tls: none } }
            mailboxes: { in: { protocol: maildir, directory: %s, poll: 1s } }
            paths:
              p: { every: 1s, via: out, from: a@campus.test, to: b@far.test, arrives-in: in, confirm: { canaries: 0 } }
            channels: { hook: { type: webhook, url: "%s" } }
            service: { site: "%s", signing-keys: [{ id: k1, secret: "0123456789abcdef0123" }] }
            """
                .formatted(refusing.port(), mail, pager.uri("/hook"), site))
        .start();
    return replica;
  }

  private List<String> told() {
    return pager.requests().stream()
        .map(request -> {
          try {
            JsonNode body = new ObjectMapper().readTree(request.body());
            return body.path("event").asText()
                + " "
                + body.path("incident").path("dedupKey").asText();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        })
        .toList();
  }

  private static boolean judges(RunningMailcanary replica) {
    String log = replica.log();
    return log.lastIndexOf(JUDGES) > log.lastIndexOf("another replica judges incidents");
  }

  /// Wherever they stand: on one database one judges for all.
  @ParameterizedTest(name = "sites \"{0}\" and \"{1}\"")
  @CsvSource({"'', ''", "north, south"})
  void peopleAreToldOnceAndTheOtherGoesOnWhenTheJudgeIsKilled(String first, String second)
      throws IOException {
    RunningMailcanary one = replica("one", first);
    RunningMailcanary two = replica("two", second);
    one.awaitThat("one of them judges", _ -> judges(one) != judges(two));
    one.awaitThat("people are told", _ -> told().stream().anyMatch(s -> s.startsWith("opened")));
    boolean firstJudges = judges(one);
    RunningMailcanary judge = firstJudges ? one : two;
    RunningMailcanary other = firstJudges ? two : one;
    JsonNode incident = other.get("/incidents").path("items");
    assertThat(incident).hasSize(1);
    String id = incident.get(0).path("id").asText();

    judge.kill();

    other.awaitThat("the other one judges", TAKEN_OVER, () -> judges(other));
    assertThat(other.get("/incidents").path("items")).as("no second incident").hasSize(1);
    assertThat(other.send("POST", "/api/v1/incidents/" + id + "/acknowledge").statusCode())
        .isEqualTo(200);
    other.awaitThat(
        "people hear of it", _ -> told().stream().anyMatch(s -> s.startsWith("acknowledged")));
    assertThat(told()).filteredOn(s -> s.startsWith("opened")).hasSize(1);
  }
}
