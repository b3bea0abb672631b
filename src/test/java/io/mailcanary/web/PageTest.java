package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.app.Demo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The pages as a browser gets them, with the built-in world behind them.
class PageTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final String PATH = "campus-to-ugrad";

  private static Demo demo;

  @BeforeAll
  static void start() throws IOException {
    demo = Demo.start(0);
    await()
        .atMost(SOON)
        .until(() ->
            demo.server()
                .service()
                .board()
                .path(PATH)
                .filter(view -> view.lastDelivered() != null)
                .isPresent());
  }

  @AfterAll
  static void end() {
    demo.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/paths/" + PATH, "/incidents", "/changes", "/faults"})
  void aPageIsSmallAndTakesNothingFromElsewhere(String address) throws Exception {
    HttpResponse<byte[]> page = get(address, "text/html");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(header(page, "content-type")).isEqualTo("text/html;charset=utf-8");
    assertThat(header(page, "content-encoding")).isEqualTo("gzip");
    assertThat(page.body().length).isLessThan(60_000);
    assertThat(header(page, "content-security-policy"))
        .startsWith("default-src 'none'; style-src 'self'; script-src 'self'")
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(header(page, "x-content-type-options")).isEqualTo("nosniff");
    assertThat(header(page, "referrer-policy")).isEqualTo("same-origin");
    assertThat(header(page, "cache-control")).isEqualTo("no-store");
    String text = text(page);
    assertThat(text).startsWith("<!DOCTYPE html>").contains("<h1>").contains("mailcanary");
    assertThat(text).doesNotContain("style=").doesNotContain("<style").doesNotContain("onclick");
    assertThat(text.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContainPattern("(src|href|action)=\"(https?:)?//");
  }

  @Test
  void aProgramGetsTheStatusWhereAPersonGetsThePage() throws Exception {
    HttpResponse<byte[]> answer = get("/", "*/*");
    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(header(answer, "location")).isEqualTo("/api/v1/status");
  }

  @ParameterizedTest
  @ValueSource(strings = {"css", "js", "svg"})
  void styleAndScriptAreKeptForGoodAndNamedByWhatTheyHold(String ending) throws Exception {
    Matcher name =
        Pattern.compile("/assets/[a-z]+-[0-9a-f]{12}\\." + ending)
            .matcher(text(get("/", "text/html")));
    assertThat(name.find()).isTrue();
    HttpResponse<byte[]> asset = get(name.group(), "*/*");
    assertThat(asset.statusCode()).isEqualTo(200);
    assertThat(header(asset, "cache-control")).contains("immutable").contains("max-age=31536000");
    assertThat(asset.body().length).isBetween(200, 12_000);
    assertThat(get(name.group().replaceAll("-[0-9a-f]{12}", "-000000000000"), "*/*").statusCode())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "q=ugrad, campus-to-ugrad, campus-to-partner",
    "q=OUTSIDE.example, campus-to-partner, ugrad-and-back",
  })
  void pathsAreFoundByWhatTheyAre(String query, String found, String left) throws Exception {
    assertThat(text(get("/?" + query, "text/html")))
        .contains("id=\"p-" + found)
        .doesNotContain("id=\"p-" + left);
  }

  @Test
  void whatIsSearchedForIsShownAsText() throws Exception {
    assertThat(text(get("/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", "text/html")))
        .contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"")
        .doesNotContain("<script>");
  }

  @Test
  void hostileTextOfOthersIsShownAsText() throws Exception {
    String marker =
        "{\"what\": \"<img src=x onerror=alert(1)> \u202Egnp.exe %s\", \"who\": \"' onclick='x\"}"
            .formatted("x".repeat(900));
    HttpResponse<String> posted =
        CLIENT.send(
            HttpRequest.newBuilder(uri("/api/v1/changes"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(marker))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(posted.statusCode()).isEqualTo(201);
    assertThat(text(get("/changes", "text/html")))
        .contains("&lt;img src=x onerror=alert(1)&gt; ⟨U+202E⟩gnp.exe")
        .contains("&#39; onclick=&#39;x")
        .doesNotContain("<img");
  }

  @Test
  void aCanarysEvidenceIsShownWordForWord() throws Exception {
    HttpResponse<byte[]> sent =
        post("/paths/" + PATH + "/canaries", "", Optional.of("same-origin"));
    assertThat(sent.statusCode()).isEqualTo(303);
    String id = header(sent, "location").replaceAll(".*canary=|#.*", "");
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(text(get("/canaries/" + id, "text/html")))
                .contains("Canary delivered in")
                .contains("<pre>250 ")
                .contains("seen in INBOX of ugrad"));
  }

  @ParameterizedTest(name = "Sec-Fetch-Site: {0} is answered {1}")
  @CsvSource({"same-origin, 303", "same-site, 403", "cross-site, 403", "none, 403"})
  void aFormOfAnotherSiteDoesNothing(String site, int status) throws Exception {
    assertThat(post("/paths/" + PATH + "/pause", "", Optional.of(site)).statusCode())
        .isEqualTo(status);
    assertThat(post("/paths/" + PATH + "/resume", "", Optional.of("same-origin")).statusCode())
        .isEqualTo(303);
  }

  @Test
  void aFormThatNobodyVouchesForDoesNothing() throws Exception {
    assertThat(post("/paths/" + PATH + "/pause", "", Optional.empty()).statusCode()).isEqualTo(403);
  }

  @Test
  void aSilenceIsAskedForAndEnded() throws Exception {
    String why = "why=<b>migration</b>&for=PT1H";
    assertThat(post("/paths/" + PATH + "/silence", why, Optional.of("same-origin")).statusCode())
        .isEqualTo(303);
    String page = text(get("/incidents", "text/html"));
    assertThat(page).contains("&lt;b&gt;migration&lt;/b&gt;").contains("path " + PATH);
    Matcher end = Pattern.compile("/silences/[^/\"]+/end").matcher(page);
    assertThat(end.find()).isTrue();
    assertThat(post(end.group(), "", Optional.of("same-origin")).statusCode()).isEqualTo(303);
    assertThat(text(get("/incidents", "text/html"))).doesNotContain("migration");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "why=", "why=x&for=", "why=x&for=P400D", "why=x&for=PT-1H"})
  void aSilenceWithoutReasonOrEndIsRefusedInWords(String form) throws Exception {
    HttpResponse<byte[]> answer =
        post("/paths/" + PATH + "/silence", form, Optional.of("same-origin"));
    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/paths/nowhere",
        "/paths/" + PATH + "?state=happy",
        "/paths/" + PATH + "?before=x",
        "/canaries/x",
        "/incidents/x",
        "/incidents?state=x"
      })
  void whatIsNotThereIsSaidInWords(String address) throws Exception {
    HttpResponse<byte[]> page = get(address, "text/html");
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(text(page)).contains("There is nothing here.");
  }

  @Test
  void aFaultIsSwitchedByAFormWithoutAnything() throws Exception {
    assertThat(post("/faults/junk/on", "", Optional.of("same-origin")).statusCode()).isEqualTo(303);
    assertThat(text(get("/faults", "text/html"))).contains("1 fault switched on.");
    assertThat(post("/faults/junk/off", "", Optional.of("same-origin")).statusCode())
        .isEqualTo(303);
    assertThat(text(get("/faults", "text/html"))).contains("Nothing is broken.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/faults/nothing/on", "/faults/nothing/off", "/silences/x/end"})
  void whatIsNotThereCannotBeSwitched(String address) throws Exception {
    assertThat(post(address, "", Optional.of("same-origin")).statusCode()).isEqualTo(404);
  }

  @Test
  void anUnknownRangeIsNoHarm() throws Exception {
    for (String range : List.of("15m", "1h", "6h", "24h", "7d", "x")) {
      assertThat(get("/paths/" + PATH + "?range=" + range, "text/html").statusCode())
          .isEqualTo(200);
    }
  }

  private static URI uri(String address) {
    return demo.server().uri().resolve(address);
  }

  private static HttpResponse<byte[]> get(String address, String accept) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(uri(address))
            .header("Accept", accept)
            .header("Accept-Encoding", "gzip")
            .timeout(SOON)
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpResponse<byte[]> post(String address, String form, Optional<String> site)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(address))
            .header("Accept", "text/html")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .timeout(SOON)
            .POST(HttpRequest.BodyPublishers.ofString(form));
    site.ifPresent(value -> request.header("Sec-Fetch-Site", value));
    return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private static String text(HttpResponse<byte[]> answer) throws IOException {
    if (!header(answer, "content-encoding").equals("gzip")) {
      return new String(answer.body(), StandardCharsets.UTF_8);
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
