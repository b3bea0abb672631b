package io.mailcanary.tls;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.lab.Certificates;
import io.mailcanary.lab.Ports;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Trust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Policies from a real HTTPS server, good ones and others.
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class PolicyFetcherTest {
  private static final DomainName DOMAIN = new DomainName("campus.example");
  private static final String POLICY =
      "version: STSv1\r\nmode: enforce\r\nmx: mx.campus.example\r\nmax_age: 86400\r\n";

  @TempDir Path folder;

  private final Certificates authority = new Certificates("test authority");
  private HttpsServer server;
  private Path caFile;

  @BeforeEach
  void start() throws IOException {
    caFile = authority.write(folder.resolve("ca.pem"));
    server = server("mta-sts.campus.example");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void aPolicyIsFetchedAsItStands() {
    answer(200, "text/plain; charset=utf-8", POLICY);
    PolicyFetch fetch = fetch(server.getAddress().getPort());
    assertThat(fetch.url()).isEqualTo("https://mta-sts.campus.example/.well-known/mta-sts.txt");
    assertThat(fetch.problem()).isEmpty();
    assertThat(fetch.body()).contains(POLICY);
  }

  @Test
  void redirectsOtherAnswersAndOtherTypesAreNoPolicy() {
    answer(301, "text/plain", "");
    assertThat(fetch(server.getAddress().getPort()).problem().orElseThrow()).contains("301");
    answer(404, "text/plain", "not here");
    assertThat(fetch(server.getAddress().getPort()).problem().orElseThrow()).contains("404");
    answer(200, "text/html", POLICY);
    assertThat(fetch(server.getAddress().getPort()).problem().orElseThrow())
        .contains("Content-Type");
  }

  @Test
  void aServerThatIsSomebodyElseIsNotBelieved() throws IOException {
    HttpsServer other = server("www.campus.example");
    try {
      answer(200, "text/plain", POLICY);
      PolicyFetch fetch = fetch(other.getAddress().getPort());
      assertThat(fetch.body()).isEmpty();
      assertThat(fetch.problem().orElseThrow())
          .contains("www.campus.example", "mta-sts.campus.example");
    } finally {
      other.stop(0);
    }
  }

  @Test
  void anEndlessPolicyAndNobodyThereAreProblemsToo() {
    answer(200, "text/plain", "x".repeat(2_000_000));
    assertThat(fetch(server.getAddress().getPort()).body().map(String::length).orElse(0))
        .isLessThan(70_000);
    assertThat(fetch(Ports.free()).problem()).isPresent();
  }

  private HttpsServer server(String name) throws IOException {
    HttpsServer made =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 5);
    made.setHttpsConfigurator(new HttpsConfigurator(authority.server(name)));
    made.start();
    return made;
  }

  private void answer(int status, String type, String body) {
    try {
      server.removeContext("/.well-known/mta-sts.txt");
    } catch (IllegalArgumentException _) {
      // The first one.
    }
    server.createContext(
        "/.well-known/mta-sts.txt",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", type);
          exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private PolicyFetch fetch(int port) {
    HostLookup loopback = _ -> List.of(InetAddress.getLoopbackAddress());
    return new PolicyFetcher(
            loopback, new Trust(), port, new Tls(TlsMode.IMPLICIT, true, Optional.of(caFile)))
        .fetch(DOMAIN);
  }
}
