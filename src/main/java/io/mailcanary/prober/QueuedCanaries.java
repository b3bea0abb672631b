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
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
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

  /// @param messages of one reading
  void found(List<InQueue> messages) {
    Map<String, List<Flight>> held =
        flights.all().stream()
            .filter(flight -> isHeld(flight.canary()))
            .collect(Collectors.groupingBy(flight -> key(flight.path.to().toString())));
    for (InQueue message : messages) {
      List<Flight> candidates =
          message.recipients().stream()
              .flatMap(to -> held.getOrDefault(key(to), List.of()).stream())
              .toList();
      if (!candidates.isEmpty()) {
        found(message, candidates);
      }
    }
  }

  private static String key(String address) {
    return address.toLowerCase(Locale.ROOT);
  }

  private void found(InQueue message, List<Flight> candidates) {
    tie(message, candidates)
        .filter(tie -> isNews(tie.flight().id(), message))
        .ifPresent(tie -> book(message, tie));
  }

  private void book(InQueue message, Tie tie) {
    Flight flight = tie.flight();
    String words =
        "queue %s of relay %s: %s".formatted(message.queue(), message.relay(), message.state())
            + (message.reason().isEmpty() ? "" : ": " + message.reason());
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

  private Optional<Tie> tie(InQueue message, List<Flight> candidates) {
    return signed(message, candidates)
        .or(() -> byQueueId(message, candidates))
        .or(() -> byAddressesAndTime(message, candidates));
  }

  private Optional<Tie> signed(InQueue message, List<Flight> candidates) {
    Matcher matcher = CanaryTag.FORM.matcher(message.sender());
    return matcher.find()
            && keys.get().verify(matcher.group(1).toLowerCase(Locale.ROOT))
                instanceof TagCheck.Genuine(CanaryTag tag)
        ? candidates.stream()
            .filter(flight -> flight.id().equals(tag.id()))
            .findFirst()
            .map(flight -> new Tie(flight, "return-path"))
        : Optional.empty();
  }

  private Optional<Tie> byQueueId(InQueue message, List<Flight> candidates) {
    return candidates.stream()
        .filter(flight -> message.queueId().equals(queueId(flight)))
        .findFirst()
        .map(flight -> new Tie(flight, "queue-id"));
  }

  /// The queue of another hop than the one that we handed over to, or a relay that told no id.
  private Optional<Tie> byAddressesAndTime(InQueue message, List<Flight> candidates) {
    List<Flight> close =
        candidates.stream()
            .filter(flight -> message.sender().equalsIgnoreCase(flight.path.from().toString()))
            .filter(flight -> isAbout(flight.canary().start(), message.arrivedAt()))
            .toList();
    return close.size() == 1
        ? Optional.of(new Tie(close.getFirst(), "sender-recipient-and-time"))
        : Optional.empty();
  }

  private static boolean isAbout(Instant one, Instant other) {
    return Duration.between(one, other).abs().compareTo(ABOUT) <= 0;
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
