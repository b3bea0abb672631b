package io.mailcanary.mailbox;

import io.mailcanary.mail.HopTrace;
import io.mailcanary.mailbox.ArrivalTime.Glance;
import io.mailcanary.path.FolderRole;
import io.mailcanary.path.Mailbox;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Watches a POP3 mailbox: a session for each poll and for each look, since a session shows nothing
/// that comes after its beginning (RFC 1939 §3).
final class Pop3Reader extends Watcher {
  private static final String FOLDER = "INBOX";

  /// Between the beginnings of two sessions: servers lock the mailbox and count logins.
  private static final Duration GAP = Duration.ofSeconds(1);

  /// How often at most it is seen whether it can be read at all, where others keep the net.
  private static final Duration LOOKING_ON = Duration.ofMinutes(2);

  /// A backlog is read so long at a time; then what came meanwhile has its turn.
  private static final Duration SLICE = Duration.ofSeconds(2);

  private static final int FEW = 20;
  private static final int BODY_LINES = 1000;
  private static final int REMOVED_AT_ONCE = 500;

  private record Listed(int number, String uid) {}

  private final Servers servers;
  private final Mailbox.Pop3 pop3;
  private final Instant horizon;
  private final Uids told = new Uids();
  private final ReentrantLock maildrop = new ReentrantLock();
  private volatile @Nullable Pop3Session current;
  private @Nullable Instant listedAt;
  private boolean backlog = true;
  private String attempted = "";

  /// @param horizon messages that arrived before it are not told
  Pop3Reader(
      Mailbox.Pop3 pop3,
      MailboxSink sink,
      Servers servers,
      InstantSource clock,
      Instant horizon,
      Timing timing) {
    super(pop3, sink, clock, timing);
    this.pop3 = pop3;
    this.servers = servers;
    this.horizon = horizon;
  }

  @Override
  String where() {
    return Servers.where("POP3", pop3.server());
  }

  @Override
  void wake() {
    // It waits between sessions only.
  }

  @Override
  void drop() {
    Pop3Session session = current;
    if (session != null) {
      session.close();
    }
  }

  @Override
  boolean insert(ControlMessage control) throws Blindness {
    maildrop.lock();
    try (Pop3Session session = Pop3Session.open(servers, pop3.server())) {
      session.quit();
      return false;
    } finally {
      maildrop.unlock();
    }
  }

  @Override
  void watch() throws Blindness, InterruptedException {
    while (!isClosed()) {
      long began = System.nanoTime();
      boolean all = visit();
      long next = all ? rest().toNanos() : GAP.toNanos();
      await(Math.max(0, next - (System.nanoTime() - began)));
      awaitClosing(began + GAP.toNanos() - System.nanoTime());
      takeLook();
    }
  }

  /// Most servers let one in at a time: whoever only looks for its own leaves the mailbox alone.
  private Duration rest() {
    return keepsNet() || pop3.poll().compareTo(LOOKING_ON) > 0 ? pop3.poll() : LOOKING_ON;
  }

  /// One session.
  ///
  /// @return whether all that was there has been told
  private boolean visit() throws Blindness {
    maildrop.lock();
    Set<String> unwanted = unwanted();
    try (Pop3Session session = Pop3Session.open(servers, pop3.server())) {
      current = session;
      Instant asked = clock.instant();
      List<Listed> fresh = listing(session, unwanted);
      boolean all = read(session, fresh, new Glance(clock.instant(), listedAt, true));
      listedAt = asked;
      session.quit();
      backlog = !all;
      seen(asked);
      return all;
    } catch (Blindness e) {
      if (e.why() == Blindness.Cause.NONSENSE && !attempted.isEmpty()) {
        // A message that cannot be read must not hide the others.
        told.add(attempted);
      }
      removals.add(
          unwanted.stream().map(uid -> new MessageKey(FOLDER, uid)).toList(), System.nanoTime());
      throw e;
    } finally {
      attempted = "";
      current = null;
      maildrop.unlock();
    }
  }

  /// Goes through the mailbox, removes what is to be removed, and finds what was not told.
  private List<Listed> listing(Pop3Session session, Set<String> unwanted) throws Blindness {
    List<Listed> doomed = new ArrayList<>();
    List<Listed> fresh = new ArrayList<>();
    Set<Long> there = new HashSet<>();
    session.list((number, uid) -> {
      if (unwanted.contains(uid)) {
        doomed.add(new Listed(number, uid));
      }
      if (there.size() < Uids.MOST) {
        there.add(Uids.fingerprint(uid));
        if (!told.knows(uid)) {
          fresh.add(new Listed(number, uid));
        }
      }
    });
    told.keep(there);
    for (Listed message : doomed) {
      session.remove(message.number());
    }
    return fresh.reversed();
  }

  private Set<String> unwanted() {
    Map<String, List<String>> taken = removals.take(REMOVED_AT_ONCE);
    return new HashSet<>(taken.getOrDefault(FOLDER, List.of()));
  }

  private boolean read(Pop3Session session, List<Listed> fresh, Glance glance) throws Blindness {
    long began = System.nanoTime();
    boolean search = backlog || fresh.size() > FEW;
    for (Listed message : fresh) {
      if (isClosed() || (search && System.nanoTime() - began > SLICE.toNanos())) {
        return false;
      }
      attempted = message.uid();
      if (!search || Interest.in(session.top(message.number(), 0))) {
        read(session, message, search ? Glance.back(glance.seen()) : glance);
      }
      told.add(message.uid());
      attempted = "";
    }
    return true;
  }

  private void read(Pop3Session session, Listed message, Glance glance) throws Blindness {
    String head = session.top(message.number(), BODY_LINES);
    // Some servers tell the size of the body alone.
    long bytes = Math.max(session.size(message.number()), head.length());
    Instant received = HopTrace.of(Interest.header(head)).arrivedAt().orElse(null);
    ArrivalTime time = ArrivalTime.of(glance, received);
    if (!time.at().isBefore(horizon)) {
      tell(
          FOLDER,
          FolderRole.INBOX,
          message.uid(),
          time,
          bytes,
          head,
          out -> copy(message.uid(), out));
    }
  }

  private void copy(String uid, OutputStream out) throws IOException {
    maildrop.lock();
    try (Pop3Session session = Pop3Session.open(servers, pop3.server())) {
      AtomicInteger place = new AtomicInteger();
      session.list((number, one) -> {
        if (one.equals(uid)) {
          place.set(number);
        }
      });
      if (place.get() == 0) {
        throw new IOException("it is no longer there");
      }
      session.copy(place.get(), out);
      session.quit();
    } catch (Blindness e) {
      throw new IOException(e.words(), e);
    } finally {
      maildrop.unlock();
    }
  }
}
