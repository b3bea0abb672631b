package io.mailcanary.drill;

import io.mailcanary.verdict.Health;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Takes a scenario over the built-in world, in real time.
public final class Drill {
  private static final Duration TO_BECOME_HEALTHY = Duration.ofSeconds(90);
  private static final Duration LONGEST_LOOK_AWAY = Duration.ofMillis(250);

  private final Scenario scenario;
  private final Stage stage;
  private final Observer observer;
  private final Semaphore news = new Semaphore(0);
  private long start = System.nanoTime();

  private Drill(Scenario scenario, Stage stage, Consumer<Seen> listener) {
    this.scenario = scenario;
    this.stage = stage;
    this.observer = new Observer(scenario, listener);
  }

  /// Runs one to its end: until all that is expected has come, or its time is over.
  ///
  /// @param listener is told each line of the time line as it happens
  public static Result run(Scenario scenario, Consumer<Seen> listener)
      throws IOException, ScenarioException, InterruptedException {
    try (Stage stage = Stage.start(scenario)) {
      Drill drill = new Drill(scenario, stage, listener);
      try (AutoCloseable ignored = stage.listen(_ -> drill.news.release())) {
        return drill.run();
      } catch (IOException | ScenarioException | InterruptedException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private Result run() throws ScenarioException, InterruptedException {
    while (!isHealthy()) {
      if (time().compareTo(TO_BECOME_HEALTHY) > 0) {
        return observer.failed(time(), "not all paths became ok: " + healths());
      }
      lookAway();
    }
    start = System.nanoTime();
    observer.begin(stage.paths(), stage.incidents());
    int done = 0;
    while (true) {
      while (done < scenario.steps().size()
          && scenario.steps().get(done).at().compareTo(time()) <= 0) {
        take(scenario.steps().get(done++));
      }
      observer.look(time(), stage.paths(), stage.incidents());
      boolean all = done == scenario.steps().size() && observer.isComplete();
      if (all || time().compareTo(scenario.end()) > 0) {
        return observer.result(time());
      }
      lookAway();
    }
  }

  private void take(Scenario.Step step) throws ScenarioException {
    try {
      if (!stage.does(step)) {
        throw new ScenarioException(
            "%s: %s: there is no such fault".formatted(scenario.name(), step));
      }
    } catch (IllegalArgumentException e) {
      throw new ScenarioException("%s: %s: %s".formatted(scenario.name(), step, e.getMessage()));
    }
    observer.note(time(), Seen.What.STEP, step.toString());
  }

  /// Until something happens, and not for long.
  private void lookAway() throws InterruptedException {
    var _ = news.tryAcquire(LONGEST_LOOK_AWAY.toMillis(), TimeUnit.MILLISECONDS);
    news.drainPermits();
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
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
