package io.mailcanary.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.dispatch.DispatchVictim.Step;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.HttpRecorder.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` at every step between decision and delivery. `-Dmailcanary.kills=200` for more.
@Timeout(1_800)
class KilledOnTheWayTest {
  private static final int KILLS = Integer.getInteger("mailcanary.kills", 12);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<Step> STEPS =
      List.of(Step.DECIDING, Step.DECIDED, Step.CLAIMED, Step.SENDING, Step.ANSWERED, Step.MARKED);

  /// Whose request is not answered before its sender is dead.
  private volatile String held = "";

  private volatile CountDownLatch arrived = new CountDownLatch(1);
  private volatile CountDownLatch dead = new CountDownLatch(1);

  @Test
  void everyNotificationArrivesAtLeastOnceAndUnderOneKey(@TempDir Path directory) throws Exception {
    try (HttpRecorder server = HttpRecorder.start().watched(this::hold)) {
      String address = server.uri("/hook").toString();
      Set<String> recorded = new HashSet<>();
      for (int kill = 0; kill < KILLS; kill++) {
        Step step = STEPS.get(kill % STEPS.size());
        String id = "i%04d".formatted(kill);
        killAt(step, id, directory, address);
        if (step != Step.DECIDING) {
          recorded.add(id);
        }
      }
      Process last = victim(directory, address, Step.NEVER, "none");
      try {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(() ->
                assertThat(keys(server).keySet()).containsExactlyInAnyOrderElementsOf(recorded));
      } finally {
        end(last);
      }
      assertThat(keys(server).values()).allSatisfy(keys -> assertThat(keys).hasSize(1));
      System.out.printf(
          "killed %d times: %d notifications on record, all arrived, %d requests%n",
          KILLS, recorded.size(), server.requests().size());
    }
  }

  /// By incident: the keys, and the ids of notifications, under which it was told.
  private static Map<String, Set<String>> keys(HttpRecorder server) {
    Map<String, Set<String>> keys = new HashMap<>();
    for (Request request : server.requests()) {
      JsonNode incident = tree(request.body()).path("incident");
      keys.computeIfAbsent(incident.path("id").asText(), _ -> new HashSet<>())
          .add(
              incident.path("dedupKey").asText()
                  + " "
                  + request.header("X-Mailcanary-Notification"));
    }
    return keys;
  }

  private static JsonNode tree(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void hold(Request request) {
    if (!held.isEmpty() && request.body().contains("\"id\":\"" + held + "\"")) {
      arrived.countDown();
      try {
        dead.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void killAt(Step step, String id, Path directory, String address) throws Exception {
    arrived = new CountDownLatch(1);
    dead = new CountDownLatch(1);
    held = step == Step.SENDING ? id : "";
    Process process = victim(directory, address, step, id);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      if (step == Step.SENDING) {
        assertThat(arrived.await(60, TimeUnit.SECONDS)).isTrue();
        process.toHandle().destroyForcibly();
      }
      String line = output.readLine();
      while (line != null) {
        if (line.equals(DispatchVictim.AT + step)) {
          process.toHandle().destroyForcibly();
        }
        line = output.readLine();
      }
    } finally {
      end(process);
      dead.countDown();
    }
    assertThat(process.exitValue()).as("the victim came to its end by itself").isEqualTo(137);
  }

  private static void end(Process process) throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
  }

  private static Process victim(Path directory, String address, Step step, String id)
      throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            DispatchVictim.class.getName(),
            directory.toString(),
            address,
            step.name(),
            id)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
