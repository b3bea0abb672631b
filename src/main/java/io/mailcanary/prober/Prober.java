package io.mailcanary.prober;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryMessage;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.HopWait;
import io.mailcanary.canary.Meaning;
import io.mailcanary.canary.Promise;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.Received;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.receiver.Receivers;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.schedule.Wheel;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.StoreException;
import io.mailcanary.store.StoredEvent;
import io.mailcanary.submission.Outgoing;
import io.mailcanary.submission.Route;
import io.mailcanary.submission.RoutePlan;
import io.mailcanary.verdict.ReplyClassifier;
import io.mailcanary.verdict.Words;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes canaries from due to fate.
///
/// A canary is put on record, then handed to its relay, then looked for. Whatever is learned of it
/// becomes an event; [CanaryLifecycle] says what follows, the ledger keeps it, the board shows it.
public final class Prober implements Wheel, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
  private static final Duration STORE_AWAY = Duration.ofSeconds(5);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);
  private static final int FIRST_LIGHT = 50;

  private final Ports ports;
  private final Flights flights = new Flights();
  private final Set<Flight> sending = ConcurrentHashMap.newKeySet();
  private final Map<String, PathBook> books = new ConcurrentHashMap<>();
  private final Mailboxes mailboxes;
  private final Legs legs;
  private final Confirming confirming;
  private final Waiting waiting;
  private final Booking booking;
  private final OwnReceivers ownReceivers;
  private final QueuedCanaries queuedCanaries;
  private final Inspecting inspecting;
  private final Responder responder;
  private final SecureRandom random = new SecureRandom();
  private volatile Plan plan;
  private volatile boolean closed;

  /// What the prober works with.
  ///
  /// @param senders hands each canary over on a thread of its own: none waits for another
  /// @param inspector finds out whether what arrived is what it says
  public record Ports(
      Submitter submitter,
      RoutePlan routes,
      Executor senders,
      ReaderFactory readers,
      Ledger ledger,
      CanaryStore store,
      Agenda agenda,
      InstantSource clock,
      Supplier<SigningKeys> keys,
      Board board,
      ProberMeters meters,
      Inspector inspector) {}

  public Prober(Ports ports, Plan plan) {
    this.ports = ports;
    this.plan = plan;
    mailboxes =
        new Mailboxes(
            ports.readers(), ports.clock(), ports.board(), this::found, this::sightChanged);
    legs = new Legs(ports.routes(), ports.agenda(), ports.clock(), this::legsChanged);
    confirming = new Confirming(ports.agenda(), ports.clock(), mailboxes, this);
    waiting = new Waiting(ports.agenda(), ports.clock(), mailboxes, confirming, this);
    responder = new Responder(ports, this);
    inspecting = new Inspecting(ports.inspector());
    booking = new Booking(ports.keys(), ports.meters(), flights, ports.store(), this);
    ownReceivers = new OwnReceivers(ports.keys(), ports.meters(), flights, ports.agenda(), this);
    queuedCanaries = new QueuedCanaries(ports.keys(), flights, this);
  }

  /// The reader of a mailbox that is a receiver of our own.
  public MailboxReader readerOf(Mailbox.Receiver own, Receivers receivers, MailboxSink sink) {
    return new OwnReceiverReader(own.name(), receivers, sink, ownReceivers);
  }

  /// Messages wait in a relay's queue; there may be canaries among them.
  ///
  /// @param messages of one reading
  public void foundInQueue(List<InQueue> messages) {
    queuedCanaries.found(messages);
  }

  /// Goes on where the store says that we stopped, and begins to watch the mailboxes.
  public void start() {
    Instant now = ports.clock().instant();
    keepBooks(plan);
    Map<String, Instant> paused = ports.store().paused();
    paused.forEach((name, since) -> book(name).ifPresent(book -> book.pause(since)));
    for (Canary canary : ports.store().recent(now.minus(Duration.ofDays(2)), PathBook.KEPT)) {
      book(canary.path()).ifPresent(book -> book.note(canary, ""));
    }
    ports.store().open().forEach(this::recover);
    // Last, since what the readers find is booked on what is known by then.
    mailboxes.follow(plan.mailboxes());
    refresh();
  }

  /// Sends one canary at once on paths that were never probed, so that a newcomer sees something.
  public void firstLight() {
    List<String> dark =
        books.entrySet().stream()
            .filter(entry -> entry.getValue().isEmpty() && !entry.getValue().isPaused())
            .map(Map.Entry::getKey)
            .limit(FIRST_LIGHT)
            .toList();
    if (!dark.isEmpty()) {
      due(dark, ports.clock().instant());
    }
  }

  /// Works by these probe files from now on; canaries in flight keep those they left with.
  public void follow(Plan next) {
    plan = next;
    keepBooks(next);
    mailboxes.follow(next.mailboxes());
    refresh();
  }

  private void keepBooks(Plan next) {
    next.paths()
        .forEach((name, path) -> books.computeIfAbsent(name, _ -> new PathBook(path)).become(path));
    books.keySet().removeIf(name -> !next.paths().containsKey(name));
    legs.follow(next);
    ports.board().paths().stream()
        .map(PathView::name)
        .filter(name -> !next.paths().containsKey(name))
        .forEach(ports.board()::forget);
  }

  private void legsChanged(String path) {
    List<String> names = legs.names(path);
    book(path)
        .filter(_ -> !names.isEmpty())
        .ifPresent(book -> {
          book.legs(names);
          show(book);
        });
  }

  @Override
  public void due(List<String> paths, Instant slot) {
    if (closed) {
      return;
    }
    List<Flight> ready = new ArrayList<>();
    for (String name : paths) {
      book(name)
          .filter(book -> !book.isPaused())
          .ifPresent(book -> {
            if (legs.isUnknown(name)) {
              // Not known yet: the others do not wait for DNS.
              ports.agenda().at(slot, () -> dueOnceKnown(book, slot));
            } else {
              legs.inTurn(book.path(), slot).ifPresent(leg -> ready.add(flight(leg, slot)));
            }
          });
    }
    launch(ready, slot);
  }

  private void dueOnceKnown(PathBook book, Instant slot) {
    legs.ask(book.path().name());
    legs.inTurn(book.path(), slot).ifPresent(leg -> launch(List.of(flight(leg, slot)), slot));
  }

  /// A slot of one leg, where there is still such a leg.
  void dueOn(String path, String leg, Instant slot) {
    if (!closed && book(path).filter(book -> !book.isPaused()).isPresent()) {
      legs.find(path, leg).ifPresent(one -> launch(List.of(flight(one, slot)), slot));
    }
  }

  /// Sends one canary now, even on a path that is paused.
  ///
  /// @return empty when there is no such path
  /// @throws StoreException when it could not be put on record; it was not sent then
  public Optional<CanaryId> sendNow(String path) {
    if (legs.isUnknown(path)) {
      legs.ask(path);
    }
    Optional<Flight> flight =
        book(path).flatMap(_ -> legs.next(path)).map(leg -> flight(leg, ports.clock().instant()));
    flight.ifPresent(one -> putOnRecord(List.of(one)));
    flight.ifPresent(this::send);
    return flight.map(Flight::id);
  }

  /// @return false when there is no such path
  public boolean pause(String path) {
    Instant now = ports.clock().instant();
    Optional<PathBook> book = book(path);
    book.ifPresent(one -> {
      ports.store().pause(path, now);
      one.pause(now);
      show(one);
    });
    return book.isPresent();
  }

  /// @return false when there is no such path
  public boolean resume(String path) {
    Optional<PathBook> book = book(path);
    book.ifPresent(one -> {
      ports.store().resume(path);
      one.resume();
      show(one);
    });
    return book.isPresent();
  }

  /// A watcher finds something wrong with what a path depends on; empty: nothing any more.
  public void concern(String path, Optional<String> words) {
    book(path)
        .ifPresent(book -> {
          book.concern(words);
          show(book);
        });
  }

  /// The canary as it is in memory, which may be ahead of the store.
  public Optional<Canary> inMemory(CanaryId id) {
    return flights.find(id).map(Flight::canary);
  }

  /// All events of a canary, oldest first, those that are not on record yet among them.
  public List<StoredEvent> events(CanaryId id) {
    List<CanaryEvent> unwritten = flights.find(id).map(Flight::unwritten).orElse(List.of());
    List<StoredEvent> events = new ArrayList<>(ports.store().events(id));
    unwritten.stream()
        .map(StoredEvent::of)
        .filter(event -> !events.contains(event))
        .forEach(events::add);
    return events;
  }

  /// What a server said last of a canary that is in memory; may be empty.
  public String words(CanaryId id) {
    return flights.find(id).map(Flight::words).orElse("");
  }

  /// Judges all paths anew: some verdicts follow from time alone.
  public void refresh() {
    books.values().forEach(this::show);
  }

  /// Our own clock was set by `by`.
  public void clockStepped(Duration by) {
    Instant now = ports.clock().instant();
    flights.all().forEach(flight -> apply(flight, new CanaryEvent.ClockStepped(now, by), () -> {}));
  }

  /// This process stood still from one instant to the other.
  public void stalled(Instant from, Instant to) {
    mailboxes.missed(
        from, to, "this process stood still for " + Words.of(Duration.between(from, to)));
  }

  @Override
  public void close() {
    closed = true;
    legs.close();
    awaitSending();
    mailboxes.close();
  }

  /// A canary whose answer is cut off is in doubt for good.
  private void awaitSending() {
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

  // From due to handed over

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
            plan.service().site(),
            message.messageId(),
            message.content(),
            Promise.of(path),
            slot);
    return new Flight(path, leg.route(), canary, message);
  }

  /// The route that it was meant to take, or what its leg is now where that is not known.
  Optional<Route> route(Flight flight) {
    return Optional.ofNullable(flight.route)
        .or(() -> legs.find(flight.path.name(), flight.canary().leg()).map(Leg::route));
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
    ports.meters().lateness(Duration.between(slot, ports.clock().instant()));
    ready.forEach(this::send);
  }

  private void putOnRecord(List<Flight> ready) {
    Instant now = ports.clock().instant();
    ports
        .ledger()
        .commit(
            ready.stream()
                .map(one -> new JournalEntry(one.canary(), new CanaryEvent.Scheduled(now)))
                .toList());
    for (Flight flight : ready) {
      flights.add(flight);
      ports
          .board()
          .tally(flight.path.name())
          .entered(flight.canary().leg(), flight.canary().state().word(), "none");
      note(flight);
    }
  }

  private void send(Flight flight) {
    sending.add(flight);
    ports
        .senders()
        .execute(() -> {
          try {
            // Being on record as pending says already that it may have been tried.
            change(flight, new CanaryEvent.AttemptStarted(ports.clock().instant()));
            attempt(flight);
          } finally {
            sent(flight);
          }
        });
  }

  void sendAgain(Flight flight) {
    try {
      CanaryEvent event = new CanaryEvent.AttemptStarted(ports.clock().instant());
      Canary next = CanaryLifecycle.next(flight.canary(), event);
      ports.ledger().commit(List.of(new JournalEntry(next, event)));
      if (change(flight, event)) {
        attempt(flight);
      } else {
        // It turned up meanwhile, and the record must not end with an attempt that is not made.
        putRight(flight, event);
      }
    } catch (StoreException e) {
      waiting.wakeAt(flight, ports.clock().instant().plus(STORE_AWAY));
    }
  }

  private void attempt(Flight flight) {
    Optional<Route> route = route(flight);
    if (route.isEmpty()) {
      return;
    }
    Evidence evidence = ports.submitter().submit(route.get(), outgoing(flight));
    ports.meters().relayWait(evidence.times().getOrDefault(Stage.WAIT, Duration.ZERO));
    Meaning meaning = Meanings.of(evidence, context(flight));
    flight.say(Meanings.words(evidence, meaning));
    apply(flight, new CanaryEvent.Attempted(ports.clock().instant(), evidence, meaning), () -> {});
  }

  /// What is known of its mail, for judging what servers say of it.
  ReplyClassifier.Context context(Flight flight) {
    Optional<Duration> workedAgo =
        book(flight.path.name())
            .flatMap(PathBook::lastDelivered)
            .map(at -> Duration.between(at, now()));
    return Meanings.context(flight.path, workedAgo);
  }

  private Outgoing outgoing(Flight flight) {
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
        () -> flight.bytes(() -> CanaryMessage.of(flight.path, mark, canary.scheduledAt())),
        tag,
        flight.path.dsn());
  }

  // From event to state

  private boolean change(Flight flight, CanaryEvent event) {
    synchronized (flight) {
      Canary before = flight.canary();
      Canary after = CanaryLifecycle.next(before, event);
      flight.become(after);
      return !after.equals(before);
    }
  }

  /// Applies an event and lets everybody know who has to.
  void apply(Flight flight, CanaryEvent event, Runnable whenCommitted) {
    Canary before;
    Canary after;
    synchronized (flight) {
      before = flight.canary();
      after = CanaryLifecycle.next(before, event);
      flight.become(after);
      if (!after.equals(before) || event.isTestimony()) {
        write(flight, new JournalEntry(after, event), whenCommitted);
      } else if (flight.isOnRecord()) {
        whenCommitted.run();
        flights.forgetSettled(flight);
      }
    }
    if (!after.equals(before)) {
      changed(flight, before, after);
    }
    waiting.wake(flight);
  }

  private void putRight(Flight flight, CanaryEvent event) {
    synchronized (flight) {
      write(flight, new JournalEntry(flight.canary(), event), () -> {});
    }
  }

  private void write(Flight flight, JournalEntry entry, Runnable whenCommitted) {
    flight.writing(entry.event());
    ports
        .ledger()
        .add(
            entry,
            () -> {
              flight.written();
              whenCommitted.run();
              flights.forgetSettled(flight);
            });
  }

  private void changed(Flight flight, Canary before, Canary after) {
    boolean entered = !after.state().word().equals(before.state().word());
    if (entered) {
      ports
          .board()
          .tally(after.path())
          .entered(after.leg(), after.state().word(), after.cause().word());
    }
    if (before.copies() == 0 && after.copies() > 0 && after.latency() != null) {
      arrived(flight, after);
    }
    note(flight);
    ports.board().tell(new Board.News.OfCanary(after));
    if (entered) {
      confirming.confirm(flight);
    }
  }

  private void arrived(Flight flight, Canary canary) {
    Duration latency = canary.latency();
    if (latency != null) {
      ports.board().tally(canary.path()).delivered(latency);
    }
    Instant sent = canary.sentAt();
    Arrival arrival = canary.arrival();
    if (sent != null && arrival != null) {
      Duration took = Duration.between(sent, arrival.at());
      book(canary.path())
          .ifPresent(book -> book.looks(canary.leg()).found(flight.looksBy(arrival.at()), took));
    }
  }

  private void note(Flight flight) {
    book(flight.path.name())
        .ifPresent(book -> {
          book.note(flight.canary(), flight.words());
          show(book);
        });
  }

  private void show(PathBook book) {
    Instant now = ports.clock().instant();
    String name = book.path().name();
    Optional<PathView> before = ports.board().path(name);
    PathView view = book.view(mailboxes.blind(decisive(book.path()), now), now);
    if (before.map(old -> old.health().health() == view.health().health()).orElse(false)) {
      ports.board().refresh(view);
    } else {
      ports.board().show(view);
    }
  }

  // What the mailboxes tell

  private void found(FoundMessage message) {
    booking.found(message);
  }

  /// Where a canary that is seen for the first time spent its time on the way; nothing where our
  /// own clock cannot tell.
  List<HopWait> waits(Flight flight, List<Received> hops, Arrival arrival) {
    Canary canary = flight.canary();
    Optional<PathBook> book = book(canary.path());
    if (canary.copies() > 0 || !canary.measurable() || book.isEmpty()) {
      return List.of();
    }
    List<HopWait> waits = book.get().waits(canary, hops, arrival.at());
    ports.board().tally(canary.path()).waited(waits);
    return waits;
  }

  /// Answers a canary of a round trip, where its mailbox does so.
  void answer(Flight flight, CanaryTag tag, FoundMessage message) {
    Mailbox mailbox = plan.mailboxes().get(message.mailbox());
    if (mailbox != null && !closed) {
      responder.answer(mailbox, flight, tag, message);
    }
  }

  /// The first copy of a canary has been booked: whether it is what it says is found out apart.
  void inspect(Flight flight, FoundMessage message) {
    CanaryId id = flight.id();
    inspecting.arrived(
        flight.path,
        plan.mailboxes().get(message.mailbox()),
        message,
        now(),
        checks -> authenticated(id, checks));
  }

  private void authenticated(CanaryId id, List<AuthenticationCheck> checks) {
    try {
      // It may have been forgotten and brought back meanwhile.
      booking
          .flight(id)
          .ifPresent(
              flight -> apply(flight, new CanaryEvent.Authenticated(now(), checks), () -> {}));
    } catch (StoreException e) {
      LOG.warn("the authentication of canary {} is not on record: {}", id.value(), e.getMessage());
    }
  }

  void delete(String mailbox, MessageKey key) {
    mailboxes.delete(mailbox, key);
  }

  /// A canary that is no longer in memory, brought back because it turned up again.
  Optional<Flight> revive(Canary canary) {
    return plan.path(canary.path()).map(path -> flightOf(path, canary));
  }

  boolean isClosed() {
    return closed;
  }

  private Flight flightOf(MailPath path, Canary canary) {
    Optional<Leg> leg = legs.find(path.name(), canary.leg());
    return new Flight(
        leg.map(Leg::path).orElseGet(() -> Legs.variant(path, canary.leg())),
        leg.map(Leg::route).orElse(null),
        canary);
  }

  /// The canary, in memory or brought back there.
  Optional<Flight> flightOf(CanaryId id) {
    return flights
        .find(id)
        .or(() -> ports.store().find(id).flatMap(this::revive).map(flights::addIfAbsent));
  }

  Instant now() {
    return ports.clock().instant();
  }

  /// The mailbox that shows whether a canary fared as promised: it has to be seen.
  static String decisive(Flight flight) {
    return flight.path.expect().outcome() == Expectation.Outcome.BOUNCED
        ? flight.path.bouncesTo()
        : flight.canary().promise().mailbox();
  }

  private static String decisive(MailPath path) {
    return path.expect().outcome() == Expectation.Outcome.BOUNCED
        ? path.bouncesTo()
        : path.arrivesIn();
  }

  private void sightChanged(String mailbox) {
    books.values().stream()
        .filter(book -> decisive(book.path()).equals(mailbox))
        .forEach(this::show);
    flights.all().stream()
        .filter(flight -> decisive(flight).equals(mailbox))
        .forEach(waiting::wake);
  }

  // After a restart

  private void recover(Canary canary) {
    Optional<MailPath> path = plan.path(canary.path());
    if (path.isEmpty()) {
      return;
    }
    Flight flight = flights.addIfAbsent(flightOf(path.get(), canary));
    apply(flight, new CanaryEvent.Recovered(ports.clock().instant()), () -> {});
    note(flight);
  }

  Optional<PathBook> book(String path) {
    return Optional.ofNullable(books.get(path));
  }
}
