package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.store.DatabaseSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Letters by a real Postfix into a real mailbox, while the mail that they report on is refused.
@NeedsServer({io.mailcanary.lab.Server.POSTFIX, io.mailcanary.lab.Server.DOVECOT})
@Timeout(120)
class LettersTest {
  private static final Duration SOON = Duration.ofSeconds(45);

  @TempDir Path directory;

  private static List<String> letters(Dovecot store) {
    return store.messages("user1", "INBOX").stream().map(LettersTest::text).toList();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theyArriveOnceForEachStep() throws Exception {
    int own = Ports.free();
    Path probes = Files.createDirectories(directory.resolve("probes"));
    try (Dovecot store = Dovecot.builder().users(1).start();
        Postfix postfix = Postfix.builder().deliver("store.test", store.lmtpPort()).start()) {
      Files.writeString(
          probes.resolve("a.yaml"),
          """
          dns: { ignore: [test] }
          relays:
            out: { host: 127.0.0.1, port: %1$d, tls: none }
            other-out: { host: localhost, port: %2$d, tls: none }
          mailboxes:
            far: { protocol: smtp, listen: "127.0.0.1:%1$d", answers: { rcpt: "550 5.1.1 no such canary" } }
          paths:
            to-far: { every: 1s, via: out, from: canary@corp.test, to: b@far.test, arrives-in: far, confirm: { canaries: 0 } }
          channels:
            letters: { type: email, relay: other-out, from: a@other.test, to: user1@store.test }
          """
              .formatted(own, postfix.port()));
      Reading reading = ProbeFolder.read(probes, _ -> Optional.empty());
      assertThat(reading).isInstanceOf(Reading.Valid.class);
      try (Server server =
              Server.start(
                  (Reading.Valid) reading,
                  probes,
                  _ -> Optional.empty(),
                  directory.resolve("data"),
                  new DatabaseSettings.InMemory(),
                  0);
          HttpClient client = HttpClient.newHttpClient()) {
        JsonNode tested =
            new ObjectMapper()
                .readTree(
                    client
                        .send(
                            HttpRequest.newBuilder(
                                    URI.create(server.uri() + "/api/v1/channels/letters/test"))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                            HttpResponse.BodyHandlers.ofString())
                        .body());
        assertThat(tested.path("result").asText()).isEqualTo("sent");
        assertThat(tested.path("answer").asText()).contains("localhost:" + postfix.port());
        assertThat(tested.path("warning").isNull()).isTrue();
        await()
            .atMost(SOON)
            .untilAsserted(() ->
                assertThat(letters(store))
                    .filteredOn(letter -> letter.contains("no such canary"))
                    .singleElement()
                    .asString()
                    .contains("From: ")
                    .contains("a@other.test")
                    .contains("Path to-far")
                    .contains("550 5.1.1 no such canary"));
        assertThat(letters(store)).filteredOn(one -> one.contains("TEST of channel")).hasSize(2);
      }
    }
  }
}
