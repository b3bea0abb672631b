package io.mailcanary.canary;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where one canary stands. The data of a state stands in that state alone; what every canary has
/// stands in [Canary].
public sealed interface CanaryState {
  /// The words of all states, in the order in which a canary may come to them.
  List<String> WORDS =
      List.of(
          "pending",
          "deferred",
          "in-transit",
          "overdue",
          "delivered",
          "delivered-late",
          "misfiled",
          "bounced",
          "rejected",
          "lost",
          "unobservable");

  /// As it stands in JSON, in metrics and in the store.
  String word();

  /// Whether nothing more is expected of it; a late arrival can still change it.
  default boolean isSettled() {
    return switch (this) {
      case Pending _, Deferred _, InTransit _, Overdue _ -> false;
      case Delivered _,
          DeliveredLate _,
          Misfiled _,
          Bounced _,
          Rejected _,
          Lost _,
          Unobservable _ ->
          true;
    };
  }

  /// On record, not yet handed over.
  record Pending() implements CanaryState {
    @Override
    public String word() {
      return "pending";
    }
  }

  /// Refused for now.
  ///
  /// @param nextAttemptAt when we try the same canary again; null when it was handed over and
  ///   somebody on the way holds it and goes on trying
  /// @param attempting whether an attempt was begun whose end is not on record yet
  record Deferred(@Nullable Instant nextAttemptAt, boolean attempting) implements CanaryState {
    /// Held by somebody on the way.
    public static final Deferred ON_THE_WAY = new Deferred(null, false);

    @Override
    public String word() {
      return "deferred";
    }
  }

  /// Taken by a relay.
  ///
  /// @param doubtful whether it is not known that it was: the connection or we ourselves broke
  ///   between the message and its answer. A doubtful canary proves nothing against its path
  record InTransit(boolean doubtful) implements CanaryState {
    @Override
    public String word() {
      return "in-transit";
    }
  }

  /// No proof of arrival in time.
  record Overdue() implements CanaryState {
    @Override
    public String word() {
      return "overdue";
    }
  }

  /// In the right folder, in time.
  record Delivered() implements CanaryState {
    @Override
    public String word() {
      return "delivered";
    }
  }

  /// In the right folder, after it was overdue or given up.
  record DeliveredLate() implements CanaryState {
    @Override
    public String word() {
      return "delivered-late";
    }
  }

  /// In another folder than expected, junk above all.
  record Misfiled() implements CanaryState {
    @Override
    public String word() {
      return "misfiled";
    }
  }

  /// A failed delivery report came back.
  record Bounced() implements CanaryState {
    @Override
    public String word() {
      return "bounced";
    }
  }

  /// The relay refused it for good.
  record Rejected() implements CanaryState {
    @Override
    public String word() {
      return "rejected";
    }
  }

  /// No trace of it at all.
  record Lost() implements CanaryState {
    @Override
    public String word() {
      return "lost";
    }
  }

  /// We could not see at the time that would have told.
  record Unobservable() implements CanaryState {
    @Override
    public String word() {
      return "unobservable";
    }
  }
}
