package io.mailcanary.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.HttpRecorder.Answer;
import io.mailcanary.lab.Ports;
import io.mailcanary.path.Secret;
import io.mailcanary.wire.Trust;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class HttpDoorTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

  private final HttpRecorder server = HttpRecorder.start();
  private final HttpDoor door =
      new HttpDoor(new Trust(), InstantSource.fixed(NOW), Duration.ofSeconds(1));

  @AfterEach
  void close() {
    door.close();
    server.close();
  }

  private Outcome post(URI url) throws InterruptedException {
    return door.post(HttpDoor.Post.json(url, "{}", List.of(new Secret("swordfish"))));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "200, Taken",
    "202, Taken",
    "204, Taken",
    "301, Refused",
    "307, Refused",
    "400, Refused",
    "401, Refused",
    "403, Refused",
    "404, Refused",
    "408, Later",
    "410, Refused",
    "413, Refused",
    "425, Later",
    "429, Later",
    "500, Later",
    "502, Later",
    "503, Later",
    "504, Later"
  })
  void anAnswerIsReadByItsStatus(int status, String outcome) throws Exception {
    server.usually(Answer.of(status).with("Location", "http://127.0.0.1:1/elsewhere"));
    Outcome came = post(server.uri("/"));
    assertThat(came.getClass().getSimpleName()).isEqualTo(outcome);
    assertThat(came.words()).startsWith("127.0.0.1 answers " + status);
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          30                            | PT30S
          0                             | PT0S
          999999                        | PT15M
          Sat, 21 Nov 2026 12:00:05 GMT | PT5S
          Sat, 21 Nov 2026 11:00:00 GMT | PT0S
          soon                          |
          -5                            |
          """)
  void whoAsksToBeLeftAloneIsHeard(String asked, String wait) throws Exception {
    server.usually(Answer.of(429).with("Retry-After", asked));
    assertThat(post(server.uri("/")))
        .isInstanceOfSatisfying(
            Outcome.Later.class,
            later ->
                assertThat(later.after())
                    .isEqualTo(Optional.ofNullable(wait).map(Duration::parse)));
  }

  @Test
  void aServerThatHangsCostsItsShareOfTime() throws Exception {
    server.usually(Answer.of(0));
    long start = System.nanoTime();
    assertThat(post(server.uri("/"))).isInstanceOf(Outcome.Later.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aServerThatStopsInMidAnswerDoesToo() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> {
        try {
          var socket = listener.accept();
          socket
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf".getBytes());
          socket.getOutputStream().flush();
          socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (java.io.IOException _) {
          // the client is gone
        }
      });
      URI url = URI.create("http://127.0.0.1:%d/".formatted(listener.getLocalPort()));
      assertThat(post(url))
          .isInstanceOfSatisfying(
              Outcome.Later.class, later -> assertThat(later.words()).contains("127.0.0.1: no"));
    }
  }

  @Test
  void anEndlessAnswerIsCut() throws Exception {
    server.usually(Answer.of(400, "x".repeat(5_000_000)));
    assertThat(post(server.uri("/")).words()).hasSizeLessThan(400);
  }

  @Test
  void nobodyThereIsWorthAnotherAttempt() throws Exception {
    assertThat(post(URI.create("http://127.0.0.1:%d/".formatted(Ports.free()))))
        .isInstanceOfSatisfying(
            Outcome.Later.class, later -> assertThat(later.words()).contains("no connection"));
    assertThat(post(URI.create("http://nowhere.invalid/")))
        .isInstanceOfSatisfying(
            Outcome.Later.class, later -> assertThat(later.words()).contains("resolver"));
  }

  @Test
  void whatTheServerSaysShowsNoSecret() throws Exception {
    server.usually(Answer.of(400, "no such key: swordfish\n\u0000"));
    String words = post(server.uri("/swordfish")).words();
    assertThat(words).contains("no such key: ***").doesNotContain("swordfish");
    assertThat(door.get(new Secret("http://127.0.0.1:1/swordfish")).words())
        .doesNotContain("swordfish");
  }
}
