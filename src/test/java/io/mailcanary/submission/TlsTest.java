package io.mailcanary.submission;

import static io.mailcanary.lab.ScriptedSmtpServer.drop;
import static io.mailcanary.lab.ScriptedSmtpServer.flood;
import static io.mailcanary.lab.ScriptedSmtpServer.say;
import static io.mailcanary.lab.ScriptedSmtpServer.script;
import static io.mailcanary.submission.Relays.what;
import static io.mailcanary.submission.Relays.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.canary.Stage;
import io.mailcanary.lab.Certificates;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.lab.ScriptedSmtpServer.Script;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.Trust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class TlsTest {
  private static final Instant PAST = Instant.parse("2026-01-02T03:04:05Z");
  private static final Certificates OURS = new Certificates("our authority");
  private static final Certificates THEIRS = new Certificates("their authority");
  private static final SSLContext GOOD = OURS.server("mx.example");
  private static final Submission SUBMISSION =
      new Submission(Relays.LOOPBACK, new Trust(), InstantSource.system());

  @TempDir private static Path folder;
  private static Path file;

  @BeforeAll
  static void write() throws IOException {
    file = OURS.write(folder.resolve("ca.pem"));
  }

  @AfterAll
  static void close() {
    SUBMISSION.close();
  }

  /// Certificate, whether it is verified, against what, and the words of the failure.
  static Stream<Arguments> certificates() {
    SSLContext expired = OURS.server("mx.example", PAST);
    SSLContext otherName = OURS.server("other.example");
    SSLContext stranger = THEIRS.server("mx.example");
    List<Arguments> rows = new ArrayList<>();
    for (TlsMode mode : List.of(TlsMode.OPPORTUNISTIC, TlsMode.STARTTLS, TlsMode.IMPLICIT)) {
      rows.add(Arguments.of(mode, "good", GOOD, true, true, ""));
      rows.add(
          Arguments.of(
              mode,
              "expired",
              expired,
              true,
              true,
              "the certificate for mx.example has been expired since 2026-01-02T03:04:05Z"));
      rows.add(
          Arguments.of(
              mode,
              "other name",
              otherName,
              true,
              true,
              "the certificate is for other.example, not for mx.example"));
      rows.add(
          Arguments.of(
              mode,
              "stranger",
              stranger,
              true,
              true,
              "the certificate for mx.example comes from an unknown issuer: CN=their authority"));
      rows.add(
          Arguments.of(
              mode,
              "not the system's",
              GOOD,
              true,
              false,
              "the certificate for mx.example comes from an unknown issuer: CN=our authority"));
      rows.add(Arguments.of(mode, "expired", expired, false, true, ""));
      rows.add(Arguments.of(mode, "other name", otherName, false, true, ""));
      rows.add(Arguments.of(mode, "stranger", stranger, false, false, ""));
    }
    return rows.stream();
  }

  @ParameterizedTest(name = "{0} {1}, verify {3}, ca-file {4}: {5}")
  @MethodSource("certificates")
  void whomWeBelieve(
      TlsMode mode, String name, SSLContext context, boolean verify, boolean own, String words) {
    try (ScriptedSmtpServer server = server(mode, context)) {
      Evidence evidence =
          SUBMISSION.submit(
              Relays.at(server.port())
                  .named(mode + name + verify + own)
                  .tls(mode, verify, own ? Optional.of(file) : Optional.empty())
                  .relay(),
              Relays.canary());
      if (words.isEmpty()) {
        assertThat(Handover.of(evidence)).as(evidence.toString()).isEqualTo(Handover.ACCEPTED);
        assertThat(evidence.tlsVersion()).isEqualTo("TLSv1.3");
        assertThat(evidence.tlsCipher()).startsWith("TLS_");
        assertThat(evidence.times()).containsKey(Stage.TLS);
      } else {
        assertThat(words(evidence)).isEqualTo(words);
        assertThat(what(evidence)).isEqualTo("TLS");
        assertThat(evidence.stage()).isEqualTo(Stage.TLS);
        assertThat(Handover.of(evidence)).isEqualTo(Handover.DEFERRED);
        assertThat(Handover.cause(evidence)).isEqualTo(Cause.TLS);
        assertThat(server.heard()).noneMatch(line -> line.startsWith("MAIL"));
      }
    }
  }

  private static ScriptedSmtpServer server(TlsMode mode, SSLContext context) {
    Script script = script();
    return (mode == TlsMode.IMPLICIT ? script.implicitTls(context) : script.startTls(context))
        .start();
  }

  /// Mode, script, stage, code or kind.
  static Stream<Arguments> scripts() {
    return Stream.of(
        Arguments.of(TlsMode.STARTTLS, script(), Stage.TLS, "TLS"),
        Arguments.of(TlsMode.OPPORTUNISTIC, script(), Stage.END_OF_DATA, "250"),
        Arguments.of(TlsMode.NONE, script().startTls(GOOD), Stage.END_OF_DATA, "250"),
        Arguments.of(
            TlsMode.STARTTLS, script().on("EHLO", say("502 5.5.1 what?")), Stage.TLS, "TLS"),
        Arguments.of(
            TlsMode.OPPORTUNISTIC,
            script().startTls(GOOD).on("STARTTLS", say("454 4.7.0 no")),
            Stage.TLS,
            "454"),
        Arguments.of(
            TlsMode.OPPORTUNISTIC,
            script().startTls(GOOD).on("STARTTLS", drop()),
            Stage.TLS,
            "CONNECTION"),
        Arguments.of(
            TlsMode.OPPORTUNISTIC,
            script().offers("STARTTLS").on("STARTTLS", flood("220 go\r\n", 1)),
            Stage.TLS,
            "TIMEOUT"),
        Arguments.of(
            TlsMode.STARTTLS,
            script().startTls(GOOD).on("STARTTLS", say("220 go\n250 injected")),
            Stage.TLS,
            "TLS"),
        Arguments.of(TlsMode.IMPLICIT, script(), Stage.TLS, "TLS"),
        Arguments.of(
            TlsMode.IMPLICIT,
            script().implicitTls(GOOD).on("CONNECT", say("554 5.3.2 no")),
            Stage.CONNECT,
            "554"),
        Arguments.of(
            TlsMode.STARTTLS,
            script().startTls(GOOD).on("MAIL", say("??? what")),
            Stage.MAIL,
            "GARBAGE"));
  }

  @ParameterizedTest(name = "{index}: {0}, {2} {3}")
  @MethodSource("scripts")
  void howTlsComesAbout(TlsMode mode, Script script, Stage stage, String what) {
    try (ScriptedSmtpServer server = script.start()) {
      Evidence evidence =
          SUBMISSION.submit(
              Relays.at(server.port())
                  .named("script")
                  .tls(mode, true, Optional.of(file))
                  .replyWithin(Duration.ofMillis(600))
                  .relay(),
              Relays.canary());
      assertThat(evidence.stage()).as(evidence.toString()).isEqualTo(stage);
      assertThat(what(evidence)).as(evidence.toString()).isEqualTo(what);
    }
  }

  @Test
  void aChangedFileIsReadAgain(@TempDir Path own) throws IOException {
    Path changing = THEIRS.write(own.resolve("ca.pem"));
    try (ScriptedSmtpServer server = server(TlsMode.STARTTLS, GOOD)) {
      Relays relay =
          Relays.at(server.port())
              .named("changing")
              .tls(TlsMode.STARTTLS, true, Optional.of(changing));
      assertThat(what(SUBMISSION.submit(relay.relay(), Relays.canary()))).isEqualTo("TLS");
      OURS.write(changing);
      Files.setLastModifiedTime(changing, FileTime.from(Instant.now().plusSeconds(5)));
      assertThat(what(SUBMISSION.submit(relay.relay(), Relays.canary()))).isEqualTo("250");
      Files.writeString(changing, "nothing");
      Files.setLastModifiedTime(changing, FileTime.from(Instant.now().plusSeconds(9)));
      SUBMISSION.relaysChanged(List.of());
      Evidence evidence = SUBMISSION.submit(relay.relay(), Relays.canary());
      assertThat(words(evidence)).contains("ca.pem");
    }
  }
}
