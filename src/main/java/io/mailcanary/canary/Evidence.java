package io.mailcanary.canary;

import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One attempt to hand a canary over, word for word. Logins are struck out.
///
/// @param startedAt when the attempt began
/// @param stage the last stage that was reached
/// @param reply the answer at that stage; null when none came
/// @param failure what went wrong instead of an answer: a refused connection, a silent or a garbled
///   server; null when a reply came
/// @param host the host and port that were asked for
/// @param peer the address that was talked to; null before there was a connection
/// @param tlsVersion such as `TLSv1.3`; null without TLS
/// @param reused whether the connection was one kept from an earlier canary
/// @param times how long each stage took
/// @param earlier what came of hosts that were asked before this one, within the same attempt
public record Evidence(
    Instant startedAt,
    Stage stage,
    @Nullable SmtpReply reply,
    @Nullable Failure failure,
    String host,
    @Nullable String peer,
    @Nullable String tlsVersion,
    @Nullable String tlsCipher,
    boolean reused,
    Map<Stage, Duration> times,
    List<Evidence> earlier) {

  public Evidence {
    times = Map.copyOf(times);
    earlier = List.copyOf(earlier);
  }

  /// Of one host alone.
  public Evidence(
      Instant startedAt,
      Stage stage,
      @Nullable SmtpReply reply,
      @Nullable Failure failure,
      String host,
      @Nullable String peer,
      @Nullable String tlsVersion,
      @Nullable String tlsCipher,
      boolean reused,
      Map<Stage, Duration> times) {
    this(
        startedAt,
        stage,
        reply,
        failure,
        host,
        peer,
        tlsVersion,
        tlsCipher,
        reused,
        times,
        List.of());
  }

  /// The same, after other hosts did not take it.
  public Evidence after(List<Evidence> others) {
    return new Evidence(
        startedAt, stage, reply, failure, host, peer, tlsVersion, tlsCipher, reused, times, others);
  }

  /// Why there was no reply.
  ///
  /// @param words one line for a person, with what the other side sent where it sent anything
  public record Failure(Kind kind, String words) {
    public enum Kind {
      /// The host's name could not be turned into an address.
      DNS,
      /// DNS says for certain that no host takes mail for the domain.
      NO_ROUTE,
      /// All connections that the relay allows were busy.
      LIMIT,
      /// No connection, or it broke.
      CONNECTION,
      /// No TLS, or not with somebody whom we trust.
      TLS,
      /// No way to log in that both sides know.
      LOGIN,
      /// The server was silent for longer than the limit.
      TIMEOUT,
      /// What came was no reply, or had no end.
      GARBAGE
    }
  }

  /// How long all of it took.
  public Duration total() {
    return times.values().stream().reduce(Duration.ZERO, Duration::plus);
  }
}
