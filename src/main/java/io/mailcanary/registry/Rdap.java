package io.mailcanary.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.mail.DomainName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the registry of a domain, which IANA's list names (RFC 9224 §4). Where that cannot be
/// reached, or there is none, nothing is known; that is no fault of anybody's.
public final class Rdap {
  private static final Logger LOG = LoggerFactory.getLogger(Rdap.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final Duration LIST_COUNTS_FOR = Duration.ofDays(1);
  private static final Duration LIST_AGAIN = Duration.ofHours(1);
  private static final long LARGEST = 4L * 1024 * 1024;
  private static final int MOST_LABELS = 4;
  private static final int MOST_STATUSES = 50;

  /// No registry has them (RFC 6761, RFC 6762, RFC 7686, RFC 9476, RFC 3172).
  private static final Set<String> SPECIAL =
      Set.of(
          "test", "example", "invalid", "localhost", "local", "internal", "onion", "alt", "arpa");

  private final Optional<URI> list;
  private final InstantSource clock;
  private Map<String, URI> registries = Map.of();
  private Instant listUntil = Instant.MIN;

  /// @param list where it stands which registry has which domains; empty: nobody is asked
  public Rdap(Optional<URI> list, InstantSource clock) {
    this.list = list;
    this.clock = clock;
  }

  /// What is known of the registration that a name belongs to. It takes some seconds at most for
  /// each of a few questions.
  public Optional<Registration> of(DomainName name) {
    List<String> labels = Arrays.asList(name.name().split("\\.", -1));
    if (list.isEmpty() || labels.size() < 2 || SPECIAL.contains(labels.getLast())) {
      return Optional.empty();
    }
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      Optional<URI> registry = registry(client, labels);
      // Registries sell below two labels, or three as in `ac.uk`.
      for (int size = 2;
          registry.isPresent() && size <= Math.min(MOST_LABELS, labels.size());
          size++) {
        String candidate = String.join(".", labels.subList(labels.size() - size, labels.size()));
        Optional<Registration> found = ask(client, registry.get(), candidate);
        if (found.isPresent()) {
          return found;
        }
      }
    } catch (IOException e) {
      LOG.debug("no registry asked for {}: {}", name, e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  private static Optional<Registration> ask(HttpClient client, URI registry, String domain)
      throws IOException, InterruptedException {
    URI about = registry.resolve("domain/" + domain);
    return get(client, about).flatMap(json -> read(json, domain, registry.getHost()));
  }

  private static Optional<Registration> read(JsonNode json, String domain, String source) {
    Optional<Instant> expires = Optional.empty();
    for (JsonNode event : json.path("events")) {
      if (event.path("eventAction").asText().toLowerCase(Locale.ROOT).equals("expiration")) {
        expires = instant(event.path("eventDate").asText());
      }
    }
    Set<String> status = new TreeSet<>();
    json.path("status")
        .forEach(one -> {
          if (status.size() < MOST_STATUSES) {
            status.add(one.asText());
          }
        });
    return expires.isEmpty() && status.isEmpty()
        ? Optional.empty()
        : Optional.of(new Registration(expires, status, "%s of %s".formatted(source, domain)));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private Optional<URI> registry(HttpClient client, List<String> labels)
      throws IOException, InterruptedException {
    Map<String, URI> known = registries(client);
    for (int from = 1; from < labels.size(); from++) {
      URI found = known.get(String.join(".", labels.subList(from, labels.size())));
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }

  private synchronized Map<String, URI> registries(HttpClient client)
      throws IOException, InterruptedException {
    Instant now = clock.instant();
    if (now.isBefore(listUntil)) {
      return registries;
    }
    listUntil = now.plus(LIST_AGAIN);
    Optional<JsonNode> json = get(client, list.orElseThrow());
    if (json.isPresent()) {
      Map<String, URI> fresh = new HashMap<>();
      json.get().path("services").forEach(service -> note(service, fresh));
      registries = fresh;
      listUntil = now.plus(LIST_COUNTS_FOR);
    }
    return registries;
  }

  /// A pair of two lists: names, and addresses of which one will do.
  private static void note(JsonNode service, Map<String, URI> into) {
    List<String> addresses = new ArrayList<>();
    service.path(1).forEach(one -> addresses.add(one.asText()));
    addresses.stream()
        .sorted((a, b) -> Boolean.compare(b.startsWith("https:"), a.startsWith("https:")))
        .findFirst()
        .map(one -> one.endsWith("/") ? one : one + "/")
        .flatMap(Rdap::uri)
        .ifPresent(uri ->
            service.path(0).forEach(name -> into.put(name.asText().toLowerCase(Locale.ROOT), uri)));
  }

  private static Optional<URI> uri(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getHost() == null ? Optional.empty() : Optional.of(uri);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<JsonNode> get(HttpClient client, URI uri)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(ANSWER)
            .header("Accept", "application/rdap+json, application/json")
            .build();
    HttpResponse<byte[]> answer =
        client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
    return answer.statusCode() == 200
        ? Optional.of(JSON.readTree(answer.body()))
        : Optional.empty();
  }
}
