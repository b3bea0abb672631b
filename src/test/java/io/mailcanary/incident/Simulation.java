package io.mailcanary.incident;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.Cause;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Paths, their canaries and what disturbs them, on a virtual clock. It tells the rules what the
/// prober would tell them: each canary when it is sent, when it arrives, is refused or becomes
/// overdue; bursts at the first doubt; blindness while a mailbox server restarts.
final class Simulation {
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  static final long DAY = 86_400;

  private static final int WHEEL = 4096;
  private static final long DOUBT = 19_000;
  private static final long BURST_PAUSE = 380_000;

  final IncidentRules rules;
  final List<Told> told = new ArrayList<>();
  long canaries;

  private final List<Leg> legs;
  private final SplittableRandom random;
  private final long[] lastBurst;
  private final @Nullable Event[] wheel = new Event[WHEEL];
  private final Map<String, Long> blindUntil = new TreeMap<>();
  private final Map<Long, List<Runnable>> at = new TreeMap<>();
  private final Noise noise;
  private Fault fault = (_, _, _) -> null;
  private long offset;
  private long nextId;
  private long second;
  private boolean working;

  /// What becomes of one canary.
  ///
  /// @param latency in milliseconds; of a refusal: until it is known
  /// @param then what it becomes afterwards; null: it stays so
  record Fate(
      Result result, long latency, Cause cause, String words, String host, @Nullable Fate then) {
    static Fate lost() {
      return new Fate(Result.MISSING, 0, Cause.NONE, "", "", null);
    }

    static Fate arrives(long latency) {
      return new Fate(
          latency > Legs.WITHIN.toMillis() ? Result.SLOW : Result.GOOD,
          latency,
          Cause.NONE,
          "",
          "",
          null);
    }

    static Fate refused(Result result, Cause cause, String words, String host) {
      return new Fate(result, 150, cause, words, host, null);
    }
  }

  /// What goes wrong with the canaries of one leg at some time.
  interface Fault {
    /// @return null: nothing
    @Nullable Fate of(Leg leg, long second, SplittableRandom random);
  }

  /// What a healthy path suffers.
  ///
  /// @param loss the share of canaries that get lost, each by itself
  /// @param greylisted the share that is greylisted on every fourth path
  /// @param restarts whether mailbox servers restart
  record Noise(double loss, double greylisted, boolean restarts) {
    static final Noise USUAL = new Noise(0.002, 0.001, true);
  }

  /// A decision, and when it was made.
  record Told(long second, Decision decision) {}

  private static final class Event {
    final @Nullable Event next;
    final int leg;
    final CanaryId id;
    final long sent;
    final long at;
    final Fate fate;
    final int kind;

    Event(@Nullable Event next, int leg, CanaryId id, long sent, long at, Fate fate, int kind) {
      this.next = next;
      this.leg = leg;
      this.id = id;
      this.sent = sent;
      this.at = at;
      this.fate = fate;
      this.kind = kind;
    }
  }

  private static final int ARRIVES = 0;
  private static final int DOUBTED = 1;
  private static final int OVERDUE = 2;
  private static final int SENT = 3;

  Simulation(RuleSettings settings, List<Leg> legs, Noise noise, long seed) {
    this.rules = new IncidentRules(settings);
    this.legs = List.copyOf(legs);
    this.noise = noise;
    this.random = new SplittableRandom(seed);
    lastBurst = new long[legs.size()];
    Arrays.fill(lastBurst, -BURST_PAUSE);
    rules.watch(legs, BEGIN);
  }

  Simulation during(long from, long to, Fault what) {
    Fault before = fault;
    fault =
        (leg, now, chance) -> {
          Fate fate = now >= from && now < to ? what.of(leg, now, chance) : null;
          return fate == null ? before.of(leg, now, chance) : fate;
        };
    return this;
  }

  Simulation when(long when, Runnable what) {
    at.computeIfAbsent(when, _ -> new ArrayList<>()).add(what);
    return this;
  }

  Simulation clockStep(long when, Duration by) {
    return when(
        when,
        () -> {
          offset += by.toMillis();
          rules.clockStepped(by);
        });
  }

  Instant now() {
    return instant(second * 1000);
  }

  private Instant instant(long millis) {
    return BEGIN.plusMillis(millis + offset);
  }

  Simulation run(long seconds) {
    long end = second + seconds;
    for (; second < end; second++) {
      List<Runnable> due = at.isEmpty() ? null : at.remove(second);
      if (due != null) {
        due.forEach(Runnable::run);
      }
      everyday();
      int phase = (int) (second % 60);
      for (int i = phase; i < legs.size(); i += 60) {
        send(i, second * 1000 + 7);
      }
      events();
      if (rules.isRipe(instant(second * 1000 + 999))) {
        for (Decision decision : rules.decide(instant(second * 1000 + 999))) {
          told.add(new Told(second, decision));
        }
      }
    }
    return this;
  }

  /// Rotating answers each hour, mailbox servers that restart once a week.
  private void everyday() {
    if (second % 3600 == 1800) {
      rules.changed(
          new Change(
              "c" + second,
              Change.Kind.RECORD,
              io.mailcanary.mail.Severity.INFO,
              now(),
              now(),
              "peer.test",
              "MX",
              "the addresses of peer.test rotate",
              "",
              List.of(),
              List.of(),
              List.of()));
    }
    if (noise.restarts() && second % (DAY / 4) == 5000) {
      int which = (int) (second / (DAY / 4) % 28);
      String mailbox = "box" + which;
      if (which < 5) {
        long until = second + 20 + random.nextInt(100);
        blindUntil.put(mailbox, until);
        rules.sight(mailbox, Optional.of("the connection was closed"), now());
        when(
            until,
            () -> {
              blindUntil.remove(mailbox);
              rules.sight(mailbox, Optional.empty(), now());
            });
      }
    }
  }

  private void send(int leg, long millis) {
    canaries++;
    CanaryId id = Legs.canary(nextId++);
    Leg which = legs.get(leg);
    note(leg, id, millis, millis, Result.PENDING, null);
    Fate fate = fault.of(which, second, random);
    if (fate == null) {
      fate = usual(leg);
    }
    if (fate.result() == Result.MISSING) {
      put(leg, id, millis, millis + DOUBT, fate, DOUBTED);
      put(leg, id, millis, millis + Legs.OVERDUE.toMillis(), fate, OVERDUE);
      return;
    }
    if (fate.latency() > DOUBT) {
      put(leg, id, millis, millis + DOUBT, fate, DOUBTED);
    }
    put(leg, id, millis, millis + fate.latency(), fate, ARRIVES);
  }

  private Fate usual(int leg) {
    double chance = random.nextDouble();
    if (chance < noise.loss()) {
      return Fate.lost();
    }
    if (leg % 4 == 0 && chance < noise.loss() + noise.greylisted()) {
      return new Fate(
          Result.GREYLISTED,
          200,
          Cause.GREYLIST,
          "450 4.2.0 Greylisted",
          "mx.peer.test",
          new Fate(Result.SLOW, 300_000 + random.nextInt(500_000), Cause.NONE, "", "", null));
    }
    double log = Math.log(800) + random.nextGaussian();
    return Fate.arrives(Math.round(Math.exp(log)));
  }

  private void put(int leg, CanaryId id, long sent, long when, Fate fate, int kind) {
    // What is put while this second is worked through comes with the next.
    int slot = (int) (Math.max(when / 1000, working ? second + 1 : second) % WHEEL);
    wheel[slot] = new Event(wheel[slot], leg, id, sent, when, fate, kind);
  }

  private void events() {
    int slot = (int) (second % WHEEL);
    Event event = wheel[slot];
    wheel[slot] = null;
    working = true;
    for (; event != null; event = event.next) {
      happens(event);
    }
    working = false;
  }

  private void happens(Event event) {
    switch (event.kind) {
      case SENT -> send(event.leg, event.at);
      case DOUBTED -> doubt(event.leg, event.at);
      case OVERDUE -> overdue(event);
      default -> arrives(event);
    }
  }

  /// The prober blames nobody while it cannot see.
  private void overdue(Event event) {
    Long blind = blindUntil.get(legs.get(event.leg).traits().get(Trait.MAILBOX));
    if (blind == null) {
      note(event.leg, event.id, event.sent, event.at, Result.MISSING, event.fate);
    } else {
      put(event.leg, event.id, event.sent, event.at + 300_000, event.fate, OVERDUE);
    }
  }

  Simulation blind(String mailbox, long from, long to) {
    when(
        from,
        () -> {
          blindUntil.put(mailbox, to);
          rules.sight(mailbox, Optional.of("login refused"), now());
        });
    return when(
        to,
        () -> {
          blindUntil.remove(mailbox);
          rules.sight(mailbox, Optional.empty(), now());
        });
  }

  private void arrives(Event event) {
    Fate fate = event.fate;
    String mailbox = legs.get(event.leg).traits().get(Trait.MAILBOX);
    Long blind = fate.result().isArrival() ? blindUntil.get(mailbox) : null;
    if (blind != null) {
      put(event.leg, event.id, event.sent, blind * 1000, fate, ARRIVES);
      return;
    }
    note(event.leg, event.id, event.sent, event.at, fate.result(), fate);
    if (!fate.result().isArrival()) {
      doubt(event.leg, event.at);
    }
    if (fate.then() != null) {
      long when = event.sent + fate.then().latency();
      put(event.leg, event.id, event.sent, Math.max(when, event.at + 1000), fate.then(), ARRIVES);
    }
  }

  private void doubt(int leg, long millis) {
    if (millis - lastBurst[leg] < BURST_PAUSE) {
      return;
    }
    lastBurst[leg] = millis;
    for (int i = 1; i <= 3; i++) {
      put(leg, Legs.canary(-1), millis, millis + 5_000L * i, Fate.lost(), SENT);
    }
  }

  private void note(int leg, CanaryId id, long sent, long at, Result result, @Nullable Fate fate) {
    rules.note(
        new Outcome(
            legs.get(leg).path().name(),
            "",
            id,
            instant(sent),
            instant(at),
            result,
            fate == null ? Cause.NONE : fate.cause(),
            fate == null ? "" : fate.words(),
            fate == null ? "" : fate.host(),
            fate != null && result.isArrival() ? Duration.ofMillis(fate.latency()) : null));
  }

  /// The last that was decided, but for what came in after an end.
  Decision ending() {
    return told.stream()
        .map(Told::decision)
        .filter(one -> !(one instanceof Decision.Correct))
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  /// Each incident when it first woke somebody.
  List<Told> pages() {
    java.util.Set<String> seen = new java.util.HashSet<>();
    return told.stream()
        .filter(one -> isPage(one.decision()) && seen.add(incident(one.decision()).id()))
        .toList();
  }

  private static boolean isPage(Decision decision) {
    return switch (decision) {
      case Decision.Open(Incident incident, _) ->
          incident.severity() == io.mailcanary.mail.Severity.PAGE;
      case Decision.Update(Incident incident, boolean worth, _) ->
          worth && incident.severity() == io.mailcanary.mail.Severity.PAGE;
      case Decision.Acknowledge _,
          Decision.Resolve _,
          Decision.Correct _,
          Decision.Remind _,
          Decision.Nothing _ ->
          false;
    };
  }

  static Incident incident(Decision decision) {
    return switch (decision) {
      case Decision.Open(Incident incident, _) -> incident;
      case Decision.Update(Incident incident, _, _) -> incident;
      case Decision.Acknowledge(Incident incident, _) -> incident;
      case Decision.Resolve(Incident incident, _) -> incident;
      case Decision.Correct(_, Incident incident, _) -> incident;
      case Decision.Remind(Incident incident, _) -> incident;
      case Decision.Nothing _ -> throw new IllegalArgumentException("it is of no incident");
    };
  }

  List<Incident> opened() {
    return told.stream()
        .map(Told::decision)
        .filter(Decision.Open.class::isInstance)
        .map(one -> ((Decision.Open) one).incident())
        .toList();
  }

  /// Forty paths through four relays to five mailboxes at eight receivers.
  static List<Leg> forty() {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      legs.add(
          Legs.leg(
              "p%02d".formatted(i),
              i < 4
                  ? io.mailcanary.path.MailPath.Kind.INTERNAL
                  : io.mailcanary.path.MailPath.Kind.OUTBOUND,
              i >= 32 ? Optional.of("undergraduate") : Optional.empty(),
              "relay" + i % 4,
              "box" + i % 5,
              i % 2 == 0 ? "corp.test" : "notify.corp.test",
              "peer" + i % 8 + ".test"));
    }
    return legs;
  }
}
