package io.mailcanary.prober;

import io.mailcanary.canary.Sight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// When one mailbox could be seen and when not.
final class SightLog {
  private static final int MOST_SPELLS = 200;

  private final Deque<Spell> spells = new ArrayDeque<>();
  private Optional<Blindness> blindness;

  /// @param reason a sentence
  record Blindness(Instant since, String reason) {}

  private record Spell(Instant from, Instant to, String reason) {}

  /// Blind until the reader has told otherwise.
  SightLog(Instant now, String reason) {
    blindness = Optional.of(new Blindness(now, reason));
  }

  synchronized void blind(Instant since, String reason) {
    Instant from = blindness.map(Blindness::since).filter(s -> s.isBefore(since)).orElse(since);
    blindness = Optional.of(new Blindness(from, reason));
  }

  /// @return whether it was blind before
  synchronized boolean seeing(Instant now) {
    boolean was = blindness.isPresent();
    blindness.ifPresent(spell -> {
      if (spells.size() == MOST_SPELLS) {
        spells.removeFirst();
      }
      spells.addLast(new Spell(spell.since(), now, spell.reason()));
    });
    blindness = Optional.empty();
    return was;
  }

  /// We ourselves stood still: nothing could be seen.
  synchronized void missed(Instant from, Instant to, String reason) {
    if (blindness.isEmpty()) {
      blindness = Optional.of(new Blindness(from, reason));
      seeing(to);
    }
  }

  synchronized Optional<Blindness> blindness() {
    return blindness;
  }

  /// How well it could be seen from `from` to `now`.
  synchronized Sight since(Instant from, Instant now) {
    Duration blindFor = Duration.ZERO;
    String reason = "";
    for (Spell spell : spells) {
      Duration part = overlap(spell.from(), spell.to(), from, now);
      if (part.isPositive()) {
        blindFor = blindFor.plus(part);
        reason = spell.reason();
      }
    }
    if (blindness.isPresent()) {
      Blindness present = blindness.orElseThrow();
      blindFor = blindFor.plus(overlap(present.since(), now, from, now));
      reason = present.reason();
    }
    return new Sight(blindness.isPresent(), blindFor, reason);
  }

  private static Duration overlap(Instant from, Instant to, Instant low, Instant high) {
    Instant start = from.isAfter(low) ? from : low;
    Instant end = to.isBefore(high) ? to : high;
    return end.isAfter(start) ? Duration.between(start, end) : Duration.ZERO;
  }
}
