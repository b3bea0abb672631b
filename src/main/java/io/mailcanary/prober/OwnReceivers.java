package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.Meaning;
import io.mailcanary.canary.ReceiverRefusal;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.canary.TagCheck;
import io.mailcanary.canary.TagReader;
import io.mailcanary.path.Mailbox.Receiver.Stage;
import io.mailcanary.receiver.Attempt;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.verdict.ReplyClassifier;
import io.mailcanary.verdict.ReplyVerdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Books what our own receivers said no to. An attempt is tied to its canary by a signed mark where
/// it shows one (return path, ENVID, the message itself), else by being the only canary that it
/// could be; that is said. What is tied to none is counted.
final class OwnReceivers {
  private static final Logger LOG = LoggerFactory.getLogger(OwnReceivers.class);

  /// A receiver can be faster than the answer of the relay that hands over to it.
  private static final Duration ANSWER = Duration.ofMillis(200);

  private static final int MOST_WAITS = 25;

  /// As many refusals of one canary go on record; a sender may try every second.
  private static final int MOST_REFUSALS = 50;

  private static final int MOST_REMEMBERED = 10_000;

  private final Supplier<SigningKeys> keys;
  private final ProberMeters meters;
  private final Flights flights;
  private final Agenda agenda;
  private final Prober prober;
  private final LinkedHashMap<CanaryId, Integer> refusals = new LinkedHashMap<>();

  /// The addresses that have brought canaries of ours.
  private final LinkedHashSet<String> senders = new LinkedHashSet<>();

  OwnReceivers(
      Supplier<SigningKeys> keys,
      ProberMeters meters,
      Flights flights,
      Agenda agenda,
      Prober prober) {
    this.keys = keys;
    this.meters = meters;
    this.flights = flights;
    this.agenda = agenda;
    this.prober = prober;
  }

  private record Tie(Flight flight, String by, boolean certain) {}

  void refused(Attempt attempt, String head) {
    tie(attempt, head).ifPresentOrElse(tie -> book(attempt, tie, MOST_WAITS), () -> count(attempt));
  }

  /// Whoever brings one canary may be who is refused before it says anything of the next.
  void brought(Attempt attempt) {
    synchronized (senders) {
      if (senders.add(attempt.client()) && senders.size() > MOST_REMEMBERED) {
        senders.removeFirst();
      }
    }
  }

  private void book(Attempt attempt, Tie tie, int waits) {
    Flight flight = tie.flight();
    if (isAttempting(flight.canary()) && waits > 0) {
      agenda.at(prober.now().plus(ANSWER), () -> book(attempt, tie, waits - 1));
      return;
    }
    if (!isWorthIt(flight.id())) {
      return;
    }
    Attempt.Step last = attempt.last();
    ReceiverRefusal refusal =
        new ReceiverRefusal(
            attempt.mailbox(),
            last.stage().word(),
            last.answer(),
            attempt.client(),
            attempt.helo(),
            tie.by(),
            tie.certain(),
            meaning(attempt));
    LOG.info(
        "receiver {} refused canary {} at {}: {}",
        attempt.mailbox(),
        flight.id(),
        last.stage().word(),
        last.answer());
    if (!flight.canary().state().isSettled()) {
      flight.say(
          "our receiver %s at %s: %s"
              .formatted(
                  attempt.mailbox(),
                  last.stage().word(),
                  last.answer().toString().replace('\n', ' ')));
    }
    prober.apply(flight, new CanaryEvent.RefusedByReceiver(last.at(), refusal), () -> {});
  }

  private static Meaning meaning(Attempt attempt) {
    ReplyVerdict verdict =
        ReplyClassifier.of(
            ReplyClassifier.Said.of(attempt.last().answer(), attempt.mailbox()),
            ReplyClassifier.Context.NONE);
    return new Meaning(verdict.cause(), verdict.persistence().word(), verdict.reason());
  }

  private static boolean isAttempting(Canary canary) {
    return canary.state() instanceof CanaryState.Pending
        || (canary.state() instanceof CanaryState.Deferred(_, boolean attempting) && attempting);
  }

  private boolean isWorthIt(CanaryId id) {
    synchronized (refusals) {
      if (refusals.size() > MOST_REMEMBERED) {
        refusals.pollFirstEntry();
      }
      return refusals.merge(id, 1, Integer::sum) <= MOST_REFUSALS;
    }
  }

  private void count(Attempt attempt) {
    // Who is refused before saying whom it has mail for may be anybody.
    if (attempt.last().stage() == Stage.RCPT) {
      meters.unverified(attempt.mailbox(), "refused");
    }
    LOG.debug(
        "receiver {} refused {} at {}: {}",
        attempt.mailbox(),
        attempt.client(),
        attempt.last().stage().word(),
        attempt.last().answer());
  }

  // To which canary it belongs

  private Optional<Tie> tie(Attempt attempt, String head) {
    return signed(attempt.sender(), "return-path")
        .or(() -> signed(attempt.envelopeId(), "envid"))
        .or(() ->
            TagReader.read(head, head.length()).tags().stream()
                .flatMap(tag -> signed(tag, "message").stream())
                .findFirst())
        .or(() -> alone(attempt))
        .filter(tie -> isFor(tie.flight(), attempt));
  }

  private Optional<Tie> signed(String text, String by) {
    Matcher matcher = CanaryTag.FORM.matcher(text);
    return matcher.find()
            && keys.get().verify(matcher.group(1).toLowerCase(Locale.ROOT))
                instanceof TagCheck.Genuine(CanaryTag tag)
        ? prober.flightOf(tag.id()).map(flight -> new Tie(flight, by, true))
        : Optional.empty();
  }

  /// Whether the attempt was about the canary's own recipient, not about a bounce of it.
  private static boolean isFor(Flight flight, Attempt attempt) {
    Attempt.Step last = attempt.last();
    String recipient = flight.path.to().toString();
    return flight.path.arrivesIn().equals(attempt.mailbox())
        && switch (last.stage()) {
          case CONNECT, HELO, MAIL -> true;
          case RCPT -> last.argument().equalsIgnoreCase(recipient);
          case DATA, END_OF_DATA ->
              attempt.recipients().stream().anyMatch(recipient::equalsIgnoreCase);
        };
  }

  private Optional<Tie> alone(Attempt attempt) {
    List<Flight> all =
        flights.all().stream()
            .filter(flight -> isOnItsWay(flight.canary()))
            .filter(flight -> isFor(flight, attempt) && mayBe(flight, attempt))
            .toList();
    List<Flight> fresh =
        all.stream()
            .filter(flight -> !(flight.canary().state() instanceof CanaryState.Deferred))
            .toList();
    List<Flight> candidates = all.size() > 1 ? fresh : all;
    return candidates.size() == 1
        ? Optional.of(new Tie(candidates.getFirst(), "only-one-on-its-way", false))
        : Optional.empty();
  }

  private boolean mayBe(Flight flight, Attempt attempt) {
    return switch (attempt.last().stage()) {
      case CONNECT, HELO -> isKnown(attempt.client());
      case MAIL, RCPT, DATA, END_OF_DATA ->
          attempt.sender().equalsIgnoreCase(flight.path.from().toString());
    };
  }

  private boolean isKnown(String client) {
    synchronized (senders) {
      return senders.isEmpty() || senders.contains(client);
    }
  }

  private static boolean isOnItsWay(Canary canary) {
    return !canary.state().isSettled() && canary.firstAttemptAt() != null;
  }
}
