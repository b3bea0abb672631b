package io.mailcanary.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The switches of this world's faults. Each keeps, while it is on, what takes its effect back.
public final class Faults {
  private static final Logger LOG = LoggerFactory.getLogger(Faults.class);

  private final BiFunction<FaultKind, String, Repair> effects;
  private final Map<FaultKind, On> on = new EnumMap<>(FaultKind.class);

  private record On(@Nullable String value, Repair repair) {}

  /// @param value what it was told or its default; null where it takes none or is off
  public record State(
      String name, String title, String explanation, boolean on, @Nullable String value) {}

  /// @param effects makes a fault with a value happen
  Faults(BiFunction<FaultKind, String, Repair> effects) {
    this.effects = effects;
  }

  /// All of them, always in the same order.
  public synchronized List<State> all() {
    return Arrays.stream(FaultKind.values()).map(this::state).toList();
  }

  /// Has acted on the world when it returns. One that is on takes over the value.
  ///
  /// @param value null: the fault's own default
  /// @return empty when there is no such fault
  /// @throws IllegalArgumentException when the value is not one of this fault's
  public synchronized Optional<State> switchOn(String name, @Nullable String value) {
    return FaultKind.of(name)
        .map(kind -> {
          Optional<String> resolved = kind.takes().resolved(value);
          repair(kind);
          on.put(kind, new On(resolved.orElse(null), effects.apply(kind, resolved.orElse(""))));
          LOG.info("fault on: {}{}", kind.word(), resolved.map(told -> ", " + told).orElse(""));
          return state(kind);
        });
  }

  /// @return empty when there is no such fault
  public synchronized Optional<State> switchOff(String name) {
    return FaultKind.of(name)
        .map(kind -> {
          if (repair(kind)) {
            LOG.info("fault off: {}", kind.word());
          }
          return state(kind);
        });
  }

  /// Everything as it was at the beginning.
  public synchronized void allOff() {
    new ArrayList<>(on.keySet()).forEach(this::repair);
  }

  private boolean repair(FaultKind kind) {
    On was = on.remove(kind);
    if (was == null) {
      return false;
    }
    was.repair.run();
    return true;
  }

  private State state(FaultKind kind) {
    On now = on.get(kind);
    return new State(
        kind.word(), kind.title(), kind.explanation(), now != null, now == null ? null : now.value);
  }
}
