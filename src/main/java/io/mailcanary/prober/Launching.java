package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryMessage;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Meaning;
import io.mailcanary.canary.Promise;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.MailPath;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.StoreException;
import io.mailcanary.submission.Outgoing;
import io.mailcanary.submission.Route;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes canaries from due to handed over: each is put on record, then offered to its relay, on a
/// thread of its own.
final class Launching {
  private static final Logger LOG = LoggerFactory.getLogger(Launching.class);
  private static final Duration STORE_AWAY = Duration.ofSeconds(5);
  private static final Duration FULL = Duration.ofSeconds(10);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);

  /// Of one slot so many canaries leave together, then the next: all at once would stand in each
  /// other's way, at their relay and mailboxes above all. Each by itself would wake all threads
  /// anew, which takes half as much again of the processor.
  private static final int TOGETHER = 5;

  private static final Duration STEP = Duration.ofMillis(230);

  /// All of a slot have left by then, before the next one is due.
  private static final Duration WITHIN = Duration.ofMillis(700);

  private final Prober.Ports ports;
  private final Legs legs;
  private final Books books;
  private final Flights flights;
  private final Waiting waiting;
  private final ReceiverLimit limit;
  private final Prober prober;
  private final Set<Flight> sending = ConcurrentHashMap.newKeySet();
  private final SecureRandom random = new SecureRandom();

  Launching(
      Prober.Ports ports,
      Legs legs,
      Books books,
      Flights flights,
      Waiting waiting,
      ReceiverLimit limit,
      Prober prober) {
    this.ports = ports;
    this.legs = legs;
    this.books = books;
    this.flights = flights;
    this.waiting = waiting;
    this.limit = limit;
    this.prober = prober;
  }

  /// A slot of these paths.
  void due(List<String> paths, Instant slot) {
    if (prober.isClosed()) {
      return;
    }
    List<Flight> ready = new ArrayList<>();
    for (String name : paths) {
      books
          .find(name)
          .filter(book -> !book.isPaused())
          .ifPresent(book -> {
            if (legs.isUnknown(name)) {
              // Not known yet: the others do not wait for DNS.
              ports.agenda().at(slot, () -> dueOnceKnown(book, slot));
            } else {
              inTurn(book, slot).ifPresent(ready::add);
            }
          });
    }
    launch(ready, slot);
  }

  private void dueOnceKnown(PathBook book, Instant slot) {
    legs.ask(book.path().name());
    inTurn(book, slot).ifPresent(one -> launch(List.of(one), slot));
  }

  /// The canary of this slot, where there may be one more.
  private Optional<Flight> inTurn(PathBook book, Instant slot) {
    Optional<Leg> leg = legs.inTurn(book.path(), slot);
    Optional<String> refused = leg.flatMap(one -> refused(one, Occasion.TURN));
    refused.ifPresent(book::passedOver);
    return leg.filter(_ -> refused.isEmpty()).map(one -> flight(one, slot));
  }

  private Optional<String> refused(Leg leg, Occasion occasion) {
    return limit.refuses(leg.path().to().domain(), occasion, ports.clock().instant());
  }

  /// A doubt about one leg, where there is still such a leg.
  void dueOn(String path, String leg, Instant slot) {
    if (!prober.isClosed() && books.isSending(path)) {
      legs.find(path, leg)
          .filter(one -> refused(one, Occasion.CONFIRMATION).isEmpty())
          .ifPresent(one -> launch(List.of(flight(one, slot)), slot));
    }
  }

  /// Sends one canary now, even on a path that is paused.
  ///
  /// @return empty when there is no such path
  /// @throws StoreException when it could not be put on record; it was not sent then
  /// @throws WithheldException when its receiver would have got too much; it was not sent then
  Optional<CanaryId> sendNow(String path) {
    if (legs.isUnknown(path)) {
      legs.ask(path);
    }
    Optional<Leg> leg = books.find(path).flatMap(_ -> legs.next(path));
    leg.flatMap(one -> refused(one, Occasion.REQUEST))
        .ifPresent(words -> {
          throw new WithheldException(words);
        });
    Optional<Flight> flight = leg.map(one -> flight(one, ports.clock().instant()));
    flight.ifPresent(one -> putOnRecord(List.of(one)));
    flight.ifPresent(this::send);
    return flight.map(Flight::id);
  }

  /// A canary whose answer is cut off is in doubt for good.
  void awaitSending() {
    long deadline = System.nanoTime() + LAST_WORDS.toNanos();
    try {
      synchronized (sending) {
        for (long left = LAST_WORDS.toMillis(); !sending.isEmpty() && left > 0; ) {
          sending.wait(left);
          left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sent(Flight flight) {
    sending.remove(flight);
    synchronized (sending) {
      sending.notifyAll();
    }
  }

  private Flight flight(Leg leg, Instant slot) {
    MailPath path = leg.path();
    byte[] nonce = new byte[CanaryId.RANDOM_BYTES];
    random.nextBytes(nonce);
    CanaryId id = CanaryId.of(ports.clock().instant(), nonce);
    CanaryTag tag = ports.keys().get().sign(id, path.name());
    CanaryMessage message = CanaryMessage.of(path, tag, slot);
    Canary canary =
        Canary.due(
            id,
            path.name(),
            leg.name(),
            prober.site(),
            message.messageId(),
            message.content(),
            Promise.of(path),
            slot);
    return new Flight(path, leg.route(), canary, message);
  }

  private void launch(List<Flight> ready, Instant slot) {
    if (ready.isEmpty()) {
      return;
    }
    try {
      putOnRecord(ready);
    } catch (StoreException e) {
      // No record, no canary. The paths are not to blame; the store's own part says what is wrong.
      LOG.warn("{} canaries of slot {} were not sent: {}", ready.size(), slot, e.getMessage());
      return;
    }
    Instant recorded = ports.clock().instant();
    ports.meters().lateness(Duration.between(slot, recorded));
    fewAtATime(ready, recorded);
  }

  private void fewAtATime(List<Flight> ready, Instant from) {
    // Whoever closes waits for those, too, that have not left.
    sending.addAll(ready);
    int groups = Math.ceilDiv(ready.size(), TOGETHER);
    long step = Math.min(STEP.toNanos(), WITHIN.toNanos() / groups);
    for (int group = 0; group < groups; group++) {
      int first = group * TOGETHER;
      List<Flight> next = ready.subList(first, Math.min(first + TOGETHER, ready.size()));
      if (group == 0) {
        next.forEach(this::send);
      } else {
        var _ = ports.agenda().at(from.plusNanos(group * step), () -> next.forEach(this::send));
      }
    }
  }

  private void putOnRecord(List<Flight> ready) {
    Instant now = ports.clock().instant();
    var _ =
        ports
            .ledger()
            .commit(
                ready.stream()
                    .map(one -> new JournalEntry(one.canary(), new CanaryEvent.Scheduled(now)))
                    .toList());
    for (Flight flight : ready) {
      flight.claim(now);
      flights.add(flight);
      ports
          .board()
          .tally(flight.path.name())
          .entered(flight.canary().leg(), flight.canary().state().word(), "none");
      books.note(flight);
    }
  }

  private void send(Flight flight) {
    sending.add(flight);
    ports
        .senders()
        .execute(() -> {
          try {
            // Being on record as pending says already that it may have been tried.
            prober.change(flight, new CanaryEvent.AttemptStarted(ports.clock().instant()));
            attempt(flight);
          } finally {
            sent(flight);
          }
        });
  }

  void sendAgain(Flight flight) {
    Instant now = ports.clock().instant();
    if (limit.refuses(flight.path.to().domain(), Occasion.RETRY, now).isPresent()) {
      waiting.wakeAt(flight, now.plus(FULL));
      return;
    }
    try {
      CanaryEvent event = new CanaryEvent.AttemptStarted(ports.clock().instant());
      Canary next = CanaryLifecycle.next(flight.canary(), event);
      if (!ports.ledger().commit(List.of(new JournalEntry(next, event))).isEmpty()) {
        prober.give(flight);
        return;
      }
      flight.claim(event.at());
      if (flight.isBeingTried() || prober.change(flight, event)) {
        attempt(flight);
      } else {
        // It turned up meanwhile, and the record must not end with an attempt that is not made.
        prober.putRight(flight, event);
      }
    } catch (StoreException e) {
      waiting.wakeAt(flight, ports.clock().instant().plus(STORE_AWAY));
    }
  }

  private void attempt(Flight flight) {
    Optional<Route> route = prober.route(flight);
    if (route.isEmpty()) {
      return;
    }
    Withdrawal withdrawal = new Withdrawal(flight);
    Evidence evidence = ports.submitter().submit(route.get(), outgoing(flight, withdrawal));
    if (withdrawal.isMeant()) {
      withdrawn(flight, withdrawal);
      return;
    }
    ports.meters().relayWait(evidence.times().getOrDefault(Stage.WAIT, Duration.ZERO));
    Meaning meaning = Meanings.of(evidence, prober.context(flight));
    flight.say(Meanings.words(evidence, meaning));
    prober.apply(
        flight, new CanaryEvent.Attempted(ports.clock().instant(), evidence, meaning), () -> {});
  }

  /// What waited long, for a relay's free connection or because we stood still, may have been taken
  /// over meanwhile: that is asked for at the last moment.
  private final class Withdrawal {
    private final Flight flight;
    private volatile boolean taken;
    private volatile boolean unknown;

    Withdrawal(Flight flight) {
      this.flight = flight;
    }

    boolean isMeant() {
      return taken || unknown;
    }

    void prove() {
      Instant now = ports.clock().instant();
      if (flight.isSurelyOurs(now)) {
        return;
      }
      unknown = true;
      taken = !ports.store().isOurs(flight.id());
      unknown = false;
      if (taken) {
        throw new IllegalStateException("another replica takes care of it");
      }
      flight.claim(now);
    }
  }

  private void withdrawn(Flight flight, Withdrawal withdrawal) {
    if (withdrawal.taken) {
      LOG.info("canary {} is not handed over: another replica took it over", flight.id());
      prober.give(flight);
    } else {
      var _ =
          ports
              .agenda()
              .at(
                  ports.clock().instant().plus(STORE_AWAY),
                  () -> ports.senders().execute(() -> attempt(flight)));
    }
  }

  private Outgoing outgoing(Flight flight, Withdrawal withdrawal) {
    Canary canary = flight.canary();
    String tag = canary.messageId().substring(0, canary.messageId().indexOf('@'));
    CanaryTag mark = new CanaryTag(canary.id(), tag);
    EmailAddress sender =
        switch (flight.path.returnPath()) {
          case STABLE -> flight.path.from();
          case VERP -> flight.path.from().plus(tag);
        };
    return new Outgoing(
        sender,
        flight.path.to(),
        () -> {
          withdrawal.prove();
          return flight.bytes(() -> CanaryMessage.of(flight.path, mark, canary.scheduledAt()));
        },
        tag,
        flight.path.dsn());
  }
}
