package io.mailcanary.drill;

import io.mailcanary.canary.Canary;
import io.mailcanary.incident.Incident;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Mailbox;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Recursor;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.world.Act;
import io.mailcanary.world.SimulatedWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// A simulated world and the service's deciding parts on one virtual clock: hours pass in a moment,
/// in one thread, and no socket is opened.
final class VirtualStage implements Stage {
  private static final Instant START = Instant.parse("2026-03-02T09:00:00Z");
  private static final Duration SHORTEST_BEAT = Duration.ofSeconds(1);
  private static final Duration LONGEST_BEAT = Duration.ofSeconds(30);
  private static final Duration AT_LEAST = Duration.ofMinutes(2);
  private static final int BEATS = 3_600;
  private static final int MOST_INCIDENTS = 100;
  private static final int RESTLESS = 5;

  private final Plan plan;
  private final SimulatedWorld world;
  private final SimulatedService service;
  private final VirtualAgenda time;
  private final Duration beat;
  private final Map<String, List<IncidentStore.Told>> told = new HashMap<>();
  private List<Incident> incidents = List.of();
  private Duration nextBeat;

  /// For so many beats incidents are read anew: who is to be told is told at the next beat.
  private int restless = RESTLESS;

  private VirtualStage(
      Plan plan,
      SimulatedWorld world,
      SimulatedService service,
      VirtualAgenda time,
      Duration beat) {
    this.plan = plan;
    this.world = world;
    this.service = service;
    this.time = time;
    this.beat = beat;
    this.nextBeat = beat;
    var _ =
        service
            .board()
            .listen(news -> {
              if (news instanceof Board.News.OfIncident) {
                restless = RESTLESS;
              }
            });
  }

  static VirtualStage start(Scenario scenario) throws IOException, ScenarioException {
    VirtualAgenda time = new VirtualAgenda(START);
    Path folder = Files.createTempDirectory("mailcanary-drill");
    try {
      SimulatedWorld world = world(scenario, time);
      Plan plan = Plans.of(scenario, world.environment(), folder, "http://127.0.0.1/");
      Optional<String> trouble = Addresses.trouble(plan);
      if (trouble.isPresent()) {
        throw new ScenarioException(scenario.name() + ": " + trouble.get());
      }
      plan.mailboxes().values().forEach(mailbox -> world.open(Addresses.of(mailbox)));
      judge(scenario, plan, world);
      SimulatedService service = new SimulatedService(plan, world, time);
      VirtualStage stage = new VirtualStage(plan, world, service, time, beat(scenario));
      service.start();
      return stage;
    } finally {
      Plans.delete(folder);
    }
  }

  private static SimulatedWorld world(Scenario scenario, VirtualAgenda time)
      throws ScenarioException {
    try {
      return new SimulatedWorld(scenario.world(), time, time);
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new ScenarioException("%s: %s".formatted(scenario.name(), e.getMessage()));
    }
  }

  private static Duration beat(Scenario scenario) {
    Duration share = scenario.end().dividedBy(BEATS);
    Duration least = share.compareTo(SHORTEST_BEAT) > 0 ? share : SHORTEST_BEAT;
    return least.compareTo(LONGEST_BEAT) < 0 ? least : LONGEST_BEAT;
  }

  private static void judge(Scenario scenario, Plan plan, SimulatedWorld world) {
    Recursor resolver = new Recursor(plan.defaultResolver(), SimulatedService.asker(world));
    scenario
        .checks()
        .forEach((host, words) ->
            words.forEach(word ->
                world.enforce(
                    host,
                    Checks.of(
                        host,
                        word,
                        question -> resolver.ask(question, Look.PLAIN),
                        plan.dns().publicNetworks()))));
  }

  /// Each path needs to have had its turn, and its canaries have to arrive.
  @Override
  public Duration patience() {
    return plan.paths().values().stream()
        .map(path ->
            path.cadence() instanceof Cadence.Every(Duration period) ? period : Duration.ofDays(1))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO)
        .multipliedBy(3)
        .plus(AT_LEAST);
  }

  @Override
  public Duration time() {
    return Duration.between(START, time.instant());
  }

  @Override
  public void passTo(Duration until) {
    if (until.compareTo(nextBeat) < 0) {
      time.advanceTo(START.plus(until));
      return;
    }
    time.advanceTo(START.plus(nextBeat));
    nextBeat = nextBeat.plus(beat);
    service.beat();
    if (restless > 0) {
      restless--;
      incidents = service.incidents().page(null, null, MOST_INCIDENTS);
      told.clear();
    }
  }

  @Override
  public List<PathView> paths() {
    return service.board().paths();
  }

  @Override
  public List<Incident> incidents() {
    return incidents;
  }

  @Override
  public List<IncidentStore.Told> told(String incident) {
    return told.computeIfAbsent(incident, service.incidents()::told);
  }

  @Override
  public void hear(Consumer<Canary> listener) {
    var _ =
        service
            .board()
            .listen(news -> {
              if (news instanceof Board.News.OfCanary(Canary canary)) {
                listener.accept(canary);
              }
            });
  }

  @Override
  public void take(Scenario.Step step) throws ScenarioException {
    switch (step) {
      case Scenario.Step.On(_, String fault, String value) ->
          known(world.faults().switchOn(fault, value.isEmpty() ? null : value), step);
      case Scenario.Step.Off(_, String fault) -> known(world.faults().switchOff(fault), step);
      case Scenario.Step.Marker marker -> Plans.mark(service.changes(), time.instant(), marker);
      case Scenario.Step.Does(Duration at, _, Act act, Optional<Duration> until) -> {
        Runnable undo = world.act(named(act));
        until.ifPresent(end -> time.at(time.instant().plus(end.minus(at)), undo));
      }
    }
  }

  private static void known(Optional<?> state, Scenario.Step step) throws ScenarioException {
    if (state.isEmpty()) {
      throw new ScenarioException("%s: there is no such fault".formatted(step));
    }
  }

  /// With the address instead of the mailbox's name.
  private Act named(Act act) {
    if (act instanceof Act.Shows(String name, Act.Door how)) {
      Mailbox mailbox = plan.mailboxes().get(name);
      if (mailbox == null) {
        throw new IllegalArgumentException(
            "mailbox '%s' is not in the probe files, there are %s"
                .formatted(name, String.join(", ", plan.mailboxes().keySet())));
      }
      return new Act.Shows(Addresses.of(mailbox), how);
    }
    return act;
  }

  @Override
  public void close() {
    service.close();
  }
}
