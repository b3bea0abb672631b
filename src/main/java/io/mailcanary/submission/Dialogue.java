package io.mailcanary.submission;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Evidence.Failure;
import io.mailcanary.canary.Evidence.Failure.Kind;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Relay;
import io.mailcanary.wire.BoundedSocket;
import io.mailcanary.wire.Visible;
import io.mailcanary.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// What one attempt has come to so far; [#evidence()] is what is left of it.
final class Dialogue {
  /// More of a reply than anyone reads; its end is cut off.
  private static final int LONGEST_TEXT = 16_000;

  private final Instant startedAt;
  private final Relay relay;
  private final Secrets secrets;
  private final Map<Stage, Duration> times = new EnumMap<>(Stage.class);
  private Stage stage = Stage.WAIT;
  private long since = System.nanoTime();
  private @Nullable SmtpReply reply;
  private @Nullable Failure failure;
  private @Nullable String peer;
  private @Nullable String tlsVersion;
  private @Nullable String tlsCipher;
  private boolean reused;

  Dialogue(Instant startedAt, Relay relay, Secrets secrets) {
    this.startedAt = startedAt;
    this.relay = relay;
    this.secrets = secrets;
  }

  Stage stage() {
    return stage;
  }

  void enter(Stage next) {
    long now = System.nanoTime();
    times.merge(stage, Duration.ofNanos(now - since), Duration::plus);
    since = now;
    stage = next;
    reply = null;
  }

  /// A kept connection turned out to be dead: all that counts is what comes now.
  void startOver() {
    enter(Stage.CONNECT);
    failure = null;
    reused = false;
    peer = null;
    tlsVersion = null;
    tlsCipher = null;
  }

  void over(BoundedSocket socket, boolean kept) {
    reused = kept;
    peer = socket.peer().orElse(null);
    Optional<SSLSession> session = socket.session();
    tlsVersion = session.map(SSLSession::getProtocol).orElse(null);
    tlsCipher = session.map(SSLSession::getCipherSuite).orElse(null);
  }

  void asked() {
    reply = null;
  }

  /// Takes an answer as Angus read it: byte for character.
  void answered(String wire, int code) {
    Optional<SmtpReply> parsed =
        code >= 200 && code <= 599 ? SmtpReply.parse(decoded(wire)) : Optional.empty();
    if (parsed.isPresent()) {
      reply = secrets.strike(parsed.get());
    } else if (brokeOff(wire)) {
      failed(Kind.CONNECTION, closing(wire));
    } else {
      failed(Kind.GARBAGE, "no SMTP reply: " + Visible.text(wire, 200));
    }
  }

  /// The first failure counts; what follows are its consequences.
  void failed(Kind kind, String words) {
    if (failure == null) {
      failure = new Failure(kind, secrets.strike(words));
    }
  }

  void failed(WireException why) {
    failed(
        switch (why.kind()) {
          case LOOKUP -> Kind.DNS;
          case CONNECT -> Kind.CONNECTION;
          case TLS -> Kind.TLS;
          case SILENCE -> Kind.TIMEOUT;
          case TOO_LONG -> Kind.GARBAGE;
        },
        why.words());
  }

  /// A definite answer outweighs the failure that made us look for it.
  void hadTheLastWord() {
    if (reply != null && (reply.isTransient() || reply.isPermanent())) {
      failure = null;
    }
  }

  /// Settles what an exception meant, unless that is known already.
  void broken(String words) {
    if (failure != null || refused()) {
      return;
    }
    if (reply == null) {
      failed(Kind.CONNECTION, "the connection broke: " + words);
    } else if (!accepted()) {
      failed(Kind.GARBAGE, "an answer that does not fit: " + Visible.text(reply.toString(), 200));
    }
  }

  boolean accepted() {
    return failure == null && stage == Stage.END_OF_DATA && reply != null && reply.isPositive();
  }

  /// Whether a definite refusal came, so that the connection is still worth a farewell.
  boolean refused() {
    return failure == null && reply != null && (reply.isTransient() || reply.isPermanent());
  }

  /// Whether it looks as if the connection had died while it was kept: nothing was answered on it,
  /// or only that it ends (RFC 5321 §3.8).
  boolean diedWhileKept() {
    if (!reused || stage != Stage.MAIL) {
      return false;
    }
    return failure != null || (reply != null && reply.code() == 421);
  }

  Evidence evidence() {
    enter(stage, reply);
    return new Evidence(
        startedAt,
        stage,
        failure == null ? reply : null,
        failure,
        relay.host().contains(":")
            ? "[%s]:%d".formatted(relay.host(), relay.port())
            : relay.host() + ":" + relay.port(),
        peer,
        tlsVersion,
        tlsCipher,
        reused,
        times);
  }

  private void enter(Stage same, @Nullable SmtpReply kept) {
    enter(same);
    reply = kept;
  }

  private static boolean brokeOff(String wire) {
    if (wire.equals("[EOF]")) {
      return true;
    }
    String last = wire.stripTrailing();
    last = last.substring(last.lastIndexOf('\n') + 1);
    return last.length() >= 4 && last.charAt(3) == '-';
  }

  private static String closing(String wire) {
    return wire.equals("[EOF]")
        ? "the server closed the connection"
        : "the server closed the connection within a reply: " + Visible.text(wire, 200);
  }

  /// Replies are ASCII or UTF-8 (RFC 6531 §3.3); what is neither is shown byte for byte.
  private static String decoded(String wire) {
    String cut = wire.length() > LONGEST_TEXT ? wire.substring(0, LONGEST_TEXT) + " [...]" : wire;
    byte[] bytes = cut.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException _) {
      return cut;
    }
  }
}
