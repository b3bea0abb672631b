package io.mailcanary.submission;

import static io.mailcanary.lab.ScriptedSmtpServer.drop;
import static io.mailcanary.lab.ScriptedSmtpServer.hang;
import static io.mailcanary.lab.ScriptedSmtpServer.say;
import static io.mailcanary.lab.ScriptedSmtpServer.script;
import static io.mailcanary.submission.Relays.reply;
import static io.mailcanary.submission.Relays.what;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.canary.Stage;
import io.mailcanary.lab.Certificates;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.lab.ScriptedSmtpServer.Script;
import io.mailcanary.path.Login.Mechanism;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.Trust;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
class LoginTest {
  private static final String SECRET = "tweet-4711-secret";
  private static final SSLContext CONTEXT = new Certificates("lab").server("mx.example");

  private final Submission submission =
      new Submission(Relays.LOOPBACK, new Trust(), InstantSource.system());

  @AfterEach
  void close() {
    submission.close();
  }

  private static Script offering(String mechanisms) {
    return script().startTls(CONTEXT).offers("AUTH " + mechanisms).account("canary", SECRET);
  }

  private static Optional<Mechanism> any() {
    return Optional.empty();
  }

  /// What is offered, what is asked for, our password, what is heard, stage, code or kind, cause.
  static Stream<Arguments> table() {
    Optional<Mechanism> token = Optional.of(Mechanism.XOAUTH2);
    Optional<Mechanism> turns = Optional.of(Mechanism.LOGIN);
    return Stream.of(
        in(offering("PLAIN LOGIN XOAUTH2"), any(), "AUTH PLAIN"),
        in(offering("LOGIN XOAUTH2"), any(), "AUTH LOGIN"),
        in(offering("PLAIN LOGIN"), turns, "AUTH LOGIN"),
        in(offering("PLAIN XOAUTH2"), token, "AUTH XOAUTH2"),
        out(offering("PLAIN"), any(), "wrong", Stage.LOGIN, "535", Cause.LOGIN),
        out(offering("LOGIN"), any(), "wrong", Stage.LOGIN, "535", Cause.LOGIN),
        out(offering("XOAUTH2"), token, "wrong", Stage.LOGIN, "535", Cause.LOGIN),
        out(offering("PLAIN"), token, SECRET, Stage.LOGIN, "LOGIN", Cause.LOGIN),
        out(offering("GSSAPI"), any(), SECRET, Stage.LOGIN, "LOGIN", Cause.LOGIN),
        out(script().startTls(CONTEXT), any(), SECRET, Stage.LOGIN, "LOGIN", Cause.LOGIN),
        out(
            offering("PLAIN").on("AUTH", say("454 4.7.0 later")),
            any(),
            SECRET,
            Stage.LOGIN,
            "454",
            Cause.LOGIN),
        out(
            offering("PLAIN").on("AUTH", say("334 more")),
            any(),
            SECRET,
            Stage.LOGIN,
            "GARBAGE",
            Cause.CONNECTION),
        out(
            offering("PLAIN").on("AUTH", drop()),
            any(),
            SECRET,
            Stage.LOGIN,
            "CONNECTION",
            Cause.CONNECTION),
        out(
            offering("PLAIN").on("AUTH", hang()),
            any(),
            SECRET,
            Stage.LOGIN,
            "TIMEOUT",
            Cause.CONNECTION));
  }

  private static Arguments in(Script script, Optional<Mechanism> mechanism, String heard) {
    return Arguments.of(script, mechanism, SECRET, heard, Stage.END_OF_DATA, "250", Cause.NONE);
  }

  private static Arguments out(
      Script script,
      Optional<Mechanism> mechanism,
      String secret,
      Stage stage,
      String what,
      Cause cause) {
    return Arguments.of(script, mechanism, secret, "EHLO", stage, what, cause);
  }

  @ParameterizedTest(name = "{index}: {1} {3} {4} {5}")
  @MethodSource("table")
  void logins(
      Script script,
      Optional<Mechanism> mechanism,
      String secret,
      String heard,
      Stage stage,
      String what,
      Cause cause) {
    try (ScriptedSmtpServer server = script.start()) {
      Evidence evidence =
          submission.submit(
              Relays.at(server.port())
                  .tls(TlsMode.STARTTLS, false, Optional.empty())
                  .login(secret, mechanism)
                  .replyWithin(Duration.ofMillis(800))
                  .relay(),
              Relays.canary());
      assertThat(evidence.stage()).as(evidence.toString()).isEqualTo(stage);
      assertThat(what(evidence)).as(evidence.toString()).isEqualTo(what);
      assertThat(Handover.cause(evidence)).isEqualTo(cause);
      assertThat(server.heard()).anyMatch(line -> line.startsWith(heard));
    }
  }

  @Test
  void withinOneAttemptCredentialsNeverInEvidence() {
    // The server of the lab says back what it was given, as some do.
    for (Mechanism mechanism : Mechanism.values()) {
      try (ScriptedSmtpServer server =
          script()
              .startTls(CONTEXT)
              .offers("AUTH PLAIN LOGIN XOAUTH2")
              .account("canary", "another")
              .start()) {
        Evidence evidence =
            submission.submit(
                Relays.at(server.port())
                    .tls(TlsMode.STARTTLS, false, Optional.empty())
                    .login(SECRET, Optional.of(mechanism))
                    .relay(),
                Relays.canary());
        assertThat(what(evidence)).isEqualTo("535");
        if (mechanism != Mechanism.LOGIN) {
          assertThat(reply(evidence).text()).endsWith("invalid: ***");
        }
        assertThat(evidence.toString())
            .doesNotContain(SECRET)
            .doesNotContain(Secrets.encoded("\0canary\0" + SECRET))
            .doesNotContain(Secrets.encoded(SECRET));
      }
    }
  }

  @Test
  void withoutTlsNoLoginIsSent() {
    try (ScriptedSmtpServer server =
        script().offers("AUTH PLAIN").account("canary", SECRET).start()) {
      Relays relay = Relays.at(server.port()).login(SECRET, any());
      Evidence evidence = submission.submit(relay.relay(), Relays.canary());
      assertThat(what(evidence)).isEqualTo("TLS");
      assertThat(server.heard()).containsExactly("EHLO probe.example");
      Evidence asked =
          submission.submit(
              relay.tls(TlsMode.NONE, true, Optional.empty()).relay(), Relays.canary());
      assertThat(what(asked)).isEqualTo("250");
    }
  }
}
