package io.mailcanary.watch;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Queue;
import io.mailcanary.queue.QueueListing;
import io.mailcanary.queue.QueuedMessage;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What a queue shows that is wrong. Pure.
final class QueueVerdict {
  private static final int HANDFUL = 3;

  /// Growth over so many readings.
  static final int READINGS = 3;

  private static final int MOST_EVIDENCE = 5;

  private QueueVerdict() {}

  /// @param counts how many messages each reading showed, the newest last
  static List<Finding> of(
      Queue queue, QueueListing listing, QueueReasons reasons, List<Integer> counts) {
    List<Finding> findings = new ArrayList<>();
    byCause(queue, listing, reasons, findings);
    byReason(queue, reasons, findings);
    growing(queue, counts, findings);
    old(queue, listing, findings);
    bounces(queue, listing, findings);
    return findings;
  }

  /// These say that it is not the message: our own domain, our authentication, a name on the way.
  private static boolean isOfMany(Cause cause) {
    return switch (cause) {
      case SENDER_DOMAIN, SENDER_AUTH, NEXT_HOP, DNS -> true;
      case NONE,
          RECIPIENT_DOMAIN,
          CONNECTION,
          TLS,
          LOGIN,
          CLIENT_NAME,
          REPUTATION,
          RATE_LIMIT,
          GREYLIST,
          RECIPIENT,
          MAILBOX_FULL,
          CONTENT,
          POLICY,
          SIZE,
          LOOP,
          EXPIRED,
          SYSTEM,
          UNKNOWN ->
          false;
    };
  }

  private static void byCause(
      Queue queue, QueueListing listing, QueueReasons reasons, List<Finding> findings) {
    for (Map.Entry<Cause, Integer> entry : reasons.causes().entrySet()) {
      Cause cause = entry.getKey();
      int messages = entry.getValue();
      boolean many =
          messages >= queue.limits().many()
              || (messages >= HANDFUL && messages >= queue.limits().share() * listing.count());
      if (isOfMany(cause) && (many || cause == Cause.SENDER_DOMAIN)) {
        findings.add(
            new Finding(
                "queue-one-reason",
                many ? Severity.PAGE : Severity.WARN,
                queue.name(),
                cause.word(),
                "%s of %s in the queue of relay %s %s for one cause: %s"
                    .formatted(
                        messages,
                        counted(listing),
                        queue.relay(),
                        messages == 1 ? "waits" : "wait",
                        cause.word()),
                "",
                evidence(reasons, cause),
                advice(cause)));
      }
    }
  }

  private static void byReason(Queue queue, QueueReasons reasons, List<Finding> findings) {
    reasons.groups().stream()
        .filter(group -> group.messages() >= queue.limits().many() && !isOfMany(group.cause()))
        .limit(MOST_EVIDENCE)
        .forEach(group ->
            findings.add(
                new Finding(
                    "queue-one-reason",
                    Severity.WARN,
                    queue.name(),
                    group.cause().word(),
                    "%d messages to %s wait in the queue of relay %s with the same words"
                        .formatted(group.messages(), group.destination(), queue.relay()),
                    "",
                    List.of(line(group)),
                    advice(group.cause()))));
  }

  private static void growing(Queue queue, List<Integer> counts, List<Finding> findings) {
    int size = counts.size();
    if (size <= READINGS || counts.getLast() < queue.limits().many()) {
      return;
    }
    List<Integer> newest = counts.subList(size - READINGS - 1, size);
    for (int i = 1; i < newest.size(); i++) {
      if (newest.get(i) <= newest.get(i - 1)) {
        return;
      }
    }
    findings.add(
        new Finding(
            "queue-growing",
            Severity.WARN,
            queue.name(),
            "",
            "the queue of relay %s has grown at each of the last %d readings, to %d messages"
                .formatted(queue.relay(), READINGS, counts.getLast()),
            "",
            List.of(
                "messages: " + String.join(", ", newest.stream().map(String::valueOf).toList())),
            "Look at what waits there: either more comes than before, or less gets out."));
  }

  private static void old(Queue queue, QueueListing listing, List<Finding> findings) {
    listing
        .oldest()
        .map(came -> Duration.between(came, listing.at()))
        .filter(age -> age.compareTo(queue.limits().old()) > 0)
        .ifPresent(age ->
            findings.add(
                new Finding(
                    "queue-old",
                    Severity.WARN,
                    queue.name(),
                    "",
                    "the oldest of %s in the queue of relay %s has waited for %s"
                        .formatted(counted(listing), queue.relay(), Words.of(age)),
                    "",
                    listing.messages().stream()
                        .filter(one -> listing.oldest().filter(one.arrivedAt()::equals).isPresent())
                        .limit(1)
                        .map(QueueVerdict::line)
                        .toList(),
                    "Its own reason says why; what waits for days bounces in the end.")));
  }

  /// What comes back and cannot be delivered either has nobody left who would be told.
  private static void bounces(Queue queue, QueueListing listing, List<Finding> findings) {
    if (listing.bounces() < queue.limits().many()) {
      return;
    }
    findings.add(
        new Finding(
            "queue-bounces",
            Severity.WARN,
            queue.name(),
            "",
            "%d of %s in the queue of relay %s are bounces that cannot be delivered"
                .formatted(listing.bounces(), counted(listing), queue.relay()),
            "RFC 5321 §6.1",
            listing.messages().stream()
                .filter(QueuedMessage::isBounce)
                .limit(MOST_EVIDENCE)
                .map(QueueVerdict::line)
                .toList(),
            "Mail bounces at this relay: look at its log for what was refused, and for whom."));
  }

  private static String counted(QueueListing listing) {
    return (listing.whole() ? "" : "at least ")
        + (listing.count() == 1 ? "1 message" : listing.count() + " messages");
  }

  private static List<String> evidence(QueueReasons reasons, Cause cause) {
    return reasons.groups().stream()
        .filter(group -> group.cause() == cause)
        .limit(MOST_EVIDENCE)
        .map(QueueVerdict::line)
        .toList();
  }

  private static String line(QueueReason group) {
    return "%d to %s: %s".formatted(group.messages(), group.destination(), group.words());
  }

  private static String line(QueuedMessage message) {
    return Stream.concat(
            Stream.of(
                "%s %s from <%s>"
                    .formatted(message.id(), message.state().word(), message.sender())),
            message.recipients().stream()
                .limit(1)
                .map(one -> "to <%s> %s".formatted(one.address(), one.reason()).strip()))
        .reduce((one, other) -> one + " " + other)
        .orElse("");
  }

  private static String advice(Cause cause) {
    return switch (cause) {
      case SENDER_DOMAIN ->
          "Ask for the MX and address of the sender's domain from outside: receivers do not find"
              + " them. Flush the queue once they are there.";
      case SENDER_AUTH -> "Check SPF, DKIM and DMARC of the sender's domain.";
      case NEXT_HOP, DNS ->
          "Look up the next hop's name where the relay stands; hold the queue before it bounces.";
      case GREYLIST -> "Nothing: it will be taken at the next attempt.";
      case RATE_LIMIT -> "Send less at a time to this receiver.";
      case NONE,
          RECIPIENT_DOMAIN,
          CONNECTION,
          TLS,
          LOGIN,
          CLIENT_NAME,
          REPUTATION,
          RECIPIENT,
          MAILBOX_FULL,
          CONTENT,
          POLICY,
          SIZE,
          LOOP,
          EXPIRED,
          SYSTEM,
          UNKNOWN ->
          "Read the reason, and ask the operator of the server that gave it.";
    };
  }
}
