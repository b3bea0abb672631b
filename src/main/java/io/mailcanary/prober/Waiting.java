package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Sight;
import io.mailcanary.runtime.Agenda;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Comes back to each canary when something is due for it: the next look, the next attempt, the
/// first doubt, a deadline. One wake-up a canary does it all.
final class Waiting {
  private static final Duration SHORTEST_NAP = Duration.ofSeconds(1);

  private final Agenda agenda;
  private final InstantSource clock;
  private final Mailboxes mailboxes;
  private final Confirming confirming;
  private final Prober prober;

  Waiting(
      Agenda agenda,
      InstantSource clock,
      Mailboxes mailboxes,
      Confirming confirming,
      Prober prober) {
    this.agenda = agenda;
    this.clock = clock;
    this.mailboxes = mailboxes;
    this.confirming = confirming;
    this.prober = prober;
  }

  /// Sets the wake-up by what the canary is now.
  void wake(Flight flight) {
    if (prober.isClosed() || !flight.isOurs()) {
      return;
    }
    Instant now = clock.instant();
    Canary canary = flight.canary();
    Optional<Instant> next =
        switch (canary.state()) {
          case CanaryState.Deferred(Instant again, boolean attempting) ->
              attempting
                  ? Optional.empty()
                  : Optional.of(again == null ? givenUp(flight, now) : again);
          case CanaryState.InTransit _, CanaryState.Overdue _ ->
              Optional.of(nextStep(flight, canary, now));
          case CanaryState.Pending _,
              CanaryState.Delivered _,
              CanaryState.DeliveredLate _,
              CanaryState.Misfiled _,
              CanaryState.Bounced _,
              CanaryState.Rejected _,
              CanaryState.Lost _,
              CanaryState.Unobservable _ ->
              Optional.empty();
        };
    next.ifPresentOrElse(at -> wakeAt(flight, at), () -> flight.wakeBy(() -> {}));
  }

  void wakeAt(Flight flight, Instant at) {
    flight.wakeBy(agenda.at(at, () -> woken(flight)));
  }

  /// When a canary that somebody holds is lost; while nothing can be seen that moves along.
  private Instant givenUp(Flight flight, Instant now) {
    Instant end = flight.canary().lostAt().plus(sight(flight, now).blindFor());
    Instant soonest = now.plus(SHORTEST_NAP);
    return end.isAfter(soonest) ? end : soonest;
  }

  /// The next look, doubt or deadline of a canary that is on its way.
  private Instant nextStep(Flight flight, Canary canary, Instant now) {
    Instant deadline = deadline(flight, now);
    boolean blind = sight(flight, now).blind();
    // While nothing can be seen the deadline moves along, however near it is.
    Instant soonest = blind || !deadline.isAfter(now) ? now.plus(SHORTEST_NAP) : now;
    Instant next = deadline.isAfter(soonest) ? deadline : soonest;
    Optional<PathBook> book = prober.book(canary.path());
    if (book.isPresent() && canary.state() instanceof CanaryState.InTransit) {
      Instant doubt = canary.start().plus(book.get().usual());
      if (!flight.isDoubted()) {
        next = doubt.isBefore(next) ? doubt : next;
      }
      if (canary.sentAt() != null && !LookPlan.isOver(flight.looks())) {
        Instant look = canary.sentAt().plus(book.get().looks(canary.leg()).after(flight.looks()));
        next = look.isBefore(next) ? look : next;
      }
    }
    return next;
  }

  private void woken(Flight flight) {
    if (prober.isClosed()) {
      return;
    }
    Instant now = clock.instant();
    Canary canary = flight.canary();
    switch (canary.state()) {
      case CanaryState.Deferred(Instant again, boolean attempting) -> {
        if (again == null) {
          check(flight, canary, now);
        } else if (again.isAfter(now)) {
          // The agenda's time and ours run apart a little.
          wake(flight);
        } else if (!attempting) {
          tryAgain(flight, canary, now);
        }
      }
      case CanaryState.InTransit _ -> onItsWay(flight, canary, now);
      case CanaryState.Overdue _ -> check(flight, canary, now);
      case CanaryState.Pending _,
          CanaryState.Delivered _,
          CanaryState.DeliveredLate _,
          CanaryState.Misfiled _,
          CanaryState.Bounced _,
          CanaryState.Rejected _,
          CanaryState.Lost _,
          CanaryState.Unobservable _ -> {}
    }
  }

  private void tryAgain(Flight flight, Canary canary, Instant now) {
    if (now.isBefore(canary.lostAt()) && prober.route(flight).isPresent()) {
      prober.sendAgain(flight);
    } else if (now.isBefore(canary.lostAt())) {
      wakeAt(flight, canary.lostAt());
    } else {
      check(flight, canary, now);
    }
  }

  private void onItsWay(Flight flight, Canary canary, Instant now) {
    Optional<PathBook> book = prober.book(canary.path());
    if (book.isPresent()) {
      if (canary.sentAt() != null && !LookPlan.isOver(flight.looks())) {
        Instant look = canary.sentAt().plus(book.get().looks(canary.leg()).after(flight.looks()));
        if (!look.isAfter(now)) {
          look(flight, canary, now);
        }
      }
      if (!canary.start().plus(book.get().usual()).isAfter(now) && flight.doubt()) {
        mailboxes.prove(Prober.decisive(flight));
        confirming.confirm(flight);
      }
    }
    check(flight, canary, now);
  }

  private void look(Flight flight, Canary canary, Instant now) {
    String mailbox = canary.promise().mailbox();
    String bounces = flight.path.bouncesTo();
    flight.looked(now);
    mailboxes.look(mailbox);
    // Where it does not arrive when it usually does, a bounce may.
    boolean mayBounce = flight.looks() > 1 || !Prober.decisive(flight).equals(mailbox);
    if (mayBounce && !bounces.equals(mailbox)) {
      mailboxes.look(bounces);
    }
  }

  private void check(Flight flight, Canary canary, Instant now) {
    CanaryEvent event = new CanaryEvent.Checked(now, sight(flight, now));
    String mailbox = Prober.decisive(flight);
    if (isBlame(canary, event) && !mailboxes.isSeenSince(mailbox, deadline(flight, now))) {
      // It may be there: a reader that has gone blind just now does not know it yet.
      mailboxes.look(mailbox);
      wakeAt(flight, now.plus(SHORTEST_NAP));
      return;
    }
    prober.apply(flight, event, () -> {});
  }

  /// Whether it would now be said that the canary did not arrive.
  private static boolean isBlame(Canary canary, CanaryEvent event) {
    CanaryState next = CanaryLifecycle.next(canary, event).state();
    boolean missing = next instanceof CanaryState.Overdue || next instanceof CanaryState.Lost;
    return missing && !isOurs(canary) && !next.word().equals(canary.state().word());
  }

  /// Whether it is still with us, so that it cannot have arrived.
  private static boolean isOurs(Canary canary) {
    return canary.state() instanceof CanaryState.Deferred(Instant next, _) && next != null;
  }

  /// The one that it is judged by.
  private Instant deadline(Flight flight, Instant now) {
    Canary canary = flight.canary();
    Duration blindFor = sight(flight, now).blindFor();
    return canary.state() instanceof CanaryState.Overdue
            || canary.state() instanceof CanaryState.Deferred
        ? canary.lostAt().plus(blindFor)
        : canary.overdueAt(blindFor);
  }

  private Sight sight(Flight flight, Instant now) {
    return mailboxes.sightOf(Prober.decisive(flight), flight.canary().start(), now);
  }
}
