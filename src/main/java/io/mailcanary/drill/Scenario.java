package io.mailcanary.drill;

import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Health;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// An outage and what should be seen of it. Times count from the moment when all is well.
///
/// @param probes a folder of probe files; empty: those that ship
public record Scenario(
    String name,
    String title,
    Optional<Path> probes,
    List<Step> steps,
    List<Expected> expected,
    List<Unwanted> unwanted) {

  public Scenario {
    steps = List.copyOf(steps);
    expected = List.copyOf(expected);
    unwanted = List.copyOf(unwanted);
  }

  /// Something that somebody does.
  sealed interface Step {
    Duration at();

    /// @param value empty: the fault's own default
    record On(Duration at, String fault, String value) implements Step {
      @Override
      public String toString() {
        return "break: " + fault + (value.isEmpty() ? "" : ", " + value);
      }
    }

    record Off(Duration at, String fault) implements Step {
      @Override
      public String toString() {
        return "repair: " + fault;
      }
    }

    record Marker(Duration at, String what, String who) implements Step {
      @Override
      public String toString() {
        return "marker: %s%s".formatted(what, who.isEmpty() ? "" : ", by " + who);
      }
    }
  }

  /// Something that has to be seen between two moments.
  sealed interface Expected {
    Duration after();

    Duration by();

    /// @param says part of the reason; may be empty
    record OfPath(Duration after, Duration by, String path, Health health, String says)
        implements Expected {
      @Override
      public String toString() {
        return "%s is %s%s"
            .formatted(path, health.word(), says.isEmpty() ? "" : " (\"" + says + "\")");
      }
    }

    /// @param names part of its title or of what it points at
    record OfIncident(Duration after, Duration by, String names, Optional<Severity> severity)
        implements Expected {
      @Override
      public String toString() {
        return "an incident names \"%s\"%s"
            .formatted(names, severity.map(one -> " (" + one.word() + ")").orElse(""));
      }
    }

    /// The incident is over.
    record Resolved(Duration after, Duration by, String names) implements Expected {
      @Override
      public String toString() {
        return "the incident that names \"%s\" is resolved".formatted(names);
      }
    }
  }

  /// Something that may not be seen at any time.
  sealed interface Unwanted {
    record OfPath(String path, Set<Health> healths) implements Unwanted {
      public OfPath {
        healths = Set.copyOf(healths);
      }

      @Override
      public String toString() {
        return "%s is %s"
            .formatted(
                path,
                healths.stream().sorted().map(Health::word).collect(Collectors.joining(" or ")));
      }
    }

    record OfIncident(String names) implements Unwanted {
      @Override
      public String toString() {
        return "an incident names \"%s\"".formatted(names);
      }
    }
  }

  /// When nothing more is waited for.
  Duration end() {
    return expected.stream().map(Expected::by).max(Duration::compareTo).orElse(Duration.ZERO);
  }
}
