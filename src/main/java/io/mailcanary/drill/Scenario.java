package io.mailcanary.drill;

import io.mailcanary.canary.Cause;
import io.mailcanary.incident.Attribution.Side;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Health;
import io.mailcanary.world.Act;
import io.mailcanary.world.SimulatedWorld;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An outage and what should be seen of it. Times count from the moment when all is well.
///
/// @param probes a folder of probe files; empty: those that ship
/// @param world what it adds to the built-in world
/// @param checks how its servers judge senders, by host
/// @param lasts it goes on for so long, even when all that it expects has come
public record Scenario(
    String name,
    String title,
    Clock clock,
    Optional<Path> probes,
    SimulatedWorld.Setup world,
    Map<String, List<String>> checks,
    Duration lasts,
    List<Step> steps,
    List<Expected> expected,
    List<Unwanted> unwanted) {

  public Scenario {
    checks = Map.copyOf(checks);
    steps = List.copyOf(steps);
    expected = List.copyOf(expected);
    unwanted = List.copyOf(unwanted);
  }

  /// Whose time it goes by.
  public enum Clock {
    /// Hours pass in a moment; the network is simulated.
    VIRTUAL,
    /// The built-in world with its real sockets, in its real time.
    REAL
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

    /// Something that only a world on the virtual clock knows.
    ///
    /// @param words as the file has it
    /// @param act a mailbox in it has its name in the probe files
    /// @param until when it is taken back; empty: never
    record Does(Duration at, String words, Act act, Optional<Duration> until) implements Step {
      @Override
      public String toString() {
        return words;
      }
    }
  }

  /// Which incidents are meant; what is empty holds for all.
  ///
  /// @param names part of the title, of what it points at, or of the name of a path that it hits
  /// @param changed part of a change that it tells as one before
  record Sought(
      String names,
      Optional<Severity> severity,
      Optional<IncidentKind> kind,
      Optional<Cause> cause,
      Optional<Side> side,
      String changed) {
    boolean fits(Incident incident) {
      return isAbout(incident, names)
          && severity.stream().allMatch(one -> one == incident.severity())
          && kind.stream().allMatch(one -> one == incident.kind())
          && cause.stream().allMatch(one -> one == incident.cause())
          && side.stream().allMatch(one -> one == incident.attribution().side())
          && (changed.isEmpty()
              || incident.changesBefore().stream()
                  .anyMatch(one -> one.sentence().contains(changed)));
    }

    /// Whether its title, what it points at, or the name of one of its paths contains this.
    static boolean isAbout(Incident incident, String part) {
      return incident.title().contains(part)
          || incident.attribution().component().contains(part)
          || incident.paths().stream().anyMatch(path -> path.contains(part));
    }

    @Override
    public String toString() {
      String more =
          Stream.of(
                  severity.map(Severity::word),
                  kind.map(one -> "kind " + one.word()),
                  cause.map(one -> "cause " + one.word()),
                  side.map(one -> "side " + one.word()),
                  Optional.of(changed).filter(one -> !one.isEmpty()).map("after "::concat))
              .flatMap(Optional::stream)
              .collect(Collectors.joining(", "));
      return "\"%s\"%s".formatted(names, more.isEmpty() ? "" : " (" + more + ")");
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

    /// A canary of the path comes to this state.
    record OfCanary(Duration after, Duration by, String path, String state) implements Expected {
      @Override
      public String toString() {
        return "a canary of %s is %s".formatted(path, state);
      }
    }

    record OfIncident(Duration after, Duration by, Sought sought) implements Expected {
      @Override
      public String toString() {
        return "an incident names " + sought;
      }
    }

    /// The incident is over.
    record Resolved(Duration after, Duration by, String names) implements Expected {
      @Override
      public String toString() {
        return "the incident that names \"%s\" is resolved".formatted(names);
      }
    }

    /// Somebody is told.
    ///
    /// @param event empty: any
    /// @param channel empty: any
    record OfNotification(Duration after, Duration by, String names, String event, String channel)
        implements Expected {
      @Override
      public String toString() {
        return "%s told of \"%s\"%s"
            .formatted(
                channel.isEmpty() ? "somebody is" : "channel " + channel + " is",
                names,
                event.isEmpty() ? "" : " (" + event + ")");
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

    record OfCanary(String path, Set<String> states) implements Unwanted {
      public OfCanary {
        states = Set.copyOf(states);
      }

      @Override
      public String toString() {
        return "a canary of %s is %s"
            .formatted(path, states.stream().sorted().collect(Collectors.joining(" or ")));
      }
    }

    record OfIncident(Sought sought) implements Unwanted {
      @Override
      public String toString() {
        return "an incident names " + sought;
      }
    }

    /// One that nothing expected names.
    record OtherIncident() implements Unwanted {
      @Override
      public String toString() {
        return "an incident that is not expected";
      }
    }

    /// @param event empty: any
    record OfNotification(String names, String event) implements Unwanted {
      @Override
      public String toString() {
        return "somebody is told of \"%s\"%s"
            .formatted(names, event.isEmpty() ? "" : " (" + event + ")");
      }
    }
  }

  /// Whether it takes the virtual clock: real servers do none of this.
  boolean needsVirtual() {
    return !world.zones().isEmpty()
        || !world.hosts().isEmpty()
        || steps.stream().anyMatch(Step.Does.class::isInstance);
  }

  /// When nothing more is waited for.
  Duration end() {
    return Stream.concat(expected.stream().map(Expected::by), Stream.of(lasts))
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }
}
