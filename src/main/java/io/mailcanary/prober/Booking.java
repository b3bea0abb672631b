package io.mailcanary.prober;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.canary.TagCheck;
import io.mailcanary.canary.TagReader;
import io.mailcanary.mail.HopTrace;
import io.mailcanary.mail.MailReport;
import io.mailcanary.mail.Received;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.MailPath;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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
  private final Reports reports;
  private final Replies replies;
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
    reports = new Reports(this, prober);
    replies = new Replies(this, prober);
  }

  void found(FoundMessage message) {
    TagReader.Reading reading = TagReader.read(message.head(), message.bytes());
    if (reading.own()) {
      canary(message, reading);
      return;
    }
    MailReport report = MailReport.of(message.head());
    switch (report.kind()) {
      case DELIVERY_STATUS -> reports.found(message, report);
      case AUTO_REPLY, FEEDBACK, MESSAGE -> {
        if (!replies.found(message, reading)) {
          canary(message, reading);
        }
      }
    }
  }

  private void canary(FoundMessage message, TagReader.Reading reading) {
    Verified verified = verify(reading.tags());
    if (verified.tag().isPresent() && !reading.report()) {
      book(message, reading, verified.tag().get());
    } else if (verified.tag().isEmpty() && !verified.refused().isEmpty()) {
      count(message, verified.refused());
    }
  }

  /// The first tag that we signed.
  ///
  /// @param refused why there is none; empty where nothing looks like one
  record Verified(Optional<CanaryTag> tag, String refused) {}

  Verified verify(List<String> texts) {
    String refused = "";
    for (String text : texts) {
      switch (keys.get().verify(text)) {
        case TagCheck.Genuine(CanaryTag genuine) -> {
          return new Verified(Optional.of(genuine), "");
        }
        case TagCheck.Forged _ -> refused = "forged";
        case TagCheck.UnknownKey _ -> refused = refused.isEmpty() ? "unknown-key" : refused;
      }
    }
    return new Verified(Optional.empty(), refused);
  }

  private void book(FoundMessage message, TagReader.Reading reading, CanaryTag tag) {
    Optional<Flight> known = flight(tag.id());
    if (known.isEmpty()) {
      // Signed with our key and not on our record: another instance's. It will look for it.
      return;
    }
    Flight flight = known.get();
    if (flight.path.kind() == MailPath.Kind.ROUND_TRIP) {
      replies.reachedFarEnd(message, tag, flight);
    } else {
      book(message, reading, flight);
    }
    flights.forgetSettled(flight);
  }

  private void book(FoundMessage message, TagReader.Reading reading, Flight flight) {
    Canary canary = flight.canary();
    Arrival arrival = arrival(message);
    boolean altered = canary.content().differsFrom(reading.content());
    boolean again = canary.copies() > 0 && !arrival.isSameMessage(canary.arrival());
    if (isTooLate(canary, message) || (again && altered)) {
      count(message, "replayed");
      return;
    }
    if (again && isBooked(canary.id(), arrival)) {
      deleteOnceOnRecord(message, flight);
      return;
    }
    String where = "in folder %s of mailbox %s".formatted(message.folder(), message.mailbox());
    List<Received> hops = HopTrace.of(message.head()).hops();
    boolean takenBack = canary.state() instanceof CanaryState.Bounced;
    flight.say(takenBack ? where + "; " + Words.TAKEN_BACK : where);
    Runnable delete = () -> prober.delete(message.mailbox(), message.key());
    // What is not all in memory is read again when it is looked at closer.
    Runnable needless = !again && message.isCut() ? new Second(delete) : delete;
    prober.apply(
        flight,
        new CanaryEvent.Sighted(
            prober.now(), arrival, altered, hops, prober.waits(flight, hops, arrival)),
        needless);
    if (!again) {
      prober.inspect(flight, message, needless == delete ? () -> {} : needless);
    }
  }

  /// Does something when it is asked to for the second time.
  private static final class Second implements Runnable {
    private final AtomicInteger asked = new AtomicInteger();
    private final Runnable action;

    Second(Runnable action) {
      this.action = action;
    }

    @Override
    public void run() {
      if (asked.incrementAndGet() == 2) {
        action.run();
      }
    }
  }

  Arrival arrival(FoundMessage message) {
    return new Arrival(
        message.at(),
        message.resolution(),
        prober.now(),
        message.mailbox(),
        message.folder(),
        message.uid());
  }

  /// Whether a canary was closed before this came.
  boolean isTooLate(Canary canary, FoundMessage message) {
    return canary.lostAt().plus(OPEN_AFTER_LOST).isBefore(message.at());
  }

  /// Removes what was booked before. What is not on record yet is removed once it is.
  void deleteOnceOnRecord(FoundMessage message, Flight flight) {
    if (flight.isOnRecord()) {
      prober.delete(message.mailbox(), message.key());
    }
  }

  /// The flight of a canary, brought back from the record where it is no longer in memory.
  Optional<Flight> flight(CanaryId id) {
    return flights
        .find(id)
        .or(() -> store.find(id).flatMap(prober::revive).map(flights::addIfAbsent));
  }

  void forgetSettled(Flight flight) {
    flights.forgetSettled(flight);
  }

  /// Whether this very message was booked before: readers tell what is there anew when they
  /// reconnect.
  boolean isBooked(CanaryId id, Arrival arrival) {
    return prober.events(id).stream()
        .map(event -> event.detail())
        .anyMatch(detail ->
            arrival.mailbox().equals(detail.get("mailbox"))
                && arrival.folder().equals(detail.get("folder"))
                && arrival.uid().equals(detail.get("uid")));
  }

  /// Counts a message that changes nothing, once.
  void count(FoundMessage message, String kind) {
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
        "mailbox {} holds a message that counts for no canary: {} {} {}",
        message.mailbox(),
        kind,
        message.folder(),
        message.uid());
  }
}
