package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may see and do what, by token, in a browser and without either.
class RightsTest {
  private static final String OPERATOR =
      "tokens: [{ name: ops, sha256: %s, rights: [read, act] }]".formatted(Guarded.SESAME);
  private static final String READER =
      "tokens: [{ name: eyes, sha256: %s, rights: [read] }]".formatted(Guarded.SESAME);
  private static final String COOKIE = "mailcanary-session";

  @TempDir Path folder;

  private final HttpClient browser = Guarded.browser();

  private static String location(HttpResponse<?> answer) {
    return answer.headers().firstValue("location").orElse("");
  }

  private static String cookie(HttpResponse<?> answer) {
    return answer.headers().allValues("set-cookie").stream()
        .filter(one -> one.startsWith(COOKIE))
        .findFirst()
        .orElse("");
  }

  private HttpResponse<String> logIn(Guarded service, String token) throws Exception {
    return service.send(browser, "/login", Map.of("token", token, "to", "/paths/one"));
  }

  @Test
  void whoMayOnlyReadSeesNoButtonsAndWhoMayActSeesThem() throws Exception {
    try (Guarded service = Guarded.start(folder, "public-read: true, " + OPERATOR)) {
      HttpResponse<String> anybody = service.open(browser, "/paths/one");
      assertThat(anybody.statusCode()).isEqualTo(200);
      assertThat(anybody.body())
          .contains("one")
          .contains("href=\"/login\"")
          .doesNotContain("method=\"post\"");
      assertThat(location(service.send(browser, "/paths/one/pause", Map.of())))
          .startsWith("/login?to=");
      HttpResponse<String> program =
          service.open(browser, "/paths/one", "Authorization", "Bearer sesame");
      assertThat(program.body()).contains("action=\"/paths/one/canaries\"");
    }
  }

  @Test
  void aTokenLogsInAndOutInABrowser() throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      HttpResponse<String> stranger = service.open(browser, "/paths/one?range=1h");
      assertThat(stranger.statusCode()).isEqualTo(303);
      assertThat(location(stranger)).isEqualTo("/login?to=%2Fpaths%2Fone%3Frange%3D1h");
      HttpResponse<String> page = service.open(browser, location(stranger));
      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body())
          .contains("name=\"token\"")
          .contains("value=\"/paths/one?range=1h\"")
          .doesNotContain("paths deliver");
      assertThat(logIn(service, "simsim").statusCode()).isEqualTo(401);
      HttpResponse<String> let = logIn(service, "sesame");
      assertThat(let.statusCode()).isEqualTo(303);
      assertThat(location(let)).isEqualTo("/paths/one");
      assertThat(cookie(let))
          .containsIgnoringCase("HttpOnly")
          .contains("SameSite=Lax")
          .contains("Path=/")
          .contains("Max-Age=43200")
          .doesNotContain("Secure")
          .doesNotContain("sesame");
      assertThat(service.open(browser, "/paths/one").body())
          .contains("ops")
          .contains("Log out")
          .contains("action=\"/paths/one/canaries\"");
      assertThat(service.send(browser, "/paths/one/pause", Map.of()).statusCode()).isEqualTo(303);
      String stolen = cookie(let).split(";", 2)[0];
      assertThat(service.send(browser, "/logout", Map.of()).statusCode()).isEqualTo(303);
      assertThat(service.open(browser, "/paths/one").statusCode()).isEqualTo(303);
      assertThat(
              service.open(HttpClient.newHttpClient(), "/paths/one", "Cookie", stolen).statusCode())
          .isEqualTo(303);
    }
  }

  @Test
  void aReaderLogsInSeesAndCannotAct() throws Exception {
    try (Guarded service = Guarded.start(folder, READER)) {
      assertThat(logIn(service, "sesame").statusCode()).isEqualTo(303);
      assertThat(service.open(browser, "/paths/one").body())
          .contains("Log out")
          .doesNotContain("action=\"/paths");
      assertThat(service.open(browser, "/changes").body()).doesNotContain("Leave a marker");
      assertThat(service.send(browser, "/paths/one/pause", Map.of()).statusCode()).isEqualTo(403);
      assertThat(service.send(browser, "/changes", Map.of("what", "x")).statusCode())
          .isEqualTo(403);
      assertThat(service.send(browser, "/logout", Map.of()).statusCode()).isEqualTo(303);
    }
  }

  @Test
  void aSessionActsByPagesAloneAndReadsEverywhere() throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      String session = cookie(logIn(service, "sesame")).split(";", 2)[0];
      HttpClient client = HttpClient.newHttpClient();
      assertThat(service.open(client, "/api/v1/status", "Cookie", session).statusCode())
          .isEqualTo(200);
      HttpRequest pause =
          HttpRequest.newBuilder(service.uri().resolve("/api/v1/paths/one/pause"))
              .header("Cookie", session)
              .PUT(HttpRequest.BodyPublishers.noBody())
              .build();
      assertThat(client.send(pause, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(403);
    }
  }

  @ParameterizedTest(name = "a form from {0}")
  @ValueSource(strings = {"same-site", "cross-site", "none"})
  void aFormOfAnotherPageNeitherActsNorLogsInNorOut(String site) throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      String session = cookie(logIn(service, "sesame")).split(";", 2)[0];
      for (String address : new String[] {"/paths/one/pause", "/login", "/logout", "/changes"}) {
        HttpRequest form =
            HttpRequest.newBuilder(service.uri().resolve(address))
                .header("Cookie", session)
                .header("Sec-Fetch-Site", site)
                .header("Accept", "text/html")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("token=sesame&what=x"))
                .build();
        assertThat(
                HttpClient.newHttpClient()
                    .send(form, HttpResponse.BodyHandlers.ofString())
                    .statusCode())
            .as(address)
            .isEqualTo(403);
      }
    }
  }

  @Test
  void guessingEndsSoonAndTellsHowLong() throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      for (int i = 0; i < 10; i++) {
        assertThat(logIn(service, "guess " + i).statusCode()).isEqualTo(401);
      }
      HttpResponse<String> late = logIn(service, "sesame");
      assertThat(late.statusCode()).isEqualTo(429);
      assertThat(late.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 301L);
      assertThat(late.body()).contains("Too many wrong tokens");
      assertThat(service.open(browser, "/paths/one", "Authorization", "Bearer sesame").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aTokenThatIsTakenAwayEndsItsSessions() throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      assertThat(logIn(service, "sesame").statusCode()).isEqualTo(303);
      Path file = service.probes(folder);
      Files.writeString(file, Files.readString(file).replace(Guarded.SESAME, "0".repeat(64)));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> service.open(browser, "/paths/one").statusCode() == 303);
    }
  }

  /// Reads what happens until there is no more.
  private CompletableFuture<Void> events(Guarded service, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(service.uri().resolve("/api/v1/events"))
            .header("Accept", "text/event-stream");
    if (headers.length > 0) {
      request.headers(headers);
    }
    CompletableFuture<Void> connected = new CompletableFuture<>();
    CompletableFuture<Void> end =
        browser
            .sendAsync(request.build(), HttpResponse.BodyHandlers.ofLines())
            .thenAcceptAsync(
                answer -> {
                  assertThat(answer.statusCode()).isEqualTo(200);
                  answer.body().forEach(_ -> connected.complete(null));
                },
                Thread::startVirtualThread);
    CompletableFuture.anyOf(connected, end).orTimeout(20, TimeUnit.SECONDS).join();
    assertThat(end).isNotDone();
    return end;
  }

  @Test
  void whatHappensIsNotToldAnyLongerToWhoHasLoggedOut() throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      assertThat(logIn(service, "sesame").statusCode()).isEqualTo(303);
      CompletableFuture<Void> session = events(service);
      CompletableFuture<Void> program = events(service, "Authorization", "Bearer sesame");
      assertThat(service.send(browser, "/logout", Map.of()).statusCode()).isEqualTo(303);
      assertThat(session).succeedsWithin(Duration.ofSeconds(20));
      assertThat(program).isNotDone();
      Path file = service.probes(folder);
      Files.writeString(file, Files.readString(file).replace(Guarded.SESAME, "0".repeat(64)));
      assertThat(program).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "x.y",
        "bm90aGluZw.bm90aGluZw",
        "MQoKUkVBRCxBQ1QKYWRtaW4KNDEwMjQ0NDgwMA.AAAA",
        ".",
        "a.b.c"
      })
  void aForgedCookieIsNone(String value) throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      assertThat(
              service
                  .open(HttpClient.newHttpClient(), "/paths/one", "Cookie", COOKIE + "=" + value)
                  .statusCode())
          .isEqualTo(303);
    }
  }

  @Test
  void behindTlsTheCookieIsForTlsAlone() throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      HttpResponse<String> let =
          service.send(browser, "/login", Map.of("token", "sesame"), "X-Forwarded-Proto", "https");
      assertThat(cookie(let)).contains("Secure");
    }
  }

  @ParameterizedTest(name = "to {0}: {1}")
  @CsvSource({
    "/incidents?state=open, /incidents?state=open",
    "//evil.example/x, /",
    "/\\evil.example, /",
    "https://evil.example, /",
    "javascript:alert(1), /",
    "/login?to=/login, /",
    "'', /"
  })
  void loginLeadsToPagesOfOursAlone(String to, String where) throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      HttpResponse<String> let =
          service.send(browser, "/login", Map.of("token", "sesame", "to", to));
      assertThat(location(let)).isEqualTo(where);
    }
  }

  @Test
  void withoutConfigurationThisHostReadsAndActsWithoutLogin() throws Exception {
    try (Guarded service = Guarded.start(folder, "site: north")) {
      assertThat(service.open(browser, "/paths/one").body())
          .contains("action=\"/paths/one/canaries\"")
          .doesNotContain("Log in")
          .doesNotContain("Log out");
      assertThat(service.open(browser, "/login").body()).contains("Nothing is configured");
    }
  }

  @Test
  void whatWasDonePersonallyCarriesTheName() throws Exception {
    try (Guarded service = Guarded.start(folder, OPERATOR)) {
      assertThat(logIn(service, "sesame").statusCode()).isEqualTo(303);
      assertThat(service.open(browser, "/changes").body()).contains("value=\"ops\"");
      HttpResponse<String> left =
          service.send(browser, "/changes", Map.of("what", "border MX moved <b>", "who", "ops"));
      assertThat(location(left)).startsWith("/changes#c-");
      assertThat(service.open(browser, "/changes").body())
          .contains("border MX moved &lt;b&gt;")
          .contains("by ops");
      assertThat(service.send(browser, "/changes", Map.of("what", " ")).statusCode())
          .isEqualTo(400);
      assertThat(
              service
                  .send(browser, "/paths/one/silence", Map.of("why", "moving", "for", "PT1H"))
                  .statusCode())
          .isEqualTo(303);
      assertThat(service.open(browser, "/incidents").body()).contains("moving · by ops");
    }
  }

  @Test
  void faultsAreForTheDemoAlone() throws Exception {
    try (Guarded service = Guarded.start(folder, "site: north")) {
      HttpResponse<String> all = service.open(browser, "/api/v1/faults");
      assertThat(all.statusCode()).isEqualTo(404);
      assertThat(all.headers().firstValue("content-type")).hasValue("application/problem+json");
      assertThat(all.body()).contains("'demo' alone");
      for (String method : new String[] {"PUT", "DELETE"}) {
        HttpRequest one =
            HttpRequest.newBuilder(service.uri().resolve("/api/v1/faults/mx-missing"))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString("{}"))
                .build();
        assertThat(browser.send(one, HttpResponse.BodyHandlers.ofString()).statusCode())
            .as(method)
            .isEqualTo(404);
      }
      assertThat(service.open(browser, "/faults").statusCode()).isEqualTo(404);
      assertThat(service.send(browser, "/faults/mx-missing/on", Map.of()).statusCode())
          .isEqualTo(404);
      assertThat(service.open(browser, "/").body()).doesNotContain("href=\"/faults\"");
    }
  }
}
