package io.mailcanary.submission;

import io.mailcanary.canary.Evidence.Failure.Kind;
import io.mailcanary.path.Relay;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.AngusMail;
import io.mailcanary.wire.BoundedSocket;
import io.mailcanary.wire.BoundedSocketFactory;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Target;
import io.mailcanary.wire.Trust;
import io.mailcanary.wire.Visible;
import io.mailcanary.wire.WireException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections to one relay.
///
/// A permit stands for a connection in use or on its way out, so that together with the kept ones
/// there are never more than the relay's limit.
final class Lane {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  /// A kept connection that is silent for longer is taken for dead.
  private static final Duration KEPT_PATIENCE = Duration.ofSeconds(30);

  private final Relay relay;
  private final Secrets secrets;
  private final Session session;
  private final BoundedSocketFactory sockets;
  private final Keeping keeping;
  private final Semaphore permits;
  private final Deque<Connection> kept = new ArrayDeque<>();
  private volatile long usedAt = System.nanoTime();
  private boolean retired;

  Lane(Relay relay, HostLookup lookup, Trust trust, Keeping keeping) {
    this.relay = relay;
    this.secrets = new Secrets(relay.login());
    this.keeping = keeping;
    this.permits = new Semaphore(relay.limit(), true);
    this.session = AngusMail.session(properties(relay));
    this.sockets =
        new BoundedSocketFactory(
            lookup,
            trust,
            new Target(
                relay.host(),
                relay.port(),
                relay.tls(),
                relay.bindAddress(),
                relay.connectTimeout(),
                relay.replyTimeout(),
                Target.SMTP_REPLY));
  }

  Relay relay() {
    return relay;
  }

  Secrets secrets() {
    return secrets;
  }

  boolean isUnusedFor(Duration time) {
    return System.nanoTime() - usedAt > time.toNanos();
  }

  void submit(Outgoing outgoing, Dialogue dialogue) {
    usedAt = System.nanoTime();
    if (!admitted(dialogue)) {
      return;
    }
    Connection connection = null;
    try {
      connection = send(outgoing, dialogue);
    } finally {
      handBack(connection, dialogue);
    }
  }

  /// Closes what has been kept long enough.
  void tidy() {
    long now = System.nanoTime();
    while (permits.tryAcquire()) {
      Connection stale = takeStale(now);
      if (stale == null) {
        permits.release();
        return;
      }
      quitAndRelease(stale);
    }
  }

  /// Keeps nothing any more; what is under way goes on to its end.
  void retire() {
    List<Connection> last;
    synchronized (kept) {
      retired = true;
      last = new ArrayList<>(kept);
      kept.clear();
    }
    last.forEach(connection -> Thread.ofVirtual().start(connection::quit));
  }

  private boolean admitted(Dialogue dialogue) {
    Duration patience =
        relay.replyTimeout().compareTo(LONGEST_WAIT) < 0 ? relay.replyTimeout() : LONGEST_WAIT;
    try {
      if (permits.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return true;
      }
      dialogue.failed(
          Kind.LIMIT,
          "all %d connections were busy for %.1f s"
              .formatted(relay.limit(), patience.toMillis() / 1e3));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      dialogue.failed(Kind.LIMIT, "interrupted while waiting for a connection");
    }
    return false;
  }

  /// @return the connection that was used last, whatever came of it; null when there was none
  private @Nullable Connection send(Outgoing outgoing, Dialogue dialogue) {
    Connection idle = takeFitting();
    if (idle != null) {
      dialogue.over(idle.socket(), true);
      Duration patience =
          relay.replyTimeout().compareTo(KEPT_PATIENCE) < 0 ? relay.replyTimeout() : KEPT_PATIENCE;
      attempt(idle, dialogue, () -> idle.send(outgoing, dialogue, patience));
      if (!dialogue.diedWhileKept()) {
        return idle;
      }
      idle.close();
      dialogue.startOver();
    }
    BoundedSocket socket = sockets.createSocket();
    Connection fresh = new Connection(session, relay, socket, dialogue);
    attempt(
        fresh,
        dialogue,
        () -> {
          fresh.open();
          fresh.send(outgoing, dialogue, relay.replyTimeout());
        });
    return fresh;
  }

  private interface Step {
    void run() throws MessagingException, IOException;
  }

  private static void attempt(Connection connection, Dialogue dialogue, Step step) {
    try {
      step.run();
    } catch (MessagingException | IOException | RuntimeException e) {
      Optional<WireException> breach = connection.socket().breach();
      if (breach.isPresent()) {
        dialogue.failed(breach.get());
      } else if (e instanceof WireException wire) {
        dialogue.failed(wire);
      } else {
        dialogue.broken(Visible.text(innermost(e), 200));
      }
    }
  }

  private static String innermost(Throwable thrown) {
    Throwable last = thrown;
    for (int i = 0; i < 10 && last.getCause() != null; i++) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }

  private void handBack(@Nullable Connection connection, Dialogue dialogue) {
    if (connection == null) {
      permits.release();
    } else if (dialogue.accepted() && keep(connection)) {
      permits.release();
    } else if (dialogue.accepted() || dialogue.refused()) {
      quitAndRelease(connection);
    } else {
      connection.close();
      permits.release();
    }
  }

  private void quitAndRelease(Connection connection) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            connection.quit();
          } finally {
            permits.release();
          }
        });
  }

  private boolean keep(Connection connection) {
    synchronized (kept) {
      if (retired
          || connection.socket().hasUnread()
          || !keeping.isYoung(connection, System.nanoTime())) {
        return false;
      }
      kept.push(connection);
      return true;
    }
  }

  private @Nullable Connection takeFitting() {
    long now = System.nanoTime();
    List<Connection> stale = new ArrayList<>();
    Connection fitting = null;
    synchronized (kept) {
      while (fitting == null && !kept.isEmpty()) {
        Connection next = kept.pop();
        if (keeping.fits(next, now)) {
          fitting = next;
        } else {
          stale.add(next);
        }
      }
    }
    stale.forEach(connection -> Thread.ofVirtual().start(connection::quit));
    return fitting;
  }

  private @Nullable Connection takeStale(long now) {
    synchronized (kept) {
      Connection oldest = kept.peekLast();
      return oldest == null || keeping.fits(oldest, now) ? null : kept.pollLast();
    }
  }

  private static Properties properties(Relay relay) {
    Properties properties = new Properties();
    TlsMode mode = relay.tls().mode();
    properties.setProperty(
        "mail.smtp.starttls.enable",
        String.valueOf(mode == TlsMode.OPPORTUNISTIC || mode == TlsMode.STARTTLS));
    properties.setProperty("mail.smtp.localhost", relay.helo().orElseGet(OwnName::get));
    return properties;
  }
}
