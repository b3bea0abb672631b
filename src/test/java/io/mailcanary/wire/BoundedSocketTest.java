package io.mailcanary.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.lab.Certificates;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.WireException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BoundedSocketTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration SHORT = Duration.ofMillis(400);

  private static Target target(int port, Optional<String> from, long limit) {
    Tls tls = new Tls(TlsMode.NONE, true, Optional.empty());
    return new Target("mx.example", port, tls, from, Duration.ofSeconds(2), SHORT, limit);
  }

  private static BoundedSocket to(int port, InetAddress... addresses) {
    return new BoundedSocketFactory(
            host -> List.of(addresses), new Trust(), target(port, Optional.empty(), 1000))
        .createSocket();
  }

  private static String line(BoundedSocket socket) throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
    return String.valueOf(line);
  }

  @Test
  void addressesAreTriedInTurn() throws Exception {
    try (ScriptedSmtpServer server = ScriptedSmtpServer.script().start();
        BoundedSocket socket = to(server.port(), InetAddress.ofLiteral("127.0.0.2"), LOOPBACK)) {
      socket.connect();
      assertThat(socket.peer()).contains("127.0.0.1");
      assertThat(line(socket)).isEqualTo("220 scripted.test ESMTP");
      assertThat(socket.heard()).isEqualTo("220 scripted.test ESMTP\\x0d\\x0a");
      assertThat(socket.getInetAddress()).hasToString("mx.example/127.0.0.1");
    }
  }

  @Test
  void allRefusalsAreNamed() throws Exception {
    int port = Ports.free();
    try (BoundedSocket socket = to(port, LOOPBACK, InetAddress.ofLiteral("127.0.0.2"))) {
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(socket::connect)
          .withMessage(
              "no connection to mx.example port %d: 127.0.0.1: Connection refused; ".formatted(port)
                  + "127.0.0.2: Connection refused")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.CONNECT));
    }
  }

  @Test
  void theLookUpsWordsAreKept() {
    BoundedSocket socket =
        new BoundedSocketFactory(
                host -> {
                  throw new UnknownHostException("nobody knows " + host);
                },
                new Trust(),
                target(1, Optional.empty(), 1000))
            .createSocket();
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(socket::connect)
        .withMessage("nobody knows mx.example")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.LOOKUP));
  }

  @Test
  void theLocalAddressIsTheOneThatWasAskedFor() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK);
        BoundedSocket socket =
            new BoundedSocketFactory(
                    host -> List.of(InetAddress.ofLiteral("::1"), LOOPBACK),
                    new Trust(),
                    target(server.getLocalPort(), Optional.of("127.0.0.3"), 1000))
                .createSocket()) {
      socket.connect();
      try (Socket seen = server.accept()) {
        assertThat(seen.getInetAddress().getHostAddress()).isEqualTo("127.0.0.3");
      }
    }
  }

  @Test
  void aDripDoesNotOutlastTheTimeForTheWholeAnswer() throws Exception {
    try (ScriptedSmtpServer server =
            ScriptedSmtpServer.script()
                .on("CONNECT", ScriptedSmtpServer.drip("2".repeat(99), Duration.ofMillis(50)))
                .start();
        BoundedSocket socket = to(server.port(), LOOPBACK)) {
      socket.connect();
      long before = System.nanoTime();
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(() -> line(socket))
          .withMessageStartingWith("no whole answer within 0.4 s, only: 2")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.SILENCE));
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isBetween(SHORT.minusMillis(50), SHORT.plusSeconds(1));
      assertThat(socket.breach()).isPresent();
    }
  }

  @Test
  void aLongTimeIsKeptToTheSecond() throws Exception {
    Duration six = Duration.ofSeconds(6);
    for (TlsMode mode : List.of(TlsMode.NONE, TlsMode.IMPLICIT)) {
      Tls tls = new Tls(mode, true, Optional.empty());
      try (ServerSocket silent = new ServerSocket(0, 1, LOOPBACK);
          BoundedSocket socket =
              new BoundedSocketFactory(
                      _ -> List.of(LOOPBACK),
                      new Trust(),
                      new Target(
                          "mx.example",
                          silent.getLocalPort(),
                          tls,
                          Optional.empty(),
                          six,
                          six,
                          1000))
                  .createSocket()) {
        long before = System.nanoTime();
        assertThatExceptionOfType(WireException.class)
            .isThrownBy(() -> {
              socket.connect();
              line(socket);
            })
            .withMessage("silent for 6 s")
            .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.SILENCE));
        assertThat(Duration.ofNanos(System.nanoTime() - before))
            .isBetween(six.minusMillis(50), six.plusSeconds(3));
        assertThat(socket.breach()).isPresent();
        assertThat(socket.isClosed()).isTrue();
      }
    }
  }

  @Test
  void theCallersOwnTimeForOneReadHolds() throws Exception {
    try (ScriptedSmtpServer server =
            ScriptedSmtpServer.script().on("CONNECT", ScriptedSmtpServer.hang()).start();
        BoundedSocket socket = to(server.port(), LOOPBACK)) {
      socket.setSoTimeout(50);
      socket.connect();
      assertThatThrownBy(() -> line(socket)).isInstanceOf(SocketTimeoutException.class);
      assertThat(socket.breach()).isEmpty();
    }
  }

  @Test
  void anAnswerHasItsLimitAndEachWriteBeginsANewOne() throws Exception {
    try (ScriptedSmtpServer server =
            ScriptedSmtpServer.script()
                .on("NOOP", ScriptedSmtpServer.say("250 " + "x".repeat(600)))
                .on("RSET", ScriptedSmtpServer.say("250 " + "y".repeat(1200)))
                .start();
        BoundedSocket socket = to(server.port(), LOOPBACK)) {
      socket.connect();
      assertThat(line(socket)).startsWith("220");
      for (int i = 0; i < 3; i++) {
        socket.getOutputStream().write("NOOP\r\n".getBytes(US_ASCII));
        assertThat(line(socket)).hasSize(604);
      }
      socket.getOutputStream().write("RSET\r\n".getBytes(US_ASCII));
      assertThatExceptionOfType(WireException.class)
          .isThrownBy(() -> line(socket))
          .withMessageStartingWith("an answer of more than 1000 bytes, which begins: 250 yyy")
          .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LONG));
    }
  }

  @Test
  void abandonEndsAReadInAnotherThread() throws Exception {
    try (ScriptedSmtpServer server =
            ScriptedSmtpServer.script().on("CONNECT", ScriptedSmtpServer.hang()).start();
        BoundedSocket socket = to(server.port(), LOOPBACK)) {
      socket.answerWithin(Duration.ZERO);
      socket.connect();
      Thread reader =
          Thread.ofVirtual().start(() -> assertThatThrownBy(() -> line(socket)).isNotNull());
      socket.abandon();
      assertThat(reader.join(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void noSessionIsResumedSoThatTheCertificateIsSeenEachTime() throws Exception {
    Tls tls = new Tls(TlsMode.IMPLICIT, false, Optional.empty());
    Trust trust = new Trust();
    List<Long> begun = new ArrayList<>();
    try (ScriptedSmtpServer server =
        ScriptedSmtpServer.script()
            .implicitTls(new Certificates("lab").server("mx.example"))
            .start()) {
      Target target =
          new Target(
              "mx.example",
              server.port(),
              tls,
              Optional.empty(),
              Duration.ofSeconds(5),
              Duration.ofSeconds(5),
              1000);
      for (int i = 0; i < 2; i++) {
        try (BoundedSocket socket =
            new BoundedSocketFactory(host -> List.of(LOOPBACK), trust, target).createSocket()) {
          socket.connect();
          assertThat(line(socket)).startsWith("220");
          socket.getOutputStream().write("NOOP\r\n".getBytes(US_ASCII));
          assertThat(line(socket)).startsWith("250");
          begun.add(socket.session().orElseThrow().getCreationTime());
        }
      }
    }
    assertThat(begun).as("a resumed session keeps its time").doesNotHaveDuplicates();
  }
}
