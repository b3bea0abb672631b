package io.mailcanary.app;

import io.mailcanary.api.Faults;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The switches of the built-in world, as the interface shows them.
record DemoFaults(io.mailcanary.world.Faults switches) implements Faults {
  @Override
  public List<Fault> all() {
    return switches.all().stream().map(DemoFaults::shown).toList();
  }

  @Override
  public Optional<Fault> switchOn(String name, @Nullable String value) {
    return switches.switchOn(name, value).map(DemoFaults::shown);
  }

  @Override
  public Optional<Fault> switchOff(String name) {
    return switches.switchOff(name).map(DemoFaults::shown);
  }

  private static Fault shown(io.mailcanary.world.Faults.State state) {
    return new Fault(state.name(), state.title(), state.explanation(), state.on(), state.value());
  }
}
