package io.mailcanary.app;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.api.CanaryResource;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// A service that runs on this host already, asked by its REST interface.
final class RunningService {
  /// A token for it, where it asks for one.
  private static final String TOKEN = "MAILCANARY_TOKEN";

  private static final Duration ANSWER = Duration.ofSeconds(3);
  private static final Set<String> OPEN = Set.of("pending", "in-transit", "deferred", "overdue");

  private final HttpClient client;
  private final String base;

  private RunningService(HttpClient client, String base) {
    this.client = client;
    this.base = base;
  }

  /// The service at that port, if it knows the path.
  static Optional<RunningService> find(int port, String path) {
    HttpClient client = HttpClient.newBuilder().connectTimeout(ANSWER).build();
    RunningService service = new RunningService(client, "http://127.0.0.1:" + port + "/api/v1");
    try {
      return service.get("/paths/" + encoded(path)).statusCode() == 200
          ? Optional.of(service)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /// Sends one canary and waits for its fate; to be asked once.
  OneProbe.Outcome probe(String path, Duration patience, ObjectMapper json)
      throws InterruptedException {
    ObjectMapper lenient = json.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      ServiceNews news = ServiceNews.listen(client, request("/events").build());
      HttpResponse<String> sent =
          client.send(
              request("/paths/" + encoded(path) + "/canaries")
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      if (sent.statusCode() != 202) {
        return new OneProbe.Outcome(
            Optional.empty(), "the service answers %d".formatted(sent.statusCode()), false);
      }
      String id = lenient.readTree(sent.body()).path("id").asText();
      news.follow(id);
      CanaryResource canary = canary(id, lenient);
      while (OPEN.contains(canary.state()) && System.nanoTime() < deadline) {
        news.await(deadline - System.nanoTime());
        canary = canary(id, lenient);
      }
      JsonNode view = lenient.readTree(get("/paths/" + encoded(path)).body());
      boolean blind = canary.copies() == 0 && view.path("health").asText().equals("blind");
      return new OneProbe.Outcome(Optional.of(canary), view.path("reason").asText(), blind);
    } catch (IOException e) {
      return new OneProbe.Outcome(
          Optional.empty(), "the service does not answer: " + e.getMessage(), false);
    } finally {
      client.shutdownNow();
    }
  }

  private CanaryResource canary(String id, ObjectMapper json)
      throws IOException, InterruptedException {
    return json.readValue(get("/canaries/" + id).body(), CanaryResource.class);
  }

  private HttpResponse<String> get(String resource) throws IOException, InterruptedException {
    return client.send(request(resource).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String resource) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + resource)).timeout(ANSWER);
    String token = System.getenv(TOKEN);
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }
}
