package io.mailcanary.incident;

import io.mailcanary.verdict.Change;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What changed just before trouble began, nearest first, and how that lies in time.
final class ChangesBefore {
  private static final int MOST = 5;

  /// We see a change later than it happens, and the first failure may be seen before.
  private static final Duration SEEN_LATER = Duration.ofMinutes(10);

  /// Records that mail needs are looked at once a minute.
  private static final Duration NEXT_LOOK = Duration.ofSeconds(90);

  /// People say what they do when they have done it.
  private static final Duration SAID_LATER = Duration.ofMinutes(1);

  /// Whatever people did longer ago has other witnesses.
  private static final Duration DEEDS = Duration.ofHours(6);

  private ChangesBefore() {}

  static List<ChangeBefore> of(
      Collection<Change> changes,
      Set<String> names,
      long onset,
      IncidentKind kind,
      RuleSettings settings) {
    Instant began = Instant.ofEpochMilli(onset);
    List<Change> near =
        changes.stream()
            .filter(change -> isNear(change, began, settings))
            .filter(change -> isRelated(change, names))
            .filter(change -> !isRepair(change, changes, began))
            .sorted(
                // Of what happened at once that says more which was there before.
                Comparator.comparingLong((Change change) -> distance(change, began).toSeconds())
                    .thenComparing(change -> change.before().isEmpty())
                    .thenComparing(change -> distance(change, began)))
            .limit(MOST)
            .toList();
    List<ChangeBefore> result = new ArrayList<>();
    for (Change change : near) {
      result.add(new ChangeBefore(change.id(), change.at(), sentence(change, near, began, kind)));
    }
    return result;
  }

  /// What was put back since it began, a sentence each, oldest first.
  static List<String> repairs(Collection<Change> changes, Set<String> names, long onset) {
    Instant began = Instant.ofEpochMilli(onset);
    return changes.stream()
        .filter(change -> isRelated(change, names) && isRepair(change, changes, began))
        .sorted(Comparator.comparing(Change::at))
        .map(change ->
            "%s since %s%s"
                .formatted(
                    change.what(), Sentences.time(change.at(), began), where(change).orElse("")))
        .toList();
  }

  /// Whether it undoes an earlier one when the trouble was there. What is noticed at the next look
  /// after the first failure rather is the cause of it, and may undo what was long before; but what
  /// undoes that very cause is none.
  private static boolean isRepair(Change change, Collection<Change> changes, Instant began) {
    boolean soon = !change.at().isAfter(began.plus(NEXT_LOOK));
    return change.kind() == Change.Kind.RECORD
        && change.at().isAfter(began)
        && changes.stream()
            .filter(other -> isUndone(other, change))
            .anyMatch(other -> !soon || distance(other, began).compareTo(NEXT_LOOK) <= 0);
  }

  private static boolean isUndone(Change other, Change change) {
    return other.kind() == change.kind()
        && other.name().equals(change.name())
        && other.type().equals(change.type())
        && other.at().isBefore(change.at())
        && other.before().equals(change.after())
        && other.after().equals(change.before());
  }

  private static Duration distance(Change change, Instant began) {
    return Duration.between(change.at(), began).abs();
  }

  private static boolean isNear(Change change, Instant began, RuleSettings settings) {
    Duration before =
        switch (change.kind()) {
          case RECORD, CERTIFICATE -> settings.changesWithin();
          case CONFIGURATION, MARKER -> DEEDS;
        };
    Duration after =
        switch (change.kind()) {
          case RECORD, CERTIFICATE -> SEEN_LATER;
          case MARKER -> SAID_LATER;
          case CONFIGURATION -> Duration.ZERO;
        };
    return !change.at().isAfter(began.plus(after)) && !change.at().isBefore(began.minus(before));
  }

  private static boolean isRelated(Change change, Set<String> names) {
    return switch (change.kind()) {
      case MARKER, CONFIGURATION -> true;
      case RECORD, CERTIFICATE -> {
        String name = change.name().toLowerCase(Locale.ROOT);
        yield names.contains(name)
            || names.contains(Refusal.owner(name))
            || names.contains(Refusal.host(name));
      }
    };
  }

  private static String sentence(
      Change change, List<Change> near, Instant began, IncidentKind kind) {
    StringBuilder text = new StringBuilder();
    if (change.kind() == Change.Kind.MARKER) {
      text.append("marker '").append(change.what()).append("'");
      if (!change.who().isEmpty()) {
        text.append(" by ").append(change.who());
      }
      text.append(" at ").append(Sentences.time(change.at(), began));
    } else {
      text.append(change.what()).append(" since ").append(Sentences.time(change.at(), began));
      where(change).ifPresent(text::append);
      marker(change, near).ifPresent(text::append);
    }
    Duration lead = Duration.between(change.at(), began);
    text.append("; ").append(began(kind)).append(' ').append(Sentences.time(began, began));
    if (!lead.isNegative()) {
      text.append(", ").append(lead.toSeconds() == 0 ? "at once" : Words.of(lead) + " later");
    }
    return text.toString();
  }

  /// `deferring since`, or `found at` where mail is not hit yet.
  private static String began(IncidentKind kind) {
    return switch (kind) {
      case DNS, TLS, AUTHENTICATION, QUEUE -> "found at";
      case DEFERRING, BOUNCING, LOSING, SLOW, MISFILED, DUPLICATED, BLIND, SILENT ->
          kind.word() + " since";
    };
  }

  /// The nearest thing that somebody did before the change.
  private static Optional<String> marker(Change change, List<Change> near) {
    return near.stream()
        .filter(other -> other.kind() == Change.Kind.MARKER && !other.at().isAfter(change.at()))
        .max(Comparator.comparing(Change::at))
        .map(deed ->
            "; %s after marker '%s'"
                .formatted(Words.of(Duration.between(deed.at(), change.at())), deed.what()));
  }

  private static Optional<String> where(Change change) {
    List<Change.Seen> seen = change.servers();
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    Set<Long> serials = new TreeSet<>();
    seen.stream().map(Change.Seen::serial).filter(serial -> serial > 0).forEach(serials::add);
    String servers =
        switch (seen.size()) {
          case 1 -> seen.getFirst().server();
          case 2 -> "both servers";
          default -> "all " + seen.size() + " servers";
        };
    String serial =
        serials.isEmpty()
            ? ""
            : (serials.size() == 1 ? "serial " : "serials ")
                + String.join(", ", serials.stream().map(String::valueOf).toList())
                + ", ";
    return Optional.of(" (" + serial + servers + ")");
  }
}
