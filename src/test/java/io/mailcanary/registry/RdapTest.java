package io.mailcanary.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.mail.DomainName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RdapTest {
  private final Map<String, String> pages = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private Rdap rdap;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          asked.add(path);
          byte[] page = pages.getOrDefault(path, "").getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(
              page.length == 0 ? 404 : 200, page.length == 0 ? -1 : page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    server.start();
    pages.put(
        "/dns.json",
        """
        {"version": "1.0", "services": [
          [["org", "ac.uk"], ["http://nobody.invalid/", "%1$s/a"]],
          [["net"], ["%1$s/b/"]]
        ]}
        """
            .replace("\"http://nobody.invalid/\", ", "")
            .formatted(base()));
    rdap = new Rdap(Optional.of(URI.create(base() + "/dns.json")), InstantSource.system());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String base() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Optional<Registration> of(String name) {
    return rdap.of(new DomainName(name));
  }

  @Test
  void whatTheRegistrySaysOfTheDomainThatANameBelongsTo() {
    pages.put(
        "/a/domain/corp.org",
        """
        {"objectClassName": "domain", "ldhName": "corp.org", "status": ["active", "client hold"],
         "events": [{"eventAction": "registration", "eventDate": "2001-01-01T00:00:00Z"},
                    {"eventAction": "expiration", "eventDate": "2026-12-01T08:00:00+02:00"}]}
        """);
    assertThat(of("mail.corp.org"))
        .hasValueSatisfying(one -> {
          assertThat(one.expires()).contains(Instant.parse("2026-12-01T06:00:00Z"));
          assertThat(one.status()).containsExactlyInAnyOrder("active", "client hold");
          assertThat(one.source()).contains("corp.org");
        });
    assertThat(asked).containsExactly("/dns.json", "/a/domain/corp.org");
    of("corp.org");
    assertThat(asked).as("the list is kept").filteredOn("/dns.json"::equals).hasSize(1);
  }

  @Test
  void someRegistriesSellBelowTwoLabels() {
    pages.put("/a/domain/uni.ac.uk", "{\"status\": [\"active\"]}");
    assertThat(of("mx.cs.uni.ac.uk")).isPresent();
    assertThat(asked).containsExactly("/dns.json", "/a/domain/ac.uk", "/a/domain/uni.ac.uk");
  }

  @Test
  void whereNothingCanBeKnownNothingIsSaid() {
    assertThat(of("corp.test")).as("a name of the special kind").isEmpty();
    assertThat(asked).isEmpty();
    assertThat(of("corp.de")).as("no registry that is listed").isEmpty();
    pages.put("/b/domain/corp.net", "<html>");
    assertThat(of("corp.net")).as("garbage").isEmpty();
    assertThat(of("gone.net")).as("no such domain").isEmpty();
    server.stop(0);
    assertThat(of("corp.org")).as("out of reach").isEmpty();
    assertThat(new Rdap(Optional.empty(), InstantSource.system()).of(new DomainName("corp.org")))
        .as("switched off")
        .isEmpty();
  }
}
