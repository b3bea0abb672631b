package io.mailcanary.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.app.Demo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

/// The interface that users script against, asked over HTTP, with the built-in world behind it.
class RestTest {
  private static final String PATH = "campus-to-ugrad";
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /// What a request would call somewhere to go.
  private static final Pattern PLACE =
      Pattern.compile(
          "(?i)ur[il]|host|server|address|port|resolver|relay|mailbox|endpoint|file|command");

  private static Demo demo;

  @BeforeAll
  static void start() throws IOException {
    demo = Demo.start(0);
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(get("/api/v1/paths/" + PATH).path("lastDelivered").asText())
                .isNotEqualTo("null"));
  }

  @AfterAll
  static void end() {
    demo.close();
  }

  @Test
  void theStatusCountsAllPathsAndNamesTheObserversParts() throws Exception {
    JsonNode status = get("/api/v1/status");
    int total = 0;
    for (JsonNode count : status.path("paths")) {
      total += count.asInt();
    }
    assertThat(total).isEqualTo(6);
    assertThat(status.path("paths").fieldNames())
        .toIterable()
        .containsExactly("failing", "deferring", "blind", "degraded", "pending", "paused", "ok");
    assertThat(status.path("observer").path("parts").findValuesAsText("part"))
        .contains("store", "schedule", "mailbox:ugrad");
    assertThat(status.path("configuration").path("ok").asBoolean()).isTrue();
    assertThat(status.path("openIncidents").asInt()).isZero();
    Instant.parse(status.path("at").asText());
  }

  @Test
  void theBuiltInWorldIsHealthyOnEveryPath() {
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(get("/api/v1/paths").path("items").findValuesAsText("health"))
                .hasSize(6)
                .containsOnly("ok"));
  }

  @Test
  void strictIsFiveHundredThreeUnlessAllIsWell() throws Exception {
    send("PUT", "/api/v1/paths/ugrad-and-back/pause");
    try {
      assertThat(send("GET", "/api/v1/status?strict=true").statusCode()).isEqualTo(503);
      assertThat(send("GET", "/api/v1/status").statusCode()).isEqualTo(200);
    } finally {
      send("DELETE", "/api/v1/paths/ugrad-and-back/pause");
    }
  }

  @Test
  void aPathTellsItsHealthItsReasonAndItsLatency() throws Exception {
    JsonNode path = get("/api/v1/paths/" + PATH);
    assertThat(path.path("name").asText()).isEqualTo(PATH);
    assertThat(path.path("kind").asText()).isEqualTo("internal");
    assertThat(path.path("reason").asText()).isNotBlank();
    assertThat(path.path("latencySeconds").path("p50").asDouble()).isPositive();
    assertThat(path.path("successShare").asDouble()).isBetween(0.0, 1.0);
    Instant.parse(path.path("since").asText());
    Instant.parse(path.path("lastDelivered").asText());
  }

  @Test
  void pathsArePaged() throws Exception {
    List<String> names = new ArrayList<>();
    String next = "";
    while (names.size() <= 6) {
      JsonNode page = get("/api/v1/paths?limit=4" + (next.isEmpty() ? "" : "&before=" + next));
      names.addAll(page.path("items").findValuesAsText("name"));
      if (page.path("next").isNull()) {
        break;
      }
      next = page.path("next").asText();
    }
    assertThat(names).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void aCanaryIsSentNowAndTellsAllThatHappenedToIt() throws Exception {
    HttpResponse<String> sent = send("POST", "/api/v1/paths/" + PATH + "/canaries");
    assertThat(sent.statusCode()).isEqualTo(202);
    String id = JSON.readTree(sent.body()).path("id").asText();
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(get("/api/v1/canaries/" + id).path("state").asText())
                .isEqualTo("delivered"));
    JsonNode canary = get("/api/v1/canaries/" + id);
    assertThat(canary.path("events").findValuesAsText("kind"))
        .containsExactly("scheduled", "accepted", "sighted");
    JsonNode accepted = canary.path("events").get(1);
    assertThat(accepted.path("stage").asText()).isEqualTo("end-of-data");
    assertThat(accepted.path("code").asInt()).isEqualTo(250);
    assertThat(accepted.path("queueId").asText()).isNotBlank();
    assertThat(accepted.path("tlsVersion").asText()).isEqualTo("TLSv1.3");
    assertThat(accepted.path("peer").asText()).startsWith("127.0.0.1");
    assertThat(accepted.path("times").path("end-of-data").asDouble()).isPositive();
    assertThat(canary.path("hops").size()).isPositive();
    assertThat(canary.path("latencySeconds").asDouble()).isPositive();
    assertThat(canary.path("copies").asInt()).isEqualTo(1);
    assertThat(canary.path("altered").asBoolean()).isFalse();
    assertThat(sent.body() + canary).doesNotContain(password());
  }

  @Test
  void canariesArePagedNewestFirst() throws Exception {
    for (int i = 0; i < 5; i++) {
      send("POST", "/api/v1/paths/" + PATH + "/canaries");
    }
    Set<String> ids = new HashSet<>();
    List<String> order = new ArrayList<>();
    String next = "";
    for (int i = 0; i < 3; i++) {
      JsonNode page =
          get(
              "/api/v1/paths/%s/canaries?limit=2%s"
                  .formatted(PATH, next.isEmpty() ? "" : "&before=" + next));
      page.path("items").forEach(item -> order.add(item.path("id").asText()));
      next = page.path("next").asText();
    }
    ids.addAll(order);
    assertThat(ids).hasSize(6);
    assertThat(order).isSortedAccordingTo((a, b) -> b.compareTo(a));
    JsonNode none = get("/api/v1/paths/" + PATH + "/canaries?state=lost");
    assertThat(none.path("items").size()).isZero();
    assertThat(none.path("next").isNull()).isTrue();
  }

  @Test
  void aPausedPathSaysSoAndGoesOn() throws Exception {
    String path = "/api/v1/paths/campus-to-partner";
    assertThat(send("PUT", path + "/pause").statusCode()).isEqualTo(204);
    assertThat(get(path).path("health").asText()).isEqualTo("paused");
    assertThat(send("DELETE", path + "/pause").statusCode()).isEqualTo(204);
    assertThat(get(path).path("health").asText()).isNotEqualTo("paused");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,    /api/v1/paths/nowhere,                       404, nowhere",
    "GET,    /api/v1/paths/nowhere/canaries,              404, nowhere",
    "POST,   /api/v1/paths/nowhere/canaries,              404, nowhere",
    "PUT,    /api/v1/paths/nowhere/pause,                 404, nowhere",
    "DELETE, /api/v1/paths/nowhere/pause,                 404, nowhere",
    "GET,    /api/v1/canaries/xyz,                        400, 26 digits",
    "GET,    /api/v1/canaries/00000000000000000000000000, 404, no canary",
    "GET,    /api/v1/paths/campus-to-ugrad/canaries?limit=201,  400, 200",
    "GET,    /api/v1/paths/campus-to-ugrad/canaries?limit=many, 400, limit",
    "GET,    /api/v1/paths/campus-to-ugrad/canaries?state=fine, 400, delivered",
    "GET,    /api/v1/paths/campus-to-ugrad/canaries?before=1,   400, 26 digits",
    "DELETE, /api/v1/faults/nothing,                      404, no fault",
    "GET,    /api/v1/nothing,                             404, Not Found",
    "DELETE, /api/v1/status,                              405, Method",
  })
  void whatCannotBeDoneIsAProblemDocument(String method, String resource, int status, String words)
      throws Exception {
    HttpResponse<String> answer = send(method, resource);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText() + " " + problem.path("detail").asText())
        .contains(words);
    assertThat(answer.body()).doesNotContain("Exception").doesNotContain("io.mailcanary");
  }

  @Test
  void newsComesAsItHappens() throws Exception {
    HttpResponse<Stream<String>> events =
        CLIENT.send(request("/api/v1/events").build(), HttpResponse.BodyHandlers.ofLines());
    assertThat(events.headers().firstValue("Content-Type").orElse(""))
        .startsWith("text/event-stream");
    String id =
        JSON.readTree(send("POST", "/api/v1/paths/" + PATH + "/canaries").body())
            .path("id")
            .asText();
    try (Stream<String> lines = events.body()) {
      String data =
          lines
              .filter(line -> line.startsWith("data:") && line.contains(id))
              .filter(line -> line.contains("\"delivered\""))
              .findFirst()
              .orElseThrow();
      assertThat(JSON.readTree(data.substring(5)).path("path").asText()).isEqualTo(PATH);
    }
  }

  @Test
  void prometheusFindsEachPathAndOutcomeFromTheStart() throws Exception {
    String metrics = send("GET", "/metrics").body();
    assertThat(metrics)
        .contains(
            "mailcanary_canaries_total{cause=\"none\",leg=\"\",outcome=\"lost\",path=\"campus-to-ugrad\"} 0.0")
        .contains("mailcanary_path_health{health=\"ok\",path=\"campus-to-ugrad\"}")
        .contains("mailcanary_delivery_seconds_bucket{path=\"campus-to-ugrad\",le=\"+Inf\"}")
        .contains("mailcanary_in_flight{path=\"campus-to-ugrad\"}")
        .contains("mailcanary_oldest_in_flight_seconds{path=\"campus-to-ugrad\"}")
        .contains("mailcanary_last_delivery_timestamp_seconds{path=\"campus-to-ugrad\"}")
        .contains("mailcanary_observer_up{part=\"mailbox:ugrad\"} 1.0")
        .contains("mailcanary_schedule_lateness_seconds_bucket")
        .contains("mailcanary_relay_wait_seconds");
    long series =
        metrics
            .lines()
            .filter(line -> !line.startsWith("#") && line.contains("path=\"" + PATH + "\""))
            .count();
    assertThat(series).isLessThanOrEqualTo(30);
  }

  @Test
  void itIsAliveAndReady() throws Exception {
    assertThat(send("GET", "/health/liveness").statusCode()).isEqualTo(200);
    HttpResponse<String> ready = send("GET", "/health/readiness");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(ready.body()).path("status").asText()).isEqualTo("UP");
  }

  @Test
  void theInterfaceDescribesItself() throws Exception {
    String document = send("GET", "/api/v1/openapi.yml").body();
    assertThat(document)
        .startsWith("openapi: 3")
        .contains("/api/v1/status:")
        .contains("/api/v1/paths/{name}/canaries:")
        .contains("/api/v1/canaries/{id}:")
        .contains("/api/v1/events:");
  }

  /// A part that nobody hands over shows only when it is asked for.
  @Test
  void everythingThatItDescribesAnswers() throws Exception {
    String canary =
        JSON.readTree(send("POST", "/api/v1/paths/" + PATH + "/canaries").body())
            .path("id")
            .asText();
    Map<String, Map<String, Map<String, Object>>> document =
        new Yaml().load(send("GET", "/api/v1/openapi.yml").body());
    List<String> resources =
        Objects.requireNonNull(document.get("paths")).entrySet().stream()
            .filter(entry -> entry.getValue().containsKey("get"))
            .map(Map.Entry::getKey)
            .filter(resource -> !resource.endsWith("/events"))
            .toList();
    assertThat(resources).hasSizeGreaterThan(9);
    for (String resource : resources) {
      String asked = resource.replace("{name}", PATH).replace("{id}", canary);
      assertThat(send("GET", asked).statusCode())
          .as(resource)
          .isEqualTo(resource.endsWith("/incidents/{id}") ? 404 : 200);
    }
  }

  /// Whoever may act cannot send us anywhere: where we go stands in the probe files alone.
  @Test
  void noRequestNamesAPlaceToGoTo() throws Exception {
    JsonNode document =
        JSON.valueToTree(new Yaml().load(send("GET", "/api/v1/openapi.yml").body()));
    Set<String> named = new TreeSet<>();
    for (JsonNode resource : document.path("paths")) {
      for (JsonNode request : resource) {
        request.path("parameters").forEach(one -> named.add(one.path("name").asText()));
        for (JsonNode content : request.at("/requestBody/content")) {
          fields(document, content.path("schema"), named);
        }
      }
    }
    assertThat(named).contains("name", "id", "what", "why", "match").noneMatch(PLACE.asPredicate());
  }

  private static void fields(JsonNode document, JsonNode schema, Set<String> named) {
    String type = schema.findPath("$ref").asText();
    document
        .path("components")
        .path("schemas")
        .path(type.substring(type.lastIndexOf('/') + 1))
        .path("properties")
        .properties()
        .forEach(field -> {
          if (named.add(field.getKey())) {
            fields(document, field.getValue(), named);
          }
        });
  }

  @Test
  void aFaultIsSwitchedOnAndOff() throws Exception {
    String fault = "/api/v1/faults/clock-skew";
    JsonNode all = get("/api/v1/faults");
    assertThat(all.path("next").isNull()).isTrue();
    for (JsonNode one : all.path("items")) {
      assertThat(one.fieldNames())
          .toIterable()
          .containsExactly("name", "title", "explanation", "on", "value");
      assertThat(one.path("title").asText()).isNotBlank();
      assertThat(one.path("explanation").asText()).hasSizeGreaterThan(60);
      assertThat(one.path("on").asBoolean()).isFalse();
    }
    try {
      JsonNode on = put(fault, "{}", 200);
      assertThat(on.path("on").asBoolean()).isTrue();
      assertThat(on.path("value").asText()).isEqualTo("5m");
      String told = "-20m";
      put(fault, "{\"value\": \"%s\"}".formatted(told), 200);
      assertThat(get("/api/v1/faults").path("items").findValuesAsText("value")).contains(told);
      assertThat(put(fault, "{\"value\": \"soon\"}", 400).path("detail").asText())
          .contains("expected a time");
      assertThat(
              put("/api/v1/faults/mx-missing", "{\"value\": \"1\"}", 400).path("detail").asText())
          .contains("takes no value");
    } finally {
      HttpResponse<String> off = send("DELETE", fault);
      assertThat(off.statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(off.body()).path("on").asBoolean()).isFalse();
      assertThat(JSON.readTree(off.body()).path("value").isNull()).isTrue();
    }
  }

  @Test
  void theNamesOfAPathAreShownAsReceiversSeeThem() throws Exception {
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(get("/api/v1/paths/" + PATH + "/dns").path("names").findValuesAsText("name"))
                .contains("campus.example", "ugrad.example"));
    JsonNode sender =
        stream(get("/api/v1/paths/" + PATH + "/dns").path("names"))
            .filter(name -> name.path("name").asText().equals("campus.example"))
            .findFirst()
            .orElseThrow();
    assertThat(stream(sender.path("profiles")).map(one -> one.path("id").asText()))
        .contains("R1", "R5", "R9");
    assertThat(stream(sender.path("profiles")).map(one -> one.path("verdict").asText()))
        .containsOnly("accept");
    assertThat(stream(sender.path("records")).map(one -> one.path("type").asText())).contains("MX");
  }

  @Test
  void aMarkerStandsAmongTheChanges() throws Exception {
    HttpResponse<String> posted =
        post("/api/v1/changes", "{\"what\": \"certificate ordered\", \"who\": \"anna\"}");
    assertThat(posted.statusCode()).as(posted.body()).isEqualTo(201);
    JsonNode marker = get("/api/v1/changes").path("items").path(0);
    assertThat(marker.path("what").asText()).isEqualTo("certificate ordered");
    assertThat(marker.path("who").asText()).isEqualTo("anna");
    assertThat(post("/api/v1/changes", "{\"who\": \"anna\"}").statusCode()).isEqualTo(400);
  }

  @Test
  void aSilenceIsPostedShownAndEnded() throws Exception {
    HttpResponse<String> posted =
        post(
            "/api/v1/silences",
            "{\"match\": {\"path\": \"%s\"}, \"to\": \"%s\", \"why\": \"migration\"}"
                .formatted(PATH, Instant.now().plus(Duration.ofHours(1))));
    assertThat(posted.statusCode()).as(posted.body()).isEqualTo(201);
    String id = JSON.readTree(posted.body()).path("id").asText();
    assertThat(get("/api/v1/silences").path("items").findValuesAsText("id")).contains(id);
    assertThat(send("DELETE", "/api/v1/silences/" + id).statusCode()).isEqualTo(204);
    assertThat(get("/api/v1/silences").path("items").findValuesAsText("id")).doesNotContain(id);
    assertThat(post("/api/v1/silences", "{\"why\": \"for ever\"}").statusCode()).isEqualTo(400);
  }

  @Test
  void aForeignHostNameIsRefused() throws Exception {
    assertThat(
            raw("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 421")
        .doesNotContain("\"paths\"");
    assertThat(raw("GET /api/v1/status HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void aForeignOriginIsRefused() throws Exception {
    HttpRequest.Builder request =
        request("/api/v1/paths/" + PATH + "/canaries").header("Origin", "https://evil.example");
    HttpResponse<String> answer =
        CLIENT.send(
            request.POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("other sites");
  }

  private static String password() {
    return demo.server().service().plan().relays().values().stream()
        .flatMap(relay -> relay.login().stream())
        .map(login -> login.secret().value())
        .findFirst()
        .orElseThrow();
  }

  private static String raw(String request) throws IOException {
    URI uri = demo.server().uri();
    try (Socket socket = new Socket("127.0.0.1", uri.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      StringBuilder answer = new StringBuilder();
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        answer.append(line).append('\n');
      }
      return answer.toString();
    }
  }

  private static JsonNode get(String resource) throws IOException, InterruptedException {
    HttpResponse<String> answer = send("GET", resource);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static HttpResponse<String> send(String method, String resource)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request(resource).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String resource, String body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request(resource)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode put(String resource, String body, int expected) throws Exception {
    HttpResponse<String> answer =
        CLIENT.send(
            request(resource)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
    return JSON.readTree(answer.body());
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static HttpRequest.Builder request(String resource) {
    return HttpRequest.newBuilder(URI.create(demo.server().uri() + resource)).timeout(SOON);
  }
}
