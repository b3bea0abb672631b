package io.mailcanary.prober;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryMessage;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Promise;
import io.mailcanary.canary.Sight;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Relay;
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
import io.mailcanary.verdict.Confirmation;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes canaries from due to fate.
///
/// A canary is put on record, then handed to its relay, then looked for. Whatever is learned of it
/// becomes an event; [CanaryLifecycle] says what follows, the ledger keeps it, the board shows it.
/// One wake-up a canary does the waiting: for the next look, the next attempt, the next deadline.
public final class Prober implements Wheel, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Prober.class);
  private static final Duration SHORTEST_NAP = Duration.ofSeconds(1);
  private static final Duration STORE_AWAY = Duration.ofSeconds(5);
  private static final Duration LAST_WORDS = Duration.ofSeconds(5);
  private static final int FIRST_LIGHT = 50;

  private final Ports ports;
  private final Flights flights = new Flights();
  private final Set<Flight> sending = ConcurrentHashMap.newKeySet();
  private final Map<String, PathBook> books = new ConcurrentHashMap<>();
  private final Mailboxes mailboxes;
  private final Booking booking;
  private final SecureRandom random = new SecureRandom();
  private volatile Plan plan;
  private volatile boolean closed;

  /// What the prober works with.
  ///
  /// @param senders hands each canary over on a thread of its own: none waits for another
  public record Ports(
      Submitter submitter,
      Executor senders,
      ReaderFactory readers,
      Ledger ledger,
      CanaryStore store,
      Agenda agenda,
      InstantSource clock,
      Supplier<SigningKeys> keys,
      Board board,
      ProberMeters meters) {}

  public Prober(Ports ports, Plan plan) {
    this.ports = ports;
    this.plan = plan;
    mailboxes =
        new Mailboxes(
            ports.readers(), ports.clock(), ports.board(), this::found, this::sightChanged);
    booking = new Booking(ports.keys(), ports.meters(), flights, ports.store(), this);
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
    ports.board().paths().stream()
        .map(PathView::name)
        .filter(name -> !next.paths().containsKey(name))
        .forEach(ports.board()::forget);
  }

  @Override
  public void due(List<String> paths, Instant slot) {
    if (closed) {
      return;
    }
    List<Flight> ready = new ArrayList<>();
    for (String name : paths) {
      book(name).filter(book -> !book.isPaused()).ifPresent(book -> ready.add(flight(book, slot)));
    }
    launch(ready, slot);
  }

  /// Sends one canary now, even on a path that is paused.
  ///
  /// @return empty when there is no such path
  /// @throws StoreException when it could not be put on record; it was not sent then
  public Optional<CanaryId> sendNow(String path) {
    Optional<Flight> flight = book(path).map(book -> flight(book, ports.clock().instant()));
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

  private Flight flight(PathBook book, Instant slot) {
    MailPath path = book.path();
    byte[] nonce = new byte[CanaryId.RANDOM_BYTES];
    random.nextBytes(nonce);
    CanaryId id = CanaryId.of(ports.clock().instant(), nonce);
    CanaryTag tag = ports.keys().get().sign(id, path.name());
    CanaryMessage message = CanaryMessage.of(path, tag, slot);
    Canary canary =
        Canary.due(
            id,
            path.name(),
            "",
            plan.service().site(),
            message.messageId(),
            message.content(),
            Promise.of(path),
            slot);
    return new Flight(path, relayOf(path), canary, message);
  }

  private @Nullable Relay relayOf(MailPath path) {
    return plan.relays().get(path.via());
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

  private void sendAgain(Flight flight) {
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
      wakeAt(flight, ports.clock().instant().plus(STORE_AWAY));
    }
  }

  private void attempt(Flight flight) {
    Relay relay = flight.relay;
    if (relay == null) {
      return;
    }
    Evidence evidence = ports.submitter().submit(relay, outgoing(flight));
    ports.meters().relayWait(evidence.times().getOrDefault(Stage.WAIT, Duration.ZERO));
    flight.say(Words.of(evidence));
    apply(flight, new CanaryEvent.Attempted(ports.clock().instant(), evidence), () -> {});
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
      if (!after.equals(before)) {
        write(flight, new JournalEntry(after, event), whenCommitted);
      } else if (flight.isOnRecord()) {
        whenCommitted.run();
        flights.forgetSettled(flight);
      }
    }
    if (!after.equals(before)) {
      changed(flight, before, after);
    }
    wake(flight);
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
      confirm(flight);
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
      book(canary.path()).ifPresent(book -> book.looks.found(flight.looks(), took));
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
    PathView view = book.view(mailboxes.blind(book.path().arrivesIn(), now), now);
    if (before.map(old -> old.health().health() == view.health().health()).orElse(false)) {
      ports.board().refresh(view);
    } else {
      ports.board().show(view);
    }
  }

  // Waiting

  private void wake(Flight flight) {
    if (closed) {
      return;
    }
    Instant now = ports.clock().instant();
    Canary canary = flight.canary();
    Optional<Instant> next =
        switch (canary.state()) {
          case CanaryState.Deferred(Instant again, boolean attempting) ->
              attempting ? Optional.empty() : Optional.of(again);
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

  private void wakeAt(Flight flight, Instant at) {
    flight.wakeBy(ports.agenda().at(at, () -> woken(flight)));
  }

  /// The next look, doubt or deadline of a canary that is on its way.
  private Instant nextStep(Flight flight, Canary canary, Instant now) {
    Instant deadline = deadline(canary, now);
    boolean blind = sight(canary, now).blind();
    // While nothing can be seen the deadline moves along, however near it is.
    Instant soonest = blind || !deadline.isAfter(now) ? now.plus(SHORTEST_NAP) : now;
    Instant next = deadline.isAfter(soonest) ? deadline : soonest;
    Optional<PathBook> book = book(canary.path());
    if (book.isPresent() && canary.state() instanceof CanaryState.InTransit) {
      Instant doubt = canary.start().plus(book.get().usual());
      if (!flight.isDoubted()) {
        next = doubt.isBefore(next) ? doubt : next;
      }
      if (canary.sentAt() != null && !LookPlan.isOver(flight.looks())) {
        Instant look = canary.sentAt().plus(book.get().looks.after(flight.looks()));
        next = look.isBefore(next) ? look : next;
      }
    }
    return next;
  }

  private void woken(Flight flight) {
    if (closed) {
      return;
    }
    Instant now = ports.clock().instant();
    Canary canary = flight.canary();
    switch (canary.state()) {
      case CanaryState.Deferred(Instant again, boolean attempting) -> {
        if (again.isAfter(now)) {
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
    if (now.isBefore(canary.lostAt()) && flight.relay != null) {
      sendAgain(flight);
    } else if (now.isBefore(canary.lostAt())) {
      wakeAt(flight, canary.lostAt());
    } else {
      check(flight, canary, now);
    }
  }

  private void onItsWay(Flight flight, Canary canary, Instant now) {
    Optional<PathBook> book = book(canary.path());
    if (book.isPresent()) {
      if (canary.sentAt() != null && !LookPlan.isOver(flight.looks())) {
        Instant look = canary.sentAt().plus(book.get().looks.after(flight.looks()));
        if (!look.isAfter(now)) {
          flight.looked();
          mailboxes.look(canary.promise().mailbox());
        }
      }
      if (!canary.start().plus(book.get().usual()).isAfter(now) && flight.doubt()) {
        mailboxes.prove(canary.promise().mailbox());
        confirm(flight);
      }
    }
    check(flight, canary, now);
  }

  private void check(Flight flight, Canary canary, Instant now) {
    CanaryEvent event = new CanaryEvent.Checked(now, sight(canary, now));
    String mailbox = canary.promise().mailbox();
    if (isBlame(canary, event) && !mailboxes.isSeenSince(mailbox, deadline(canary, now))) {
      // It may be there: a reader that has gone blind just now does not know it yet.
      mailboxes.look(mailbox);
      wakeAt(flight, now.plus(SHORTEST_NAP));
      return;
    }
    apply(flight, event, () -> {});
  }

  /// Whether it would now be said that the canary did not arrive.
  private static boolean isBlame(Canary canary, CanaryEvent event) {
    CanaryState next = CanaryLifecycle.next(canary, event).state();
    boolean missing = next instanceof CanaryState.Overdue || next instanceof CanaryState.Lost;
    return missing
        && !(canary.state() instanceof CanaryState.Deferred)
        && !next.word().equals(canary.state().word());
  }

  /// The one that it is judged by.
  private Instant deadline(Canary canary, Instant now) {
    Duration blindFor = sight(canary, now).blindFor();
    return canary.state() instanceof CanaryState.Overdue
        ? canary.lostAt().plus(blindFor)
        : canary.overdueAt(blindFor);
  }

  private Sight sight(Canary canary, Instant now) {
    return mailboxes.sightOf(canary.promise().mailbox(), canary.start(), now);
  }

  // At the first doubt

  /// Asks the path again where one canary leaves a doubt.
  private void confirm(Flight flight) {
    Canary canary = flight.canary();
    Optional<PathBook> known = book(canary.path());
    if (known.isEmpty()) {
      return;
    }
    PathBook book = known.get();
    Instant now = ports.clock().instant();
    Confirmation decision =
        Confirmation.of(
            canary,
            flight.words(),
            flight.path.confirm(),
            book.usual(),
            book.lastBurst(),
            mailboxes.blind(canary.promise().mailbox(), now).isPresent() || book.isPaused(),
            now);
    if (decision instanceof Confirmation.Burst(String reason)) {
      book.burst(now);
      LOG.info("path {} is asked again: {}", canary.path(), reason);
      burst(flight.path, now);
    }
  }

  private void burst(MailPath path, Instant now) {
    for (int i = 1; i <= path.confirm().canaries(); i++) {
      Instant when = now.plus(path.confirm().every().multipliedBy(i));
      ports.agenda().at(when, () -> due(List.of(path.name()), when));
    }
  }

  // What the mailboxes tell

  private void found(FoundMessage message) {
    booking.found(message);
  }

  void delete(String mailbox, MessageKey key) {
    mailboxes.delete(mailbox, key);
  }

  /// A canary that is no longer in memory, brought back because it turned up again.
  Optional<Flight> revive(Canary canary) {
    return plan.path(canary.path()).map(path -> new Flight(path, relayOf(path), canary));
  }

  Instant now() {
    return ports.clock().instant();
  }

  private void sightChanged(String mailbox) {
    books.values().stream()
        .filter(book -> book.path().arrivesIn().equals(mailbox))
        .forEach(this::show);
    flights.all().stream()
        .filter(flight -> flight.canary().promise().mailbox().equals(mailbox))
        .forEach(this::wake);
  }

  // After a restart

  private void recover(Canary canary) {
    Optional<MailPath> path = plan.path(canary.path());
    if (path.isEmpty()) {
      return;
    }
    Flight flight = flights.addIfAbsent(new Flight(path.get(), relayOf(path.get()), canary));
    apply(flight, new CanaryEvent.Recovered(ports.clock().instant()), () -> {});
    note(flight);
  }

  private Optional<PathBook> book(String path) {
    return Optional.ofNullable(books.get(path));
  }
}
