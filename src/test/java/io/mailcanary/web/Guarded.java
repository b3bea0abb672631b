package io.mailcanary.web;

import io.mailcanary.app.Server;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.store.DatabaseSettings;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A service on real mail (none flows), with guards as a test wants them, and a browser's manners.
public final class Guarded implements AutoCloseable {
  /// Of `sesame`.
  public static final String SESAME =
      "d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272";

  private final Server server;

  private Guarded(Server server) {
    this.server = server;
  }

  /// @param service the keys of `service`, in one line
  public static Guarded start(Path folder, String service) throws IOException {
    return start(folder, service, new DatabaseSettings.InMemory());
  }

  /// @param database several may share one
  public static Guarded start(Path folder, String service, DatabaseSettings database)
      throws IOException {
    Path probes = Files.createDirectories(folder.resolve("probes"));
    Path box = Files.createDirectories(folder.resolve("box"));
    Files.writeString(
        probes.resolve("probes.yaml"),
        """
        resolvers: { default: { servers: ["127.0.0.1:1"] } }
        relays: { out: { host: 127.0.0.1, port: 1, tls: none } }
        mailboxes: { box: { protocol: maildir, directory: %s } }
        paths:
          one: { via: out, from: a@a.example, to: b@b.example, arrives-in: box, enabled: false }
        service: { %s }
        """
            .formatted(box, service));
    return switch (ProbeFolder.read(probes, _ -> Optional.empty())) {
      case Reading.Valid valid ->
          new Guarded(
              Server.start(
                  valid, probes, _ -> Optional.empty(), folder.resolve("data"), database, 0));
      case Reading.Invalid(var problems, _) -> throw new AssertionError(problems);
    };
  }

  public URI uri() {
    return server.uri();
  }

  public Path probes(Path folder) {
    return folder.resolve("probes").resolve("probes.yaml");
  }

  /// Keeps cookies as a browser does.
  public static HttpClient browser() {
    return HttpClient.newBuilder()
        .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
        .build();
  }

  public HttpResponse<String> open(HttpClient browser, String address, String... headers)
      throws Exception {
    return browser.send(request(address, headers).build(), HttpResponse.BodyHandlers.ofString());
  }

  /// Sends a form of one of our own pages.
  public HttpResponse<String> send(
      HttpClient browser, String address, Map<String, String> form, String... headers)
      throws Exception {
    String body =
        form.entrySet().stream()
            .map(field -> field.getKey() + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    return browser.send(
        request(address, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Sec-Fetch-Site", "same-origin")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String address, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri().resolve(address)).header("Accept", "text/html,*/*");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
  }
}
