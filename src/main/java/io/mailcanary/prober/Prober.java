package io.mailcanary.prober;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.HopWait;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.Finding;
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
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.Tally;
import io.mailcanary.schedule.Wheel;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.StoreException;
import io.mailcanary.store.StoredEvent;
import io.mailcanary.submission.Route;
import io.mailcanary.submission.RoutePlan;
import io.mailcanary.verdict.ReplyClassifier;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes canaries from due to fate.
///
/// A canary is put on record, then handed to its relay, then looked for. Whatever is learned of it
/// becomes an event; [CanaryLifecycle] says what follows, the ledger keeps it, the board shows it.
public final class Prober implements Wheel, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
  private static final int FIRST_LIGHT = 50;

  /// Longer than it takes from a canary's making until it is in memory, or given up.
  private static final Duration SURELY_LAUNCHED = Duration.ofSeconds(30);

  /// How far back a restart looks for what judges a path.
  private static final Duration RECALLED = Duration.ofDays(2);

  private final Ports ports;
  private final Flights flights = new Flights();
  private final Books books;
  private final Mailboxes mailboxes;
  private final Legs legs;
  private final Confirming confirming;
  private final Waiting waiting;
  private final ReceiverLimit limit;
  private final Launching launching;
  private final Booking booking;
  private final OwnReceivers ownReceivers;
  private final QueuedCanaries queuedCanaries;
  private final Inspecting inspecting;
  private final Responder responder;
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
    books = new Books(ports.board(), ports.store(), ports.clock(), mailboxes);
    legs = new Legs(ports.routes(), ports.agenda(), ports.clock(), this::legsChanged);
    confirming = new Confirming(ports.agenda(), ports.clock(), mailboxes, this);
    waiting = new Waiting(ports.agenda(), ports.clock(), mailboxes, confirming, this);
    limit = new ReceiverLimit(ports.meters(), plan);
    launching = new Launching(ports, legs, books, flights, waiting, limit, this);
    responder = new Responder(ports, limit, this);
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
    start(ports.store().open());
  }

  /// As [#start()] on a record that others may share: what is open is taken over once it is known
  /// whose it is.
  public void startAmongOthers() {
    start(List.of());
  }

  private void start(List<Canary> open) {
    Instant now = ports.clock().instant();
    books.follow(plan);
    legs.follow(plan);
    books.recall(ports.store().recent(now.minus(RECALLED), PathBook.KEPT));
    open.forEach(this::recover);
    // Last, since what the readers find is booked on what is known by then.
    mailboxes.follow(plan.mailboxes());
    refresh();
  }

  @Override
  public void due(List<String> paths, Instant slot) {
    launching.due(paths, slot);
  }

  /// A slot of one leg, where there is still such a leg.
  void dueOn(String path, String leg, Instant slot) {
    launching.dueOn(path, leg, slot);
  }

  void sendAgain(Flight flight) {
    launching.sendAgain(flight);
  }

  /// Sends one canary now, even on a path that is paused.
  ///
  /// @return empty when there is no such path
  /// @throws StoreException when it could not be put on record; it was not sent then
  /// @throws WithheldException when its receiver would have got too much; it was not sent then
  public Optional<CanaryId> sendNow(String path) {
    return launching.sendNow(path);
  }

  /// Sends one canary at once on paths that were never probed, so that a newcomer sees something.
  public void firstLight() {
    List<String> dark = books.neverProbed(FIRST_LIGHT);
    if (!dark.isEmpty()) {
      due(dark, ports.clock().instant());
    }
  }

  /// Works by these probe files from now on; canaries in flight keep those they left with.
  public void follow(Plan next) {
    plan = next;
    limit.follow(next);
    books.follow(next);
    legs.follow(next);
    mailboxes.follow(next.mailboxes());
    refresh();
  }

  private void legsChanged(String path) {
    List<String> names = legs.names(path);
    if (!names.isEmpty()) {
      books.legs(path, names);
    }
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

  /// A canary stands so on record, where other replicas write, too.
  ///
  /// @param words what a server said of it last; may be empty
  public void learned(Canary canary, String words) {
    Optional<Flight> flight = flights.find(canary.id());
    if (flight.isPresent()) {
      learned(flight.get(), canary);
    } else {
      books.learn(canary, words);
    }
  }

  /// Somebody else sent it or found it, and deleted it: we would send it again, or look in vain.
  private void learned(Flight flight, Canary canary) {
    synchronized (flight) {
      Canary ours = flight.canary();
      boolean further =
          canary.copies() > ours.copies()
              || (canary.sentAt() != null && ours.sentAt() == null)
              || (canary.state().isSettled() && !ours.state().isSettled());
      if (!flight.isOnRecord() || !further) {
        return;
      }
      flight.become(canary);
      if (flight.isOurs()) {
        count(ours, canary);
      }
    }
    books.note(flight);
    waiting.wake(flight);
    flights.forgetSettled(flight);
  }

  /// A canary stands so on record, since others write of it, too, and we just did.
  public void stands(Canary canary) {
    Optional<Flight> flight = flights.find(canary.id());
    if (flight.isEmpty()) {
      books.learn(canary, "");
      return;
    }
    synchronized (flight.get()) {
      Canary before = flight.get().canary();
      Canary next = canary.alsoTried(before);
      for (CanaryEvent event : flight.get().unwritten()) {
        next = CanaryLifecycle.next(next, event);
      }
      flight.get().become(next);
      if (flight.get().isOurs()) {
        count(before, next);
      }
    }
    books.note(flight.get());
    waiting.wake(flight.get());
    flights.forgetSettled(flight.get());
  }

  /// Shares the work with others.
  ///
  /// @param net of which mailboxes this replica keeps the net
  /// @param replicas how many there are
  public void share(Predicate<String> net, int replicas) {
    mailboxes.share(net);
    limit.share(replicas);
  }

  /// These paths are paused, whoever did it, and no others.
  public void pauses(Map<String, Instant> since) {
    books.pauses(since);
  }

  /// Goes on with canaries of replicas that are gone; they are ours by now.
  public void takeOver(List<Canary> canaries) {
    canaries.forEach(this::recover);
  }

  /// We may have been thought dead: what others took over is theirs, and what is ours by the record
  /// is gone on with.
  ///
  /// @throws StoreException when the record cannot be read
  public void giveWhatWasTaken() {
    List<Flight> known =
        flights.all().stream().filter(one -> one.isOurs() && one.isOnRecord()).toList();
    Set<CanaryId> ours = ports.store().ours();
    known.stream()
        .filter(flight -> !ours.contains(flight.id()))
        .filter(flight -> !flight.canary().state().isSettled())
        .forEach(this::give);
    // Put on record by a commit whose answer never came: nobody else would wait for them.
    Instant launched = now().minus(SURELY_LAUNCHED);
    ours.stream()
        .filter(id -> flights.find(id).isEmpty() && id.madeAt().isBefore(launched))
        .flatMap(id -> ports.store().find(id).stream())
        .filter(canary -> !canary.state().isSettled())
        .forEach(this::recover);
  }

  /// Another replica takes care of it; what it does is learnt from the record.
  void give(Flight flight) {
    flights.give(flight);
    try {
      ports.store().find(flight.id()).ifPresent(canary -> books.learn(canary, flight.words()));
    } catch (StoreException e) {
      LOG.debug("canary {} is another replica's: {}", flight.id(), e.getMessage());
    }
  }

  /// What a server said last of a canary that is in memory; may be empty.
  public String words(CanaryId id) {
    return flights.find(id).map(Flight::words).orElse("");
  }

  /// When a canary that is in memory was looked for.
  public List<Instant> looks(CanaryId id) {
    return flights.find(id).map(Flight::looksAt).orElse(List.of());
  }

  /// @return false when there is no such path
  public boolean pause(String path) {
    return books.pause(path);
  }

  /// @return false when there is no such path
  public boolean resume(String path) {
    return books.resume(path);
  }

  /// A watcher finds something wrong with what a path depends on; empty: nothing any more.
  public void concern(String path, Optional<String> words) {
    books.concern(path, words);
  }

  /// Judges all paths anew: some verdicts follow from time alone.
  public void refresh() {
    limit.show(ports.board(), ports.clock().instant());
    books.refresh();
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
    launching.awaitSending();
    mailboxes.close();
  }

  /// The route that it was meant to take, or what its leg is now where that is not known.
  Optional<Route> route(Flight flight) {
    return Optional.ofNullable(flight.route)
        .or(() -> legs.find(flight.path.name(), flight.canary().leg()).map(Leg::route));
  }

  /// What is known of its mail, for judging what servers say of it.
  ReplyClassifier.Context context(Flight flight) {
    Optional<Duration> workedAgo =
        book(flight.path.name())
            .flatMap(PathBook::lastDelivered)
            .map(at -> Duration.between(at, now()));
    return Meanings.context(flight.path, workedAgo);
  }

  /// This replica's site.
  String site() {
    return plan.service().site();
  }

  // From event to state

  boolean change(Flight flight, CanaryEvent event) {
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

  void putRight(Flight flight, CanaryEvent event) {
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
    // Another replica's canary is that one's to count.
    if (flight.isOurs() || before.state().isSettled()) {
      count(before, after);
    }
    if (before.copies() == 0 && after.copies() > 0 && after.latency() != null) {
      arrived(flight, after);
    }
    books.note(flight);
    ports.board().tell(new Board.News.OfCanary(after));
    if (entered) {
      confirming.confirm(flight);
    }
  }

  private void count(Canary before, Canary after) {
    Tally tally = ports.board().tally(after.path());
    if (!after.state().word().equals(before.state().word())) {
      tally.entered(after.leg(), after.state().word(), after.cause().word());
    }
    Duration latency = after.latency();
    if (before.copies() == 0 && after.copies() > 0 && latency != null) {
      tally.delivered(latency);
    }
  }

  private void arrived(Flight flight, Canary canary) {
    Instant sent = canary.sentAt();
    Arrival arrival = canary.arrival();
    if (sent != null && arrival != null) {
      Duration took = Duration.between(sent, arrival.at());
      boolean missed =
          flight
              .firstLook()
              .filter(look -> mailboxes.isSeenSince(arrival.mailbox(), look))
              .isPresent();
      book(canary.path()).ifPresent(book -> book.looks(canary.leg()).found(missed, took));
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

  /// Whose clocks on the way of a path are wrong.
  public List<Finding> skews(String path) {
    return book(path).map(PathBook::skews).orElse(List.of());
  }

  /// Answers a canary of a round trip, where its mailbox does so.
  void answer(Flight flight, CanaryTag tag, FoundMessage message) {
    Mailbox mailbox = plan.mailboxes().get(message.mailbox());
    if (mailbox != null && !closed) {
      responder.answer(mailbox, flight, tag, message);
    }
  }

  /// The first copy of a canary has been booked: whether it is what it says is found out apart.
  ///
  /// @param done when the message is needed no more
  void inspect(Flight flight, FoundMessage message, Runnable done) {
    CanaryId id = flight.id();
    inspecting.arrived(
        flight.path,
        plan.mailboxes().get(message.mailbox()),
        message,
        now(),
        checks -> {
          done.run();
          if (!checks.isEmpty()) {
            authenticated(id, checks);
          }
        });
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

  private void sightChanged(String mailbox) {
    books.sightChanged(mailbox);
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
    flight.claim(now());
    apply(flight, new CanaryEvent.Recovered(ports.clock().instant()), () -> {});
    books.note(flight);
  }

  Optional<PathBook> book(String path) {
    return books.find(path);
  }
}
