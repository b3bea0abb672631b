package io.mailcanary.mailbox;

import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Secret;
import io.mailcanary.wire.BoundedSocket;
import io.mailcanary.wire.BoundedSocketFactory;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Target;
import io.mailcanary.wire.Trust;
import io.mailcanary.wire.Visible;
import io.mailcanary.wire.WireException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Connects to mailbox servers and puts what goes wrong there into words.
record Servers(HostLookup lookup, Trust trust) {
  private static final int LONGEST_WORDS = 300;

  /// Logins at a time to one server.
  private static final int LOGINS = 16;

  /// Nobody waits longer for those before him: they may hang.
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private static final Map<String, Semaphore> TURNS = new ConcurrentHashMap<>();

  /// Leave to log in, given back when it is closed.
  interface Turn extends AutoCloseable {
    @Override
    void close();
  }

  /// Waits until few others log in to that server, or for long enough.
  static Turn turn(Mailbox.Server server) {
    Semaphore turns =
        TURNS.computeIfAbsent(server.host() + ":" + server.port(), _ -> new Semaphore(LOGINS));
    try {
      if (turns.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        return turns::release;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return () -> {};
  }

  /// @param limit the bytes that one answer may have
  BoundedSocket connect(String protocol, Mailbox.Server server, long limit) throws Blindness {
    Target target =
        new Target(
            server.host(),
            server.port(),
            server.tls(),
            server.bindAddress(),
            server.connectTimeout(),
            server.replyTimeout(),
            limit);
    BoundedSocket socket = new BoundedSocketFactory(lookup, trust, target).createSocket();
    try {
      socket.connect();
      return socket;
    } catch (IOException e) {
      socket.abandon();
      throw broken(socket, where(protocol, server), "connecting", e);
    }
  }

  static String where(String protocol, Mailbox.Server server) {
    return "%s at %s port %d".formatted(protocol, server.host(), server.port());
  }

  /// Why a connection ended.
  static Blindness broken(BoundedSocket socket, String where, String tried, Throwable thrown) {
    WireException why = socket.breach().orElse(thrown instanceof WireException wire ? wire : null);
    if (why == null) {
      return new Blindness(
          Blindness.Cause.CLOSED,
          "%s, %s: connection lost: %s"
              .formatted(where, tried, Visible.text(String.valueOf(thrown.getMessage()), 200)));
    }
    Blindness.Cause cause =
        switch (why.kind()) {
          case LOOKUP, CONNECT, TLS -> Blindness.Cause.CONNECTION;
          case SILENCE -> Blindness.Cause.SILENCE;
          case TOO_LONG -> Blindness.Cause.NONSENSE;
        };
    return new Blindness(cause, "%s, %s: %s".formatted(where, tried, why.words()));
  }

  /// A server's words, fit to be shown: some repeat what we sent.
  static String words(String said, Secret secret) {
    String safe = secret.value().length() < 4 ? said : said.replace(secret.value(), "***");
    return Visible.text(safe, LONGEST_WORDS);
  }
}
