package io.mailcanary.prober;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.ReplyMessage;
import io.mailcanary.canary.TagReader;
import io.mailcanary.mail.HeaderBlock;
import io.mailcanary.mail.HopTrace;
import io.mailcanary.mail.Received;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.MailPath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Round trips: a canary that reached the far end, and the answer that came back. Whether a
/// responder of somebody else wrote it or ours did is all the same (RFC 3834 §3.1.5).
final class Replies {
  private static final int MOST_TAGS = 8;

  private final Booking booking;
  private final Prober prober;

  Replies(Booking booking, Prober prober) {
    this.booking = booking;
    this.prober = prober;
  }

  /// Takes a message that answers a canary of ours.
  ///
  /// @return false when it answers none
  boolean found(FoundMessage message, TagReader.Reading reading) {
    List<String> tags = new ArrayList<>(tags(message.head()));
    boolean refers = !tags.isEmpty();
    tags.addAll(reading.tags());
    Optional<CanaryTag> tag = booking.verify(tags).tag();
    Optional<Flight> known = tag.flatMap(one -> booking.flight(one.id()));
    if (known.isEmpty()) {
      return tag.isPresent() && refers;
    }
    Flight flight = known.get();
    boolean answers = flight.path.kind() == MailPath.Kind.ROUND_TRIP;
    if (answers) {
      book(message, flight);
    }
    booking.forgetSettled(flight);
    // Whoever answers other canaries is no concern of ours.
    return answers || refers;
  }

  private void book(FoundMessage message, Flight flight) {
    Canary canary = flight.canary();
    Arrival arrival = booking.arrival(message);
    if (booking.isTooLate(canary, message)) {
      booking.count(message, "replayed");
      return;
    }
    if (booking.isBooked(canary.id(), arrival)) {
      booking.deleteOnceOnRecord(message, flight);
      return;
    }
    List<Received> hops = HopTrace.of(message.head()).hops();
    if (canary.copies() == 0) {
      Instant written = hops.isEmpty() ? null : hops.getFirst().at();
      prober.apply(flight, new CanaryEvent.AnswerSeen(prober.now(), written), () -> {});
    }
    flight.say(
        "the answer is in folder %s of mailbox %s".formatted(message.folder(), message.mailbox()));
    prober.apply(
        flight,
        new CanaryEvent.Sighted(prober.now(), arrival, false, hops),
        () -> prober.delete(message.mailbox(), message.key()));
  }

  /// A canary of a round trip is where it was sent to: half of the way. Where that mailbox answers,
  /// it is answered once.
  void reachedFarEnd(FoundMessage message, CanaryTag tag, Flight flight) {
    Arrival arrival = booking.arrival(message);
    if (booking.isTooLate(flight.canary(), message)) {
      booking.count(message, "replayed");
      return;
    }
    if (booking.isBooked(flight.canary().id(), arrival)) {
      booking.deleteOnceOnRecord(message, flight);
      return;
    }
    boolean first =
        prober.events(flight.id()).stream().noneMatch(event -> event.kind().equals("far-end"));
    prober.apply(
        flight,
        new CanaryEvent.ReachedFarEnd(prober.now(), arrival, HopTrace.of(message.head()).hops()),
        () -> prober.delete(message.mailbox(), message.key()));
    if (first && flight.canary().copies() == 0) {
      prober.answer(flight, tag, message);
    }
  }

  /// Those that its header refers to.
  private static List<String> tags(String head) {
    HeaderBlock header = HeaderBlock.of(head);
    List<String> tags = new ArrayList<>();
    for (String field : List.of(ReplyMessage.FIELD, "In-Reply-To", "References")) {
      header
          .first(field)
          .ifPresent(value ->
              CanaryTag.FORM
                  .matcher(value)
                  .results()
                  .limit(MOST_TAGS)
                  .forEach(result -> tags.add(result.group(1).toLowerCase(Locale.ROOT))));
    }
    return tags;
  }
}
