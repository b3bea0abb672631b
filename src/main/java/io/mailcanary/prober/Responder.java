package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.ReplyMessage;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.Family;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.submission.Outgoing;
import io.mailcanary.submission.Route;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers canaries of round trips in mailboxes that are to do so: with the null reverse-path, once
/// each, to the path's own sender, by the path's own relay, and not too often.
final class Responder {
  private static final Logger LOG = LoggerFactory.getLogger(Responder.class);
  private static final int MOST_IN_A_MINUTE = 120;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Prober.Ports ports;
  private final ReceiverLimit limit;
  private final Prober prober;
  private final Map<String, Deque<Instant>> lately = new HashMap<>();

  Responder(Prober.Ports ports, ReceiverLimit limit, Prober prober) {
    this.ports = ports;
    this.limit = limit;
    this.prober = prober;
  }

  void answer(Mailbox mailbox, Flight flight, CanaryTag tag, FoundMessage message) {
    Optional<Route> route = prober.route(flight).map(out -> back(out, flight.path));
    if (!mailbox.reply() || route.isEmpty()) {
      return;
    }
    Instant now = ports.clock().instant();
    if (limit.refuses(flight.path.from().domain(), Occasion.ANSWER, now).isPresent()) {
      return;
    }
    if (!isAllowed(mailbox.name(), now)) {
      LOG.warn("mailbox {} answered {} times a minute: it rests", mailbox.name(), MOST_IN_A_MINUTE);
      return;
    }
    ports.senders().execute(() -> send(route.get(), flight, tag, message));
  }

  private void send(Route route, Flight flight, CanaryTag tag, FoundMessage message) {
    Canary canary = flight.canary();
    Instant now = ports.clock().instant();
    String unique = UUID.randomUUID().toString();
    byte[] reply = ReplyMessage.of(flight.path, canary, tag, unique, message.head(), now);
    Evidence evidence =
        ports
            .submitter()
            .submit(route, new Outgoing(null, flight.path.from(), () -> reply, unique, false));
    prober.apply(
        flight,
        new CanaryEvent.Answered(
            ports.clock().instant(), evidence, Meanings.of(evidence, prober.context(flight))),
        () -> {});
  }

  /// The way back: by the same relay, or where mail for the sender goes.
  private static Route back(Route out, MailPath path) {
    return switch (out) {
      case Route.Through through -> through(through, path);
      case Route.At at -> path.isDirect() ? direct(path, Family.ANY) : at;
      case Route.ToExchangers to -> direct(path, to.family());
    };
  }

  private static Route through(Route.Through out, MailPath path) {
    return path.isDirect() ? direct(path, out.family()) : out;
  }

  private static Route direct(MailPath path, Family family) {
    return new Route.ToExchangers(path.direct(), path.from().domain(), family);
  }

  private synchronized boolean isAllowed(String mailbox, Instant now) {
    Deque<Instant> times = lately.computeIfAbsent(mailbox, _ -> new ArrayDeque<>());
    while (!times.isEmpty() && times.getFirst().plus(MINUTE).isBefore(now)) {
      times.removeFirst();
    }
    if (times.size() >= MOST_IN_A_MINUTE) {
      return false;
    }
    times.addLast(now);
    return true;
  }
}
