package io.mailcanary.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.app.Server;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.store.DatabaseSettings;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Buttons are shown to those who may use them.
class RightsTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /// Of `sesame`.
  private static final String DIGEST =
      "d0c04f4b1951e4aeaaec8223ed2039e542f3aae805a6fa7f6d794e5afff5d272";

  @TempDir Path folder;

  @Test
  void whoMayOnlyReadSeesNoButtonsAndWhoMayActSeesThem() throws Exception {
    try (Server server = server()) {
      HttpResponse<String> reader = get(server, Optional.empty());
      assertThat(reader.statusCode()).isEqualTo(200);
      assertThat(reader.body()).contains("one").doesNotContain("method=\"post\"");
      HttpResponse<String> operator = get(server, Optional.of("sesame"));
      assertThat(operator.body()).contains("action=\"/paths/one/canaries\"");
      assertThat(post(server, Optional.empty()).statusCode()).isEqualTo(401);
      assertThat(post(server, Optional.of("sesame")).statusCode()).isEqualTo(303);
    }
  }

  private Server server() throws Exception {
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
        service:
          public-read: true
          tokens: [{ name: ops, sha256: %s, rights: [read, act] }]
        """
            .formatted(box, DIGEST));
    return switch (ProbeFolder.read(probes, _ -> Optional.empty())) {
      case Reading.Valid valid ->
          Server.start(
              valid,
              probes,
              _ -> Optional.empty(),
              folder.resolve("data"),
              new DatabaseSettings.InMemory(),
              0);
      case Reading.Invalid(var problems, _) -> throw new AssertionError(problems);
    };
  }

  private static HttpResponse<String> get(Server server, Optional<String> token) throws Exception {
    return CLIENT.send(
        request(server, "/paths/one", token).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(Server server, Optional<String> token) throws Exception {
    return CLIENT.send(
        request(server, "/paths/one/pause", token)
            .header("Sec-Fetch-Site", "same-origin")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(
      Server server, String address, Optional<String> token) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri().resolve(address)).header("Accept", "text/html");
    token.ifPresent(value -> request.header("Authorization", "Bearer " + value));
    return request;
  }
}
