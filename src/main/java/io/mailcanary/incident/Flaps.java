package io.mailcanary.incident;

import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Troubles that ended of late and may come back: flapping is damped, not hidden.
final class Flaps {
  private final RuleSettings settings;
  private final Map<String, Flap> ended = new HashMap<>();

  /// How often a trouble came back.
  private record Flap(int times, long endedAt) {}

  Flaps(RuleSettings settings) {
    this.settings = settings;
  }

  /// A trouble ended.
  void end(String key, long at) {
    ended.values().removeIf(flap -> isForgotten(flap, at));
    Flap before = ended.get(key);
    ended.put(key, new Flap((before == null ? 1 : before.times()) + 1, at));
  }

  /// How often it came back before, when it begins; 0 when that is forgotten.
  int times(String key, long at) {
    Flap flap = ended.get(key);
    return flap == null || isForgotten(flap, at) ? 0 : flap.times();
  }

  /// That it came back, as a sentence; empty when it did not.
  Optional<String> inWords(String key, long at) {
    Flap flap = ended.get(key);
    return flap == null || isForgotten(flap, at)
        ? Optional.empty()
        : Optional.of(
            "it came back %s after its end, for the %s time"
                .formatted(
                    Words.of(Duration.ofMillis(at - flap.endedAt())), ordinal(flap.times())));
  }

  /// For how long its end has to hold: longer each time.
  long hold(CaseFile file) {
    return settings.flapHold().toMillis() * Math.max(0, file.flaps - 1);
  }

  private boolean isForgotten(Flap flap, long at) {
    return flap.endedAt() + settings.flapMemory().toMillis() <= at;
  }

  private static String ordinal(int times) {
    return switch (times) {
      case 1 -> "first";
      case 2 -> "second";
      case 3 -> "third";
      default -> times + "th";
    };
  }
}
