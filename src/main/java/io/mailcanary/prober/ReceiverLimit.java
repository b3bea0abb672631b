package io.mailcanary.prober;

import io.mailcanary.mail.DomainName;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Plan;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// No receiver gets more from us within a minute than `service.receiver-limit` says, whatever the
/// probe files, a doubt or somebody with a button ask for. A receiver is a recipient's domain.
///
/// What is in turn comes first: confirmations, requests, answers and repeated attempts share what
/// the turns of the probe files leave free.
final class ReceiverLimit {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiverLimit.class);

  /// The part of the observer that shows that turns are passed over; there only while they are.
  static final String PART = "receiver-limit";

  private static final Duration QUIET = Duration.ofMinutes(1);

  /// What is out of turn gets a tenth at least.
  private static final int LEAST_SHARE = 10;

  private static final class Receiver {
    private final LastMinute sent = new LastMinute();
    private final LastMinute outOfTurn = new LastMinute();
    private final LastMinute passedOver = new LastMinute();
    private double turns;
    private Instant quietUntil = Instant.MIN;

    private void goOn(Instant now) {
      sent.goOn(now);
      outOfTurn.goOn(now);
      passedOver.goOn(now);
    }

    private boolean isForgettable() {
      return turns == 0 && sent.sum() + passedOver.sum() == 0;
    }
  }

  private final ProberMeters meters;
  private final Map<DomainName, Receiver> receivers = new HashMap<>();
  private int most;
  private int replicas = 1;
  private boolean troubled;

  ReceiverLimit(ProberMeters meters, Plan plan) {
    this.meters = meters;
    follow(plan);
  }

  /// Works by these probe files from now on; what went out before counts on.
  synchronized void follow(Plan plan) {
    most = plan.service().receiverLimit();
    receivers.values().forEach(receiver -> receiver.turns = 0);
    plan.paths().values().stream()
        .filter(MailPath::enabled)
        .filter(path -> path.isSentFrom(plan.service().site()))
        .forEach(path -> of(path.to().domain()).turns += path.cadence().aMinute());
    receivers.values().removeIf(Receiver::isForgettable);
  }

  /// What the turns leave is shared by as many replicas. Each turn is one replica's alone,
  /// whichever it is, so all turns together are what the probe files say.
  synchronized void share(int living) {
    replicas = living;
  }

  /// Asks for one that is to be handed over for this domain; it counts where it may be.
  ///
  /// @return why it must not be; empty when it may
  synchronized Optional<String> refuses(DomainName domain, Occasion occasion, Instant now) {
    Receiver receiver = of(domain);
    receiver.goOn(now);
    boolean inTurn = occasion == Occasion.TURN;
    if (receiver.sent.sum() < most && (inTurn || receiver.outOfTurn.sum() < free(receiver))) {
      receiver.sent.add();
      if (!inTurn) {
        receiver.outOfTurn.add();
      }
      return Optional.empty();
    }
    meters.withheld(occasion);
    if (inTurn) {
      receiver.passedOver.add();
      troubled = true;
    }
    String words = words(domain);
    if (!receiver.quietUntil.isAfter(now)) {
      receiver.quietUntil = now.plus(QUIET);
      LOG.warn("not all is sent (first: a {}): {}", occasion.word(), words);
    }
    return Optional.of(words);
  }

  private int free(Receiver receiver) {
    int least = most / LEAST_SHARE;
    int left = Math.max(least, most - (int) Math.ceil(receiver.turns));
    return Math.max(1, left / replicas);
  }

  private String words(DomainName domain) {
    return "no more than %d canaries a minute may go to %s (service.receiver-limit)"
        .formatted(most, domain);
  }

  /// Shows whether turns were passed over within the last minute.
  synchronized void show(Board board, Instant now) {
    if (!troubled) {
      return;
    }
    receivers.values().forEach(receiver -> receiver.goOn(now));
    int all = receivers.values().stream().mapToInt(one -> one.passedOver.sum()).sum();
    troubled = all > 0;
    if (troubled) {
      DomainName worst =
          receivers.entrySet().stream()
              .max(Comparator.comparingInt(entry -> entry.getValue().passedOver.sum()))
              .orElseThrow()
              .getKey();
      board.show(
          PART,
          false,
          "turns were passed over within the last minute (%d): %s".formatted(all, words(worst)),
          now);
    } else {
      board.forgetPart(PART);
    }
  }

  private Receiver of(DomainName domain) {
    return receivers.computeIfAbsent(domain, _ -> new Receiver());
  }
}
