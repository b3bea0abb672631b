package io.mailcanary.bench;

import io.mailcanary.lab.StubMailServer;
import io.mailcanary.web.Browser;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// What somebody waits for who looks at many paths, while canaries flow along all of them.
///
/// @param asks how often the status is asked for
record Page(int paths, int asks) implements Part {
  private static final int MAILBOXES = 20;
  private static final int LOOKS = 20;

  @Override
  public void measure(Figures figures) throws Exception {
    try (StubMailServer stub = StubMailServer.start();
        Site site = Site.of(paths, MAILBOXES, "2m", stub.smtpPort(), stub.imapPort(), "secret");
        ServiceProcess service = ServiceProcess.start(site, List.of());
        HttpClient client = HttpClient.newHttpClient()) {
      Awaitility.await("a canary of each path")
          .atMost(Duration.ofMinutes(5))
          .until(() -> stub.accepted() >= paths);
      status(figures, service, client);
      overview(figures, service, client);
      chromium(figures, service);
    }
  }

  private void status(Figures figures, ServiceProcess service, HttpClient client) throws Exception {
    double[] cold = statusAfter(service, client);
    double[] millis = statusAfter(service, client);
    figures.add(
        "%,d paths, status, p99".formatted(paths),
        millis[asks * 99 / 100],
        "ms",
        10,
        "%1$d answers, median %2$.2f ms; the %1$d before them, the first of the process: p99 %3$.1f ms"
            .formatted(asks, millis[asks / 2], cold[asks * 99 / 100]));
  }

  private double[] statusAfter(ServiceProcess service, HttpClient client) throws Exception {
    URI status = service.uri().resolve("/api/v1/status");
    double[] millis = new double[asks];
    for (int i = 0; i < asks; i++) {
      millis[i] = headersAfter(client, status);
    }
    Arrays.sort(millis);
    return millis;
  }

  private void overview(Figures figures, ServiceProcess service, HttpClient client)
      throws Exception {
    figures.add(
        "%,d paths, overview, first byte of the first look".formatted(paths),
        headersAfter(client, service.uri()),
        "ms",
        1_000,
        "templates are read");
    double[] millis = new double[LOOKS];
    for (int i = 0; i < LOOKS; i++) {
      millis[i] = headersAfter(client, service.uri());
    }
    Arrays.sort(millis);
    figures.add(
        "%,d paths, overview, first byte".formatted(paths),
        millis[LOOKS * 9 / 10],
        "ms",
        100,
        "p90 of %d looks, median %.1f ms".formatted(LOOKS, millis[LOOKS / 2]));
    byte[] page = body(client, service.uri());
    double weight = page.length;
    Matcher assets =
        Pattern.compile("/assets/[a-z0-9.-]+").matcher(new String(unzipped(page), "UTF-8"));
    while (assets.find()) {
      weight += body(client, service.uri().resolve(assets.group())).length;
    }
    figures.add(
        "%,d paths, overview, weight compressed".formatted(paths),
        weight / 1_000,
        "kB",
        300,
        "with style, script and sign");
  }

  private void chromium(Figures figures, ServiceProcess service) {
    try (Browser browser = new Browser(service.uri())) {
      browser.size(1280, 900);
      double[] drawn = new double[LOOKS];
      double[] first = new double[LOOKS];
      double[] asked = new double[LOOKS];
      for (int i = 0; i < LOOKS; i++) {
        browser.open("/?page=" + (i + 1));
        Awaitility.await().until(() -> number(times(browser), "drawn") > 0);
        Map<?, ?> times = times(browser);
        first[i] = number(times, "first");
        asked[i] = number(times, "asked");
        drawn[i] = number(times, "drawn");
      }
      double cold = drawn[0];
      Arrays.sort(first);
      Arrays.sort(asked);
      Arrays.sort(drawn);
      figures.add(
          "%,d paths, overview in Chromium, first byte".formatted(paths),
          first[LOOKS * 9 / 10],
          "ms",
          100,
          "since the browser was told to go there: p90 of %d pages, median %.1f ms; since it asked: p90 %.1f ms, median %.1f ms"
              .formatted(LOOKS, first[LOOKS / 2], asked[LOOKS * 9 / 10], asked[LOOKS / 2]));
      figures.add(
          "%,d paths, overview in Chromium, drawn".formatted(paths),
          drawn[LOOKS - 1],
          "ms",
          1_000,
          "the slowest of %d pages, median %.0f ms, the first %.0f ms"
              .formatted(LOOKS, drawn[LOOKS / 2], cold));
    }
  }

  /// `drawn`: the first paint with content or the end of loading, whichever is later.
  private static Map<?, ?> times(Browser browser) {
    return (Map<?, ?>)
        browser.run(
            """
            const page = performance.getEntriesByType('navigation')[0];
            const paint = performance.getEntriesByName('first-contentful-paint')[0];
            return {first: page.responseStart + 0.001,
                    asked: page.responseStart - page.requestStart + 0.001,
                    drawn: page.loadEventEnd > 0 && paint ? Math.max(page.loadEventEnd, paint.startTime) + 0.001 : 0.0};
            """);
  }

  private static double number(Map<?, ?> times, String name) {
    return times.get(name) instanceof Number number ? number.doubleValue() : 0;
  }

  private static double headersAfter(HttpClient client, URI address) throws Exception {
    HttpRequest request = request(address);
    long began = System.nanoTime();
    HttpResponse<InputStream> answer =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    double millis = (System.nanoTime() - began) / 1e6;
    try (InputStream body = answer.body()) {
      body.readAllBytes();
    }
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(address + " is answered " + answer.statusCode());
    }
    return millis;
  }

  private static byte[] body(HttpClient client, URI address) throws Exception {
    return client.send(request(address), HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  private static HttpRequest request(URI address) {
    return HttpRequest.newBuilder(address)
        .header("Accept", "text/html,*/*")
        .header("Accept-Encoding", "gzip")
        .build();
  }

  private static byte[] unzipped(byte[] body) throws Exception {
    try (InputStream in =
        new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(body))) {
      return in.readAllBytes();
    }
  }
}
