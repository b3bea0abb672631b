package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.QueueSighting;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.canary.TagCheck;
import io.mailcanary.store.StoredEvent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds canaries among the messages of a queue: by the tag in the return path, by the id that the
/// relay gave when it took it, else by sender, recipient and time together.
final class QueuedCanaries {
  private static final Logger LOG = LoggerFactory.getLogger(QueuedCanaries.class);
  private static final int MOST_REMEMBERED = 10_000;

  /// How far a relay's whole seconds and our clock are apart at most.
  private static final Duration ABOUT = Duration.ofSeconds(3);

  private final Supplier<SigningKeys> keys;
  private final Flights flights;
  private final Prober prober;
  private final LinkedHashMap<CanaryId, String> told = new LinkedHashMap<>();
  private final LinkedHashMap<CanaryId, String> queueIds = new LinkedHashMap<>();

  QueuedCanaries(Supplier<SigningKeys> keys, Flights flights, Prober prober) {
    this.keys = keys;
    this.flights = flights;
    this.prober = prober;
  }

  private record Tie(Flight flight, String by) {}

  void found(InQueue message) {
    tie(message)
        .filter(tie -> isHeld(tie.flight().canary()))
        .filter(tie -> isNews(tie.flight().id(), message))
        .ifPresent(tie -> book(message, tie));
  }

  private void book(InQueue message, Tie tie) {
    Flight flight = tie.flight();
    String words =
        "queue %s of relay %s: %s: %s"
            .formatted(message.queue(), message.relay(), message.state(), message.reason());
    LOG.info("canary {} is in {}", flight.id(), words);
    flight.say(words);
    prober.apply(
        flight,
        new CanaryEvent.FoundInQueue(
            prober.now(),
            new QueueSighting(
                message.queue(),
                message.relay(),
                message.queueId(),
                message.state(),
                message.reason(),
                tie.by(),
                message.meaning())),
        () -> {});
  }

  /// Whether it can still be in a queue, as far as we know, and is not with us.
  private static boolean isHeld(Canary canary) {
    return switch (canary.state()) {
      case CanaryState.InTransit _, CanaryState.Overdue _ -> true;
      case CanaryState.Deferred(var next, _) -> next == null;
      case CanaryState.Pending _,
          CanaryState.Delivered _,
          CanaryState.DeliveredLate _,
          CanaryState.Misfiled _,
          CanaryState.Bounced _,
          CanaryState.Rejected _,
          CanaryState.Lost _,
          CanaryState.Unobservable _ ->
          false;
    };
  }

  /// A queue is read every minute and says the same for hours.
  private boolean isNews(CanaryId id, InQueue message) {
    String says =
        message.queue()
            + message.queueId()
            + message.state()
            + message.reason().replaceAll("\\d+", "#");
    synchronized (told) {
      return !says.equals(remember(told, id, says));
    }
  }

  private Optional<Tie> tie(InQueue message) {
    return signed(message)
        .or(() -> byQueueId(message))
        .or(() -> byAddressesAndTime(message))
        .filter(tie -> isFor(tie.flight(), message));
  }

  private static boolean isFor(Flight flight, InQueue message) {
    String recipient = flight.path.to().toString();
    return message.recipients().stream().anyMatch(recipient::equalsIgnoreCase);
  }

  private Optional<Tie> signed(InQueue message) {
    Matcher matcher = CanaryTag.FORM.matcher(message.sender());
    return matcher.find()
            && keys.get().verify(matcher.group(1).toLowerCase(Locale.ROOT))
                instanceof TagCheck.Genuine(CanaryTag tag)
        ? prober.flightOf(tag.id()).map(flight -> new Tie(flight, "return-path"))
        : Optional.empty();
  }

  private Optional<Tie> byQueueId(InQueue message) {
    return held(message).stream()
        .filter(flight -> message.queueId().equals(queueId(flight)))
        .findFirst()
        .map(flight -> new Tie(flight, "queue-id"));
  }

  private Optional<Tie> byAddressesAndTime(InQueue message) {
    List<Flight> close =
        held(message).stream()
            .filter(
                flight -> message.sender().equalsIgnoreCase(flight.path.from().toString()))
            .filter(
                flight ->
                    Duration.between(flight.canary().start(), message.arrivedAt())
                            .abs()
                            .compareTo(ABOUT)
                        <= 0)
            .toList();
    return close.size() == 1
        ? Optional.of(new Tie(close.getFirst(), "sender-recipient-and-time"))
        : Optional.empty();
  }

  private List<Flight> held(InQueue message) {
    return flights.all().stream()
        .filter(flight -> isHeld(flight.canary()) && isFor(flight, message))
        .toList();
  }

  /// The id that the relay gave it; empty where it gave none.
  private String queueId(Flight flight) {
    synchronized (queueIds) {
      String known = queueIds.get(flight.id());
      if (known != null) {
        return known;
      }
      String found =
          prober.events(flight.id()).stream()
              .filter(event -> event.kind().equals("accepted"))
              .map(StoredEvent::detail)
              .map(detail -> String.valueOf(detail.getOrDefault("queueId", "")))
              .reduce("", (_, last) -> last);
      if (!found.isEmpty()) {
        remember(queueIds, flight.id(), found);
      }
      return found;
    }
  }

  private static String remember(LinkedHashMap<CanaryId, String> map, CanaryId id, String text) {
    if (map.size() > MOST_REMEMBERED) {
      map.pollFirstEntry();
    }
    String before = map.put(id, text);
    return before == null ? "" : before;
  }
}
