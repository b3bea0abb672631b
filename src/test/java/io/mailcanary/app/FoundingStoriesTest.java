package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.Alertmanager;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.watch.DnsScene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The two outages that this was built for, on real servers: each ends in one page that names the
/// record, the side and what changed before, and that is taken back after the repair.
@NeedsServer({
  io.mailcanary.lab.Server.BIND,
  io.mailcanary.lab.Server.UNBOUND,
  io.mailcanary.lab.Server.POSTFIX,
  io.mailcanary.lab.Server.DOVECOT,
  io.mailcanary.lab.Server.ALERTMANAGER
})
@Timeout(180)
class FoundingStoriesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final int STRICT = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private final DnsScene scene = new DnsScene();
  private final HttpRecorder pagers = HttpRecorder.start();
  private final Alertmanager alertmanager = Alertmanager.start(pagers.uri("/"));
  private final Dovecot dovecot = Dovecot.builder().users(8).user("canary").start();
  private Optional<Postfix> relay = Optional.empty();
  private Optional<Server> server = Optional.empty();

  @AfterEach
  void end() {
    server.ifPresent(Server::close);
    relay.ifPresent(Postfix::close);
    dovecot.close();
    alertmanager.close();
    pagers.close();
    scene.close();
  }

  private void serve(String probes) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("probes"));
    Files.writeString(
        folder.resolve("a.yaml"),
        """
        resolvers: { default: { servers: ["%s"] } }
        dns: { every: 2s, sweep: 10s, public-networks: [127.0.0.0/8, 192.0.2.0/24], ignore: [far.test] }
        channels: { am: { type: alertmanager, urls: ["%s"] } }
        rules: { finding-gone: 3s }
        """
                .formatted(scene.unbound().socket().getHostString(), alertmanager.url())
            + probes);
    Reading reading = ProbeFolder.read(folder, _ -> Optional.empty());
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    server =
        Optional.of(
            Server.start(
                (Reading.Valid) reading,
                folder,
                _ -> Optional.empty(),
                directory.resolve("data"),
                new DatabaseSettings.Embedded(directory.resolve("data")),
                0));
  }

  private JsonNode ask(String method, String resource, String body) {
    URI uri = URI.create(server.orElseThrow().uri() + "/api/v1" + resource);
    try {
      return JSON.readTree(
          CLIENT
              .send(
                  HttpRequest.newBuilder(uri)
                      .header("Content-Type", "application/json")
                      .method(method, HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private JsonNode get(String resource) {
    return ask("GET", resource, "");
  }

  private JsonNode incidents() {
    return get("/incidents").path("items");
  }

  private void awaitThat(String what, java.util.concurrent.Callable<Boolean> condition) {
    try {
      await().atMost(LIMIT).pollInterval(Duration.ofMillis(100)).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "not so within %s: %s%n%s%n%s"
              .formatted(LIMIT, what, incidents().toPrettyString(), get("/paths")),
          e);
    }
  }

  private void awaitAllOk(int paths) {
    awaitThat("all paths are ok", () -> get("/status").path("paths").path("ok").asInt() == paths);
    assertThat(incidents()).isEmpty();
  }

  /// What people were told by the Alertmanager: `firing page`, `resolved page`.
  private List<String> told() {
    List<String> all = new ArrayList<>();
    for (HttpRecorder.Request request : pagers.requests()) {
      try {
        for (JsonNode alert : JSON.readTree(request.body()).path("alerts")) {
          all.add(
              alert.path("status").asText() + " " + alert.path("labels").path("severity").asText());
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }

  private static List<String> texts(JsonNode list, String key) {
    return StreamSupport.stream(list.spliterator(), false)
        .map(one -> key.isEmpty() ? one.asText() : one.path(key).asText())
        .toList();
  }

  @Test
  void theMxGoesWithAnAliasAndSomeReceiversDefer() throws IOException {
    scene.healthy();
    List<Integer> ports = new ArrayList<>();
    Postfix.Builder builder = Postfix.builder();
    for (int i = 1; i <= 8; i++) {
      ports.add(Ports.free());
      if (i <= STRICT) {
        builder.relay("peer%d.far.test".formatted(i), ports.getLast());
      } else {
        builder.deliver("peer%d.far.test".formatted(i), dovecot.lmtpPort());
      }
    }
    Postfix postfix = builder.start();
    relay = Optional.of(postfix);
    StringBuilder probes =
        new StringBuilder(
            "relays: { campus-out: { host: 127.0.0.1, port: %d, tls: none } }%nmailboxes:%n"
                .formatted(postfix.port()));
    for (int i = 1; i <= 8; i++) {
      // Three ask for an MX, as some do; five ask for nothing.
      probes.append(
          i <= STRICT
              ? "  peer%d: { protocol: smtp, listen: \"127.0.0.1:%d\", policy: strict, profile: R4 }%n"
                  .formatted(i, ports.get(i - 1))
              : "  peer%1$d: { host: 127.0.0.1, port: %2$d, tls: none, username: user%1$d, password: %3$s }%n"
                  .formatted(i, dovecot.imapPort(), Dovecot.PASSWORD));
    }
    probes.append("paths:\n");
    for (int i = 1; i <= 8; i++) {
      probes.append(
          "  to-peer%1$d: { group: receivers, every: 2s, via: campus-out, from: canary@corp.test, to: user%1$d@peer%1$d.far.test, arrives-in: peer%1$d, confirm: { canaries: 0 } }%n"
              .formatted(i));
    }
    serve(probes.toString());
    awaitAllOk(8);

    ask("POST", "/changes", "{\"what\": \"certificate ordered\", \"who\": \"web team\"}");
    Instant broken = Instant.now();
    // An alias that a validation asks for cannot stand beside an MX: the MX went.
    scene.corp(DnsScene.HEALTHY.replace("@ MX 10 mx\n", "@ A 192.0.2.8\n"));

    awaitThat("people are told", () -> told().contains("firing page"));
    Duration paged = Duration.between(broken, Instant.now());
    awaitThat(
        "three of eight defer",
        () -> incidents().path(0).path("share").path("failing").asInt() == 3);
    awaitThat(
        "the change stands before it",
        () -> incidents().path(0).path("changesBefore").toString().contains("MX of corp.test"));
    // A look may fall between the reloads of the two.
    awaitThat(
        "the second server has followed",
        () -> incidents().path(0).path("changesBefore").toString().contains("both servers"));
    awaitThat(
        "more canaries are held up",
        () -> get("/paths/to-peer1/canaries?state=deferred").path("items").size() >= 5);
    JsonNode incident = incidents().path(0);
    assertThat(incidents()).as("one root cause, one incident").hasSize(1);
    assertThat(incident.path("severity").asText()).isEqualTo("page");
    assertThat(incident.path("title").asText())
        .contains("corp.test has an address and no MX record")
        .contains("3 of 8 receivers of group receivers")
        .contains("all 450");
    assertThat(incident.path("share").path("of").asInt()).isEqualTo(8);
    assertThat(incident.path("attribution").path("side").asText()).isEqualTo("ours");
    assertThat(incident.path("attribution").path("component").asText())
        .isEqualTo("MX of corp.test");
    assertThat(incident.path("attribution").path("confidence").asText()).isEqualTo("proven");
    assertThat(texts(incident.path("paths"), "")).contains("to-peer1", "to-peer2", "to-peer3");
    String before = incident.path("changesBefore").toString();
    assertThat(before)
        .contains("marker 'certificate ordered' by web team")
        .contains("MX of corp.test")
        .contains("serial " + scene.one.serial("corp.test"))
        .contains("both servers");
    assertThat(paged).isLessThan(Duration.ofMinutes(2));

    String id = incident.path("id").asText();
    assertThat(ask("POST", "/incidents/" + id + "/acknowledge", "").path("state").asText())
        .isEqualTo("acknowledged");

    scene.corp(DnsScene.HEALTHY);

    awaitThat(
        "it is over", () -> get("/incidents/" + id).path("state").asText().equals("resolved"));
    awaitThat("people hear that it is over", () -> told().contains("resolved page"));
    assertThat(told()).containsOnlyOnce("resolved page");
    assertThat(incidents()).hasSize(1);
    assertThat(get("/incidents/" + id).path("timeline").toString())
        .as("what was held up arrived after all")
        .contains("arrived after all");
    System.out.println("story 1: paged %d ms after the MX went".formatted(paged.toMillis()));
  }

  @Test
  void theNextHopsNameIsGoneAndMailBounces() throws IOException {
    String healthy = DnsScene.HEALTHY.replace("hop A 192.0.2.7", "hop A 127.0.0.1");
    scene.healthy();
    scene.corp(healthy);
    Postfix postfix =
        Postfix.builder()
            .resolver(scene.unbound().socket().getHostString())
            .route("ugrad.far.test", "lmtp:[hop.corp.test]:" + dovecot.lmtpPort())
            .deliver("corp.test", dovecot.lmtpPort())
            .start();
    relay = Optional.of(postfix);
    serve(
        """
        relays: { campus-out: { host: 127.0.0.1, port: %d, tls: none } }
        mailboxes: { hosted: { host: 127.0.0.1, port: %d, tls: none, username: canary, password: %s } }
        paths:
          campus-to-hosted:
            kind: internal
            every: 2s
            via: campus-out
            from: canary@corp.test
            to: canary@ugrad.far.test
            arrives-in: hosted
            depends-on: [{ name: hop.corp.test, type: A }]
        """
            .formatted(postfix.port(), dovecot.imapPort(), Dovecot.PASSWORD));
    awaitAllOk(1);

    Instant broken = Instant.now();
    scene.corp(healthy.replace("hop A 127.0.0.1\n", ""));

    awaitThat("people are told", () -> told().contains("firing page"));
    Duration paged = Duration.between(broken, Instant.now());
    awaitThat(
        "the bounce is evidence",
        () -> incidents().path(0).path("title").asText().contains("bounces mail"));
    JsonNode incident = incidents().path(0);
    assertThat(incidents()).as("one root cause, one incident").hasSize(1);
    assertThat(incident.path("severity").asText()).isEqualTo("page");
    assertThat(incident.path("title").asText())
        .contains("hop.corp.test")
        .contains("campus-to-hosted");
    assertThat(incident.path("attribution").path("side").asText()).isEqualTo("ours");
    assertThat(incident.path("attribution").path("component").asText()).contains("hop.corp.test");
    assertThat(texts(incident.path("paths"), "")).containsExactly("campus-to-hosted");
    assertThat(incident.path("attribution").path("proof").toString())
        .containsPattern("a server (says so|said): ")
        .contains("Host or domain name not found");
    assertThat(get("/paths/campus-to-hosted").path("health").asText()).isEqualTo("failing");
    awaitThat(
        "the change stands before it",
        () ->
            get("/incidents/" + incident.path("id").asText())
                .path("changesBefore")
                .toString()
                .contains("hop.corp.test"));

    scene.corp(healthy);

    String id = incident.path("id").asText();
    awaitThat(
        "it is over", () -> get("/incidents/" + id).path("state").asText().equals("resolved"));
    awaitThat("people hear that it is over", () -> told().contains("resolved page"));
    assertThat(told()).containsOnlyOnce("resolved page");
    assertThat(incidents()).hasSize(1);
    System.out.println("story 2: paged %d ms after the name went".formatted(paged.toMillis()));
  }
}
