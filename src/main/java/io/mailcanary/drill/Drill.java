package io.mailcanary.drill;

import io.mailcanary.verdict.Health;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Takes a scenario over its world, and compares.
public final class Drill {
  private static final Duration LONGEST_LOOK_AWAY = Duration.ofHours(1);

  private final Scenario scenario;
  private final Stage stage;
  private final Observer observer;
  private Duration start = Duration.ZERO;

  private Drill(Scenario scenario, Stage stage, Consumer<Seen> listener) {
    this.scenario = scenario;
    this.stage = stage;
    this.observer = new Observer(scenario, stage, listener);
  }

  /// Runs one to its end: until all that is expected has come, or its time is over.
  ///
  /// @param clock in place of the scenario's own
  /// @param listener is told each line of the time line as it happens
  public static Result run(
      Scenario scenario, Optional<Scenario.Clock> clock, Consumer<Seen> listener)
      throws IOException, ScenarioException, InterruptedException {
    try (Stage stage =
        switch (clock.orElse(scenario.clock())) {
          case VIRTUAL -> VirtualStage.start(scenario);
          case REAL -> RealStage.start(scenario);
        }) {
      return new Drill(scenario, stage, listener).run();
    }
  }

  private Result run() throws ScenarioException, InterruptedException {
    while (!isHealthy()) {
      if (time().compareTo(stage.patience()) > 0) {
        return observer.failed(time(), "not all paths became ok: " + healths());
      }
      stage.passTo(stage.time().plus(LONGEST_LOOK_AWAY));
    }
    start = stage.time();
    observer.begin();
    int done = 0;
    while (true) {
      while (done < scenario.steps().size()
          && scenario.steps().get(done).at().compareTo(time()) <= 0) {
        take(scenario.steps().get(done++));
      }
      observer.look(time());
      boolean all =
          done == scenario.steps().size()
              && observer.isComplete()
              && time().compareTo(scenario.lasts()) >= 0;
      if (all || time().compareTo(scenario.end()) > 0) {
        return observer.result(time());
      }
      stage.passTo(
          start.plus(
              done < scenario.steps().size()
                  ? scenario.steps().get(done).at()
                  : time().plus(LONGEST_LOOK_AWAY)));
    }
  }

  private void take(Scenario.Step step) throws ScenarioException {
    try {
      stage.take(step);
    } catch (IllegalArgumentException e) {
      throw new ScenarioException("%s: %s: %s".formatted(scenario.name(), step, e.getMessage()));
    }
    observer.note(time(), Seen.What.STEP, step.toString());
  }

  private boolean isHealthy() {
    return stage.paths().stream().allMatch(view -> view.health().health() == Health.OK);
  }

  private String healths() {
    return stage.paths().stream()
        .filter(view -> view.health().health() != Health.OK)
        .map(view ->
            "%s is %s (%s)"
                .formatted(view.name(), view.health().health().word(), view.health().reason()))
        .collect(Collectors.joining("; "));
  }

  private Duration time() {
    return stage.time().minus(start);
  }
}
