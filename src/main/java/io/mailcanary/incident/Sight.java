package io.mailcanary.incident;

import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Where we ourselves are blind, and where nothing is sent: of that people are told, and no path is
/// blamed for it.
final class Sight {
  private static final String SCHEDULE = "schedule";

  private final RuleSettings settings;
  private final Watched watched;
  private final Cases cases;
  private final Due due;
  private final Map<String, Unseen> unseen = new HashMap<>();
  private final Map<String, Long> seenSince = new HashMap<>();

  /// A mailbox that cannot be seen.
  private record Unseen(Instant since, String why) {}

  Sight(RuleSettings settings, Watched watched, Cases cases, Due due) {
    this.settings = settings;
    this.watched = watched;
    this.cases = cases;
    this.due = due;
  }

  /// A mailbox cannot be seen, and why; or it can again.
  ///
  /// @param why empty when it can
  void tell(String mailbox, Optional<String> why, Instant since) {
    long at = since.toEpochMilli();
    if (why.isPresent()) {
      Unseen before = unseen.get(mailbox);
      unseen.put(mailbox, new Unseen(before == null ? since : before.since(), why.get()));
      due.wakeAt(at + settings.blindFor().toMillis());
    } else if (unseen.remove(mailbox) != null) {
      seenSince.put(mailbox, at);
      due.wakeAt(at);
      due.stir();
    }
  }

  boolean isBlind(String mailbox) {
    return unseen.containsKey(mailbox);
  }

  /// Since when it can be seen again, if it could not.
  long seeingSince(String mailbox) {
    return seenSince.getOrDefault(mailbox, Long.MIN_VALUE);
  }

  /// Our own clock was set.
  void shift(Duration by) {
    unseen.replaceAll((_, one) -> new Unseen(one.since().plus(by), one.why()));
    seenSince.replaceAll((_, since) -> since + by.toMillis());
  }

  void deadlines(long at) {
    watched.paths().forEach(path -> silence(path, at));
    for (Unseen one : unseen.values()) {
      long limit = one.since().plus(settings.blindFor()).toEpochMilli();
      if (limit <= at) {
        due.stir();
      } else {
        due.wakeAt(limit);
      }
    }
  }

  private void silence(PathState path, long at) {
    Leg leg = path.units.getFirst().leg;
    if (leg.paused() || leg.silentAfter().isEmpty() || path.silent) {
      return;
    }
    long limit = path.lastSent + leg.silentAfter().get().toMillis();
    if (limit < at) {
      path.silent = true;
      due.stir();
    } else {
      due.wakeAt(limit + 1);
    }
  }

  /// Puts what cannot be seen now into files, and takes out what can.
  void file(long at) {
    Map<String, CaseFile.Blind> now = new LinkedHashMap<>();
    blind(at, now);
    silent(now);
    for (CaseFile file : cases.all()) {
      file.changed |= file.blind.keySet().retainAll(now.keySet());
    }
    now.forEach(this::file);
  }

  private void blind(long at, Map<String, CaseFile.Blind> now) {
    unseen.forEach((mailbox, one) -> {
      if (one.since().plus(settings.blindFor()).toEpochMilli() <= at) {
        TraitNode node = watched.known(Trait.MAILBOX.word() + ":" + mailbox);
        List<String> hit = node == null ? List.of() : List.copyOf(node.paths);
        now.put(
            "mailbox:" + mailbox, new CaseFile.Blind(one.why(), one.since().toEpochMilli(), hit));
      }
    });
  }

  private void silent(Map<String, CaseFile.Blind> now) {
    List<String> silent = new ArrayList<>();
    long since = Long.MAX_VALUE;
    for (PathState path : watched.paths()) {
      if (path.silent) {
        silent.add(path.name);
        since = Math.min(since, path.lastSent);
      }
    }
    if (!silent.isEmpty()) {
      now.put(SCHEDULE, new CaseFile.Blind("no canary was sent", since, silent));
    }
  }

  private void file(String part, CaseFile.Blind blind) {
    CaseFile home = home(part);
    if (home == null) {
      home = cases.begin(blind.since());
      home.silence = part.equals(SCHEDULE);
      home.raise(Severity.PAGE);
    }
    CaseFile.Blind before = home.blind.put(part, blind);
    home.hit.addAll(blind.paths());
    home.changed |= !blind.equals(before);
  }

  private @Nullable CaseFile home(String part) {
    for (CaseFile file : cases.all()) {
      boolean was = file.key.equals(Diagnosis.KEY + Trait.OBSERVER.word() + ":" + part);
      if (file.blind.containsKey(part) || was) {
        return file;
      }
    }
    return null;
  }
}
