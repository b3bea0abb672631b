package io.mailcanary.dispatch;

import io.mailcanary.canary.Canary;
import io.mailcanary.incident.Decision;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentRules;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Outcome;
import io.mailcanary.incident.PageWriter;
import io.mailcanary.incident.Policy;
import io.mailcanary.incident.Route;
import io.mailcanary.incident.RuleSettings;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Part;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.IncidentEntry;
import io.mailcanary.store.IncidentEntry.Telling;
import io.mailcanary.store.IncidentEntry.Turn;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.StoreException;
import io.mailcanary.verdict.Change;
import io.mailcanary.verdict.Health;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where incidents are opened and closed: it tells the rules what happens, puts what they decide on
/// record together with what is to be told, and wakes the dispatcher. One thread does it all; news
/// only queue.
public final class IncidentDesk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IncidentDesk.class);
  private static final String MAILBOX = "mailbox:";
  private static final Duration PAST = Duration.ofDays(1);
  private static final Duration CHORES = Duration.ofSeconds(5);
  private static final Duration STORE_AWAY = Duration.ofSeconds(2);
  private static final int PAST_PER_PATH = 20;
  private static final int MOST_NEWS = 200_000;
  private static final int BATCH = 1_000;
  private static final long NAP = 200;

  private final Ports ports;
  private final IncidentRules rules = new IncidentRules(RuleSettings.DEFAULT);
  private final LinkedBlockingQueue<Runnable> news = new LinkedBlockingQueue<>(MOST_NEWS);
  private final Deque<Decision> unwritten = new ArrayDeque<>();
  private final Map<String, Incident> recorded = new HashMap<>();
  private final Map<String, Instant> lastTold = new HashMap<>();
  private final Set<String> muted = new HashSet<>();
  private final Map<String, TreeSet<String>> legs = new TreeMap<>();
  private final Map<String, Boolean> seeing = new HashMap<>();
  private Set<String> paused = Set.of();
  private Collection<Silence> posted = List.of();
  private Instant choresAt = Instant.MIN;
  private volatile Plan plan;
  private volatile boolean closed;
  private Optional<Thread> thread = Optional.empty();

  /// What the desk works with.
  ///
  /// @param words what a server said last of a canary
  /// @param wake says that the outbox holds something
  public record Ports(
      IncidentStore incidents,
      CanaryStore canaries,
      Board board,
      InstantSource clock,
      Function<Canary, String> words,
      Runnable wake) {}

  public IncidentDesk(Ports ports, Plan plan) {
    this.ports = ports;
    this.plan = plan;
  }

  /// Goes on with what is open on record.
  public void start() {
    Instant now = now();
    watch(now);
    for (Canary canary : ports.canaries().recent(now.minus(PAST), PAST_PER_PATH)) {
      if (canary.arrival() != null) {
        learnLeg(canary);
        note(canary, "", canary.arrival().bookedAt());
      }
    }
    for (Incident incident : ports.incidents().open()) {
      rules.restore(incident);
      recorded.put(incident.id(), incident);
      lastTold.put(incident.id(), now);
    }
    var _ = ports.board().listen(this::heard);
    thread = Optional.of(Thread.ofVirtual().name("incidents").start(this::run));
  }

  /// Works by these probe files from now on.
  public void follow(Plan next) {
    plan = next;
    put(() -> watch(now()));
  }

  /// What `source` finds wrong now, all of it.
  public void findings(String source, List<Finding> findings) {
    put(() -> rules.findings(source, findings, now()));
  }

  /// Something became different.
  public void changed(Change change) {
    put(() -> rules.changed(change));
  }

  /// Our own clock was set.
  public void clockStepped(Duration by) {
    put(() -> rules.clockStepped(by));
  }

  /// Somebody takes an incident on.
  ///
  /// @return how it is now; empty: there is no such incident that is not resolved
  public Optional<Incident> acknowledge(String id, String who) {
    synchronized (rules) {
      Instant now = now();
      switch (rules.acknowledge(id, who, now)) {
        case Decision.Acknowledge decision -> {
          unwritten.add(decision);
          write(now);
          return Optional.of(decision.incident());
        }
        case Decision.Open _,
            Decision.Update _,
            Decision.Resolve _,
            Decision.Remind _,
            Decision.Nothing _ -> {
          return ports.incidents().find(id).filter(Incident::isOpen);
        }
      }
    }
  }

  /// All silences that are not over: those of the probe files and those that were posted.
  public List<Silence> silences() {
    Instant now = now();
    List<Silence> all = new ArrayList<>(ports.incidents().silences(now));
    plan.paging().silences().stream().filter(one -> one.to().isAfter(now)).forEach(all::add);
    return all;
  }

  public void silence(Silence silence) {
    ports.incidents().put(silence);
    put(() -> choresAt = Instant.MIN);
  }

  /// @return whether there was one that can be removed
  public boolean endSilence(String id) {
    boolean was = ports.incidents().removeSilence(id);
    put(() -> choresAt = Instant.MIN);
    return was;
  }

  @Override
  public void close() {
    closed = true;
    put(() -> {});
    thread.ifPresent(one -> {
      try {
        one.join(Duration.ofSeconds(5));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private Instant now() {
    return ports.clock().instant();
  }

  private void put(Runnable what) {
    if (!news.offer(what)) {
      LOG.warn("more news than the incident desk can hold: some are lost");
    }
  }

  private void heard(Board.News one) {
    switch (one) {
      case Board.News.OfCanary(Canary canary) -> {
        String words = ports.words().apply(canary);
        Instant now = now();
        put(() -> {
          learnLeg(canary);
          note(canary, words, now);
        });
      }
      case Board.News.OfPath _, Board.News.OfIncident _ -> {}
    }
  }

  private void note(Canary canary, String words, Instant at) {
    MailPath path = plan.paths().get(canary.path());
    if (path != null) {
      boolean refused = canary.arrival() == null;
      String said = refused ? words : "";
      rules.note(Outcome.of(canary, path.expect(), said, host(said), at));
    }
  }

  /// `relay.example:25` of `relay.example:25 at rcpt: 450 …`.
  private static String host(String words) {
    int end = words.indexOf(" at ");
    String host = end > 0 ? words.substring(0, end) : "";
    return host.indexOf(' ') < 0 ? host : "";
  }

  private void learnLeg(Canary canary) {
    Set<String> known = legs.computeIfAbsent(canary.path(), _ -> new TreeSet<>());
    if (known.add(canary.leg()) && !canary.leg().isEmpty()) {
      watch(now());
    }
  }

  private void watch(Instant now) {
    legs.keySet().retainAll(plan.paths().keySet());
    rules.watch(Paths.legs(plan, legs, paused), now);
  }

  private void run() {
    while (!closed) {
      try {
        List<Runnable> batch = new ArrayList<>();
        Runnable first = news.poll(NAP, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          news.drainTo(batch, BATCH);
        }
        turn(batch);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      } catch (StoreException e) {
        LOG.warn("what was decided of incidents is not on record yet: {}", e.getMessage());
        nap();
      } catch (RuntimeException e) {
        LOG.error("the incident desk failed", e);
        nap();
      }
    }
  }

  private static void nap() {
    try {
      Thread.sleep(STORE_AWAY);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void turn(List<Runnable> batch) {
    synchronized (rules) {
      batch.forEach(Runnable::run);
      Instant now = now();
      look(now);
      if (rules.isRipe(now)) {
        unwritten.addAll(rules.decide(now));
      }
      write(now);
      if (!choresAt.plus(CHORES).isAfter(now)) {
        choresAt = now;
        chores(now);
      }
    }
  }

  /// Which mailboxes can be seen, and which paths are paused.
  private void look(Instant now) {
    for (Part part : ports.board().parts()) {
      if (part.name().startsWith(MAILBOX)) {
        Boolean before = seeing.put(part.name(), part.ok());
        if (before == null || before != part.ok()) {
          rules.sight(
              part.name().substring(MAILBOX.length()),
              part.ok() ? Optional.empty() : Optional.of(part.reason()),
              part.ok() ? now : part.since());
        }
      }
    }
    Set<String> pausedNow = new HashSet<>();
    ports.board().paths().stream()
        .filter(view -> view.health().health() == Health.PAUSED)
        .forEach(view -> pausedNow.add(view.name()));
    if (!pausedNow.equals(paused)) {
      paused = pausedNow;
      watch(now);
    }
  }

  /// Puts decisions on record in their order; what cannot be put there waits.
  private void write(Instant now) {
    while (!unwritten.isEmpty()) {
      write(unwritten.getFirst(), now);
      unwritten.removeFirst();
    }
  }

  private void write(Decision decision, Instant now) {
    switch (decision) {
      case Decision.Open(Incident incident, String reason) ->
          tell(Event.OPENED, incident, reason, now);
      case Decision.Update(Incident incident, boolean worthTelling, String reason) -> {
        if (worthTelling) {
          tell(Event.UPDATED, incident, reason, now);
        } else {
          keep(incident, reason, now);
        }
      }
      case Decision.Acknowledge(Incident incident, String reason) ->
          tell(Event.ACKNOWLEDGED, incident, reason, now);
      case Decision.Resolve(Incident incident, String reason) ->
          tell(Event.RESOLVED, incident, reason, now);
      case Decision.Remind(Incident incident, String reason) ->
          tell(Event.REMINDER, incident, reason, now);
      case Decision.Nothing _ -> {}
    }
  }

  private void keep(Incident incident, String reason, Instant now) {
    put(
        new IncidentEntry(
            recorded.get(incident.id()), incident, now, "noted", reason, Optional.empty()));
  }

  private void tell(Event event, Incident incident, String reason, Instant now) {
    Optional<Silence> silence = Policy.silence(incident, allSilences(), plan::path, now);
    List<Turn> turns = new ArrayList<>();
    for (Route route : Policy.routes(incident, plan.paging().routes(), plan::path)) {
      if (event != Event.REMINDER || route.repeat().isPresent()) {
        turns.add(new Turn(route.to(), route.then()));
      }
    }
    Notification notification = PageWriter.of(event, incident, reason, baseUrl(), now);
    put(
        new IncidentEntry(
            recorded.get(incident.id()),
            incident,
            now,
            event.word(),
            reason,
            Optional.of(
                new Telling(
                    notification,
                    turns,
                    silence.map(one -> "silenced until %s: %s".formatted(one.to(), one.why()))))));
    if (silence.isPresent() && incident.isOpen()) {
      muted.add(incident.id());
    } else {
      muted.remove(incident.id());
      lastTold.put(incident.id(), now);
      ports.wake().run();
    }
    LOG.info(
        "incident {} {} ({}): {}{}",
        incident.id(),
        event.word(),
        incident.severity().word(),
        incident.title(),
        silence.isPresent() ? ", silenced" : "");
  }

  private void put(IncidentEntry entry) {
    Incident incident = entry.incident();
    boolean done = ports.incidents().write(entry);
    if (!done) {
      // Another replica was first: what it knows stands, and ours follows it with the next news.
      ports.incidents().find(incident.id()).ifPresent(stored -> recorded.put(stored.id(), stored));
      LOG.info("incident {} was changed by another replica meanwhile", incident.id());
      return;
    }
    if (incident.isOpen()) {
      recorded.put(incident.id(), incident);
    } else {
      recorded.remove(incident.id());
      lastTold.remove(incident.id());
      muted.remove(incident.id());
    }
    ports.board().tell(new Board.News.OfIncident(incident));
  }

  private List<Silence> allSilences() {
    List<Silence> all = new ArrayList<>(posted);
    all.addAll(plan.paging().silences());
    return all;
  }

  private String baseUrl() {
    return plan.service().baseUrl().orElse("");
  }

  /// What follows from time alone: silences that end, and reminders.
  private void chores(Instant now) {
    posted = ports.incidents().silences(now);
    for (Incident incident : List.copyOf(recorded.values())) {
      boolean silenced = Policy.silence(incident, allSilences(), plan::path, now).isPresent();
      if (muted.contains(incident.id()) && !silenced && incident.state() == IncidentState.OPEN) {
        tell(Event.OPENED, incident, "its silence is over and it still goes on", now);
      } else if (!silenced) {
        remind(incident, now);
      }
    }
  }

  private void remind(Incident incident, Instant now) {
    Instant told = lastTold.getOrDefault(incident.id(), now);
    for (Route route : Policy.routes(incident, plan.paging().routes(), plan::path)) {
      if (Policy.reminder(incident, route, told, now) instanceof Decision.Remind decision) {
        write(decision, now);
        return;
      }
    }
  }
}
