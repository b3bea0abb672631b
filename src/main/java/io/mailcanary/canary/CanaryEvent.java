package io.mailcanary.canary;

import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.Received;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Something that happened to one canary. Events are journalled; the newest state follows from
/// them.
public sealed interface CanaryEvent {
  /// When it happened, or when we learned of it.
  Instant at();

  /// As it stands in JSON and in the journal.
  String kind();

  /// It was put on record for its slot.
  record Scheduled(Instant at) implements CanaryEvent {
    @Override
    public String kind() {
      return "scheduled";
    }
  }

  /// An attempt to hand it over begins.
  record AttemptStarted(Instant at) implements CanaryEvent {
    @Override
    public String kind() {
      return "attempt-started";
    }
  }

  /// Whether it goes on record even where it changes nothing: somebody else said something of the
  /// canary, and that is not to be forgotten.
  default boolean isTestimony() {
    return false;
  }

  /// An attempt to hand it over ended.
  record Attempted(Instant at, Evidence evidence, Meaning meaning) implements CanaryEvent {
    /// With no more meaning than the stage tells.
    public Attempted(Instant at, Evidence evidence) {
      this(at, evidence, Meaning.of(Handover.cause(evidence)));
    }

    @Override
    public String kind() {
      return switch (Handover.of(evidence)) {
        case ACCEPTED -> "accepted";
        case DEFERRED -> "deferred";
        case REFUSED -> "rejected";
        case IN_DOUBT -> "in-doubt";
      };
    }
  }

  /// It was seen in a mailbox.
  ///
  /// @param altered whether its content is not what was sent
  /// @param hops the servers on its way, in the order of travel
  /// @param waits where on its way the time went, in the order of travel
  record Sighted(
      Instant at, Arrival arrival, boolean altered, List<Received> hops, List<HopWait> waits)
      implements CanaryEvent {
    public Sighted {
      hops = List.copyOf(hops);
      waits = List.copyOf(waits);
    }

    /// Without knowledge of where it waited.
    public Sighted(Instant at, Arrival arrival, boolean altered, List<Received> hops) {
      this(at, arrival, altered, hops, List.of());
    }

    @Override
    public String kind() {
      return "sighted";
    }
  }

  /// A report came back that says that it was given up.
  record Bounced(Instant at, Report report) implements CanaryEvent {
    @Override
    public String kind() {
      return "bounced";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// A report came back that says that a server holds it and goes on trying.
  record DelayReported(Instant at, Report report) implements CanaryEvent {
    @Override
    public String kind() {
      return "delay-reported";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// A report came back that says that it got on.
  ///
  /// @param action `delivered`, `relayed` or `expanded` (RFC 3464 §2.3.3)
  record ProgressReported(Instant at, String action, Report report) implements CanaryEvent {
    @Override
    public String kind() {
      return "progress-reported";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// Our own receiver refused it.
  record RefusedByReceiver(Instant at, ReceiverRefusal refusal) implements CanaryEvent {
    @Override
    public String kind() {
      return "refused-by-receiver";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// It waits in a relay's queue.
  record FoundInQueue(Instant at, QueueSighting sighting) implements CanaryEvent {
    @Override
    public String kind() {
      return "found-in-queue";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// A canary of a round trip is in the mailbox that it was sent to: half of its way.
  record ReachedFarEnd(Instant at, Arrival arrival, List<Received> hops) implements CanaryEvent {
    public ReachedFarEnd {
      hops = List.copyOf(hops);
    }

    @Override
    public String kind() {
      return "far-end";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// The answer to a canary of a round trip was found.
  ///
  /// @param writtenAt when the first server had it, as its trace line tells; null where none does
  record AnswerSeen(Instant at, @Nullable Instant writtenAt) implements CanaryEvent {
    @Override
    public String kind() {
      return "answer-seen";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// Our responder tried to hand over its answer.
  record Answered(Instant at, Evidence evidence, Meaning meaning) implements CanaryEvent {
    @Override
    public String kind() {
      return "answered";
    }

    @Override
    public boolean isTestimony() {
      return true;
    }
  }

  /// What arrived was checked for whether it is what it says.
  ///
  /// @param checks all that was said of it; for each method the first one decides
  record Authenticated(Instant at, List<AuthenticationCheck> checks) implements CanaryEvent {
    public Authenticated {
      checks = List.copyOf(checks);
    }

    /// One check a method.
    public List<AuthenticationCheck> decisive() {
      return checks.stream()
          .filter(check ->
              checks.stream()
                      .filter(one -> one.method() == check.method())
                      .findFirst()
                      .orElse(check)
                  == check)
          .toList();
    }

    @Override
    public String kind() {
      return "authenticated";
    }
  }

  /// A deadline is over, or we can see again.
  ///
  /// @param sight how well its mailbox could be seen since it was sent
  record Checked(Instant at, Sight sight) implements CanaryEvent {
    @Override
    public String kind() {
      return "checked";
    }
  }

  /// It was found on record after we ourselves had stopped.
  record Recovered(Instant at) implements CanaryEvent {
    @Override
    public String kind() {
      return "recovered";
    }
  }

  /// Our own clock was set.
  ///
  /// @param by how far, negative when it was set back
  record ClockStepped(Instant at, Duration by) implements CanaryEvent {
    @Override
    public String kind() {
      return "clock-stepped";
    }
  }
}
