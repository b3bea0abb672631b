package io.mailcanary.prober;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.canary.TagCheck;
import io.mailcanary.canary.TagReader;
import io.mailcanary.mail.HopTrace;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.store.CanaryStore;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Books what the mailboxes hold. Only a message with a tag that we signed, for a canary that is on
/// record, changes anything; everything else is counted and left where it is.
final class Booking {
  private static final Logger LOG = LoggerFactory.getLogger(Booking.class);

  /// How long after its deadline a canary may still turn up.
  private static final Duration OPEN_AFTER_LOST = Duration.ofDays(10);

  private static final int MOST_REMEMBERED = 10_000;

  private final Supplier<SigningKeys> keys;
  private final ProberMeters meters;
  private final Flights flights;
  private final CanaryStore store;
  private final Prober prober;
  private final LinkedHashSet<String> counted = new LinkedHashSet<>();

  Booking(
      Supplier<SigningKeys> keys,
      ProberMeters meters,
      Flights flights,
      CanaryStore store,
      Prober prober) {
    this.keys = keys;
    this.meters = meters;
    this.flights = flights;
    this.store = store;
    this.prober = prober;
  }

  void found(FoundMessage message) {
    TagReader.Reading reading = TagReader.read(message.head(), message.bytes());
    Optional<CanaryTag> tag = Optional.empty();
    String refused = "";
    for (String text : reading.tags()) {
      switch (keys.get().verify(text)) {
        case TagCheck.Genuine(CanaryTag genuine) -> tag = tag.or(() -> Optional.of(genuine));
        case TagCheck.Forged _ -> refused = "forged";
        case TagCheck.UnknownKey _ -> refused = refused.isEmpty() ? "unknown-key" : refused;
      }
    }
    if (tag.isPresent() && !reading.report()) {
      book(message, reading, tag.get());
    } else if (tag.isEmpty() && !refused.isEmpty()) {
      count(message, refused);
    }
  }

  private void book(FoundMessage message, TagReader.Reading reading, CanaryTag tag) {
    Optional<Flight> known = flight(tag.id());
    if (known.isEmpty()) {
      // Signed with our key and not on our record: another instance's. It will look for it.
      return;
    }
    book(message, reading, known.get());
    flights.forgetSettled(known.get());
  }

  private void book(FoundMessage message, TagReader.Reading reading, Flight flight) {
    Canary canary = flight.canary();
    Arrival arrival =
        new Arrival(
            message.at(),
            message.resolution(),
            prober.now(),
            message.mailbox(),
            message.folder(),
            message.uid());
    boolean altered = canary.content().differsFrom(reading.content());
    boolean again = canary.copies() > 0 && !arrival.isSameMessage(canary.arrival());
    if (canary.lostAt().plus(OPEN_AFTER_LOST).isBefore(message.at()) || (again && altered)) {
      count(message, "replayed");
      return;
    }
    if (again && isBooked(canary.id(), arrival)) {
      // What is not on record yet is removed once it is.
      if (flight.isOnRecord()) {
        prober.delete(message.mailbox(), message.key());
      }
      return;
    }
    flight.say("in folder %s of mailbox %s".formatted(message.folder(), message.mailbox()));
    prober.apply(
        flight,
        new CanaryEvent.Sighted(prober.now(), arrival, altered, HopTrace.of(message.head()).hops()),
        () -> prober.delete(message.mailbox(), message.key()));
    if (!again) {
      prober.inspect(flight, message);
    }
  }

  /// The flight of a canary, brought back from the record where it is no longer in memory.
  Optional<Flight> flight(CanaryId id) {
    return flights
        .find(id)
        .or(() -> store.find(id).flatMap(prober::revive).map(flights::addIfAbsent));
  }

  /// Whether this very copy was booked before: readers tell what is there anew when they reconnect.
  private boolean isBooked(CanaryId id, Arrival arrival) {
    return prober.events(id).stream()
        .filter(event -> event.kind().equals("sighted"))
        .map(event -> event.detail())
        .anyMatch(detail ->
            arrival.mailbox().equals(detail.get("mailbox"))
                && arrival.folder().equals(detail.get("folder"))
                && arrival.uid().equals(detail.get("uid")));
  }

  private void count(FoundMessage message, String kind) {
    synchronized (counted) {
      String key = message.mailbox() + " " + message.folder() + " " + message.uid();
      if (!counted.add(key)) {
        return;
      }
      if (counted.size() > MOST_REMEMBERED) {
        counted.removeFirst();
      }
    }
    meters.unverified(message.mailbox(), kind);
    LOG.info(
        "mailbox {} holds a message with a tag that does not count: {} {} {}",
        message.mailbox(),
        kind,
        message.folder(),
        message.uid());
  }
}
