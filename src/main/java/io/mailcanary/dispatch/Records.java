package io.mailcanary.dispatch;

import io.mailcanary.incident.Decision;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.PageWriter;
import io.mailcanary.incident.Policy;
import io.mailcanary.incident.Route;
import io.mailcanary.incident.Silence;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.IncidentEntry;
import io.mailcanary.store.IncidentEntry.Telling;
import io.mailcanary.store.IncidentEntry.Turn;
import io.mailcanary.store.IncidentStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts what is decided of incidents on record, together with what is to be told of it, and does
/// what follows from time alone: reminders, and silences that end.
final class Records {
  private static final Logger LOG = LoggerFactory.getLogger(Records.class);

  private final IncidentStore store;
  private final Board board;
  private final Runnable wake;
  private final Supplier<Plan> plan;
  private final Map<String, Incident> open = new HashMap<>();
  private final Map<String, Instant> lastTold = new HashMap<>();
  private final Set<String> muted = new HashSet<>();
  private Collection<Silence> posted = List.of();

  /// Somebody else changed an incident meanwhile: what was decided is void.
  static final class OvertakenException extends Exception {
    private static final long serialVersionUID = 1;

    OvertakenException(Incident incident) {
      super("incident %s was changed by another replica".formatted(incident.id()));
    }
  }

  Records(IncidentStore store, Board board, Runnable wake, Supplier<Plan> plan) {
    this.store = store;
    this.board = board;
    this.wake = wake;
    this.plan = plan;
  }

  /// Reads what is open, forgetting what was known.
  List<Incident> recall(Instant now) {
    open.clear();
    lastTold.clear();
    muted.clear();
    posted = store.silences(now);
    List<Incident> all = store.open();
    for (Incident incident : all) {
      open.put(incident.id(), incident);
      lastTold.put(incident.id(), now);
    }
    return all;
  }

  /// What other replicas changed since; it counts as known from now on, and is shown.
  List<Incident> changedElsewhere() {
    List<Incident> changed = new ArrayList<>();
    Set<String> gone = new HashSet<>(open.keySet());
    for (Incident incident : store.open()) {
      gone.remove(incident.id());
      if (!incident.equals(open.put(incident.id(), incident))) {
        changed.add(incident);
      }
    }
    for (String id : gone) {
      open.remove(id);
      store.find(id).ifPresent(changed::add);
    }
    changed.forEach(one -> board.tell(new Board.News.OfIncident(one)));
    return changed;
  }

  void write(Decision decision, Instant now) throws OvertakenException {
    switch (decision) {
      case Decision.Open(Incident incident, String reason) ->
          tell(Event.OPENED, incident, reason, now);
      case Decision.Update(Incident incident, boolean worthTelling, String reason) -> {
        if (worthTelling) {
          tell(Event.UPDATED, incident, reason, now);
        } else {
          put(entry(incident, now, "noted", reason, Optional.empty()));
        }
      }
      case Decision.Acknowledge(Incident incident, String reason) ->
          tell(Event.ACKNOWLEDGED, incident, reason, now);
      case Decision.Resolve(Incident incident, String reason) ->
          tell(Event.RESOLVED, incident, reason, now);
      case Decision.Remind(Incident incident, String reason) ->
          tell(Event.REMINDER, incident, reason, now);
      case Decision.Correct(Incident before, Incident after, String reason) ->
          correct(before, after, reason, now);
      case Decision.Nothing _ -> {}
    }
  }

  /// Should somebody else have been faster, theirs says the same.
  private void correct(Incident before, Incident after, String reason, Instant now) {
    if (store.write(new IncidentEntry(before, after, now, "corrected", reason, Optional.empty()))) {
      board.tell(new Board.News.OfIncident(after));
    }
  }

  private IncidentEntry entry(
      Incident incident, Instant now, String what, String reason, Optional<Telling> telling) {
    return new IncidentEntry(open.get(incident.id()), incident, now, what, reason, telling);
  }

  private void tell(Event event, Incident incident, String reason, Instant now)
      throws OvertakenException {
    Plan by = plan.get();
    Optional<Silence> silence = Policy.silence(incident, allSilences(), by::path, now);
    Notification notification =
        PageWriter.of(event, incident, reason, by.service().baseUrl().orElse(""), now);
    Telling telling =
        new Telling(
            notification,
            turns(event, incident, by),
            silence.map(one -> "silenced until %s: %s".formatted(one.to(), one.why())));
    put(entry(incident, now, event.word(), reason, Optional.of(telling)));
    if (silence.isPresent() && incident.isOpen()) {
      muted.add(incident.id());
    } else {
      muted.remove(incident.id());
      if (incident.isOpen()) {
        lastTold.put(incident.id(), now);
      }
      wake.run();
    }
    LOG.info(
        "incident {} {} ({}): {}{}",
        incident.id(),
        event.word(),
        incident.severity().word(),
        incident.title(),
        silence.isPresent() ? ", silenced" : "");
  }

  private static List<Turn> turns(Event event, Incident incident, Plan plan) {
    List<Turn> turns = new ArrayList<>();
    for (Route route : Policy.routes(incident, plan.paging().routes(), plan::path)) {
      if (event != Event.REMINDER || route.repeat().isPresent()) {
        turns.add(new Turn(route.to(), route.then()));
      }
    }
    return turns;
  }

  private void put(IncidentEntry entry) throws OvertakenException {
    Incident incident = entry.incident();
    if (!store.write(entry)) {
      throw new OvertakenException(incident);
    }
    if (incident.isOpen()) {
      open.put(incident.id(), incident);
    } else {
      open.remove(incident.id());
      lastTold.remove(incident.id());
      muted.remove(incident.id());
    }
    board.tell(new Board.News.OfIncident(incident));
  }

  /// Takes an incident on as it stands on record, whoever judges it.
  ///
  /// @return how it is now; empty: there is no such incident that is not resolved
  Optional<Incident> acknowledge(String id, String who, Instant now) throws OvertakenException {
    Optional<Incident> stored = store.find(id).filter(Incident::isOpen);
    if (stored.isEmpty() || stored.get().state() == IncidentState.ACKNOWLEDGED) {
      return stored;
    }
    open.put(id, stored.get());
    Incident after = stored.get().acknowledged(who, now);
    tell(Event.ACKNOWLEDGED, after, after.timeline().getLast().text(), now);
    return Optional.of(after);
  }

  private List<Silence> allSilences() {
    List<Silence> all = new ArrayList<>(posted);
    all.addAll(plan.get().paging().silences());
    return all;
  }

  /// What follows from time alone.
  void chores(Instant now) throws OvertakenException {
    posted = store.silences(now);
    Plan by = plan.get();
    for (Incident incident : List.copyOf(open.values())) {
      boolean silenced = Policy.silence(incident, allSilences(), by::path, now).isPresent();
      if (muted.contains(incident.id()) && !silenced && incident.state() == IncidentState.OPEN) {
        tell(Event.OPENED, incident, "its silence is over and it still goes on", now);
      } else if (!silenced) {
        remind(incident, by, now);
      }
    }
  }

  private void remind(Incident incident, Plan by, Instant now) throws OvertakenException {
    Instant told = lastTold.getOrDefault(incident.id(), now);
    for (Route route : Policy.routes(incident, by.paging().routes(), by::path)) {
      if (Policy.reminder(incident, route, told, now) instanceof Decision.Remind decision) {
        write(decision, now);
        return;
      }
    }
  }
}
