package io.mailcanary.drill;

import io.mailcanary.canary.Canary;
import io.mailcanary.incident.Incident;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.IncidentStore;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// A mail world with the service looking at it, and the clock that both go by. Nothing of it
/// outlives the drill.
interface Stage extends AutoCloseable {
  /// How long it may take until all paths are ok.
  Duration patience();

  /// How long it has been up.
  Duration time();

  /// Lets time pass until something happened, and at most until then.
  void passTo(Duration time) throws InterruptedException;

  List<PathView> paths();

  List<Incident> incidents();

  /// What became of an incident's notifications, oldest first.
  List<IncidentStore.Told> told(String incident);

  /// Tells each new state of a canary from now on.
  void hear(Consumer<Canary> listener);

  /// Does this now.
  ///
  /// @throws ScenarioException when it cannot be done here
  void take(Scenario.Step step) throws ScenarioException;

  @Override
  void close();
}
