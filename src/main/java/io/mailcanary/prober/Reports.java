package io.mailcanary.prober;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryTag;
import io.mailcanary.canary.Meaning;
import io.mailcanary.canary.Report;
import io.mailcanary.mail.Clue;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.EnhancedStatus;
import io.mailcanary.mail.MailReport;
import io.mailcanary.mail.RecipientStatus;
import io.mailcanary.mailbox.FoundMessage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ties delivery reports to the canaries that they speak of, by a signed mark alone: anybody can
/// write that mail bounced. The surest mark counts: the return path, the ENVID, the Message-ID,
/// what is returned, the recipient. Reports of others are counted and left where they are.
final class Reports {
  private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
  private static final int MOST_TAGS = 8;

  private final Booking booking;
  private final Prober prober;

  Reports(Booking booking, Prober prober) {
    this.booking = booking;
    this.prober = prober;
  }

  /// @param by the kind of the clue that holds it
  private record Tied(CanaryTag tag, Clue.Kind by) {}

  /// Why a report is nobody's.
  private record Search(Optional<Tied> tied, String refused) {}

  void found(FoundMessage message, MailReport report) {
    Search search = search(report);
    if (search.tied().isEmpty()) {
      booking.count(message, search.refused().isEmpty() ? "foreign-bounce" : search.refused());
      return;
    }
    Tied tied = search.tied().get();
    // None: signed with our key and not on our record, so another instance's.
    booking
        .flight(tied.tag().id())
        .ifPresent(flight -> {
          book(message, report, flight, tied);
          booking.forgetSettled(flight);
        });
  }

  private Search search(MailReport report) {
    String refused = "";
    for (Clue clue : report.clues()) {
      Booking.Verified verified = booking.verify(tags(clue.text()));
      if (verified.tag().isPresent()) {
        return new Search(Optional.of(new Tied(verified.tag().get(), clue.kind())), "");
      }
      refused = refused.isEmpty() ? verified.refused() : refused;
    }
    return new Search(Optional.empty(), refused);
  }

  private static List<String> tags(String text) {
    return CanaryTag.FORM
        .matcher(text)
        .results()
        .limit(MOST_TAGS)
        .map(result -> result.group(1).toLowerCase(Locale.ROOT))
        .toList();
  }

  private void book(FoundMessage message, MailReport report, Flight flight, Tied tied) {
    Arrival arrival = booking.arrival(message);
    Optional<RecipientStatus> recipient = recipient(report, flight);
    if (recipient.isEmpty() || booking.isTooLate(flight.canary(), message)) {
      booking.count(message, recipient.isEmpty() ? "unreadable-bounce" : "replayed");
      return;
    }
    if (booking.isBooked(flight.canary().id(), arrival)) {
      booking.deleteOnceOnRecord(message, flight);
      return;
    }
    CanaryEvent event = event(flight, report, recipient.get(), arrival, tied.by());
    LOG.info(
        "canary {} of path {}: a report says {}: {}",
        flight.canary().id(),
        flight.path.name(),
        recipient.get().action().word(),
        flight.words());
    prober.apply(flight, event, () -> prober.delete(message.mailbox(), message.key()));
  }

  /// What is said of the canary's own recipient; forwarding may have given it another name.
  private static Optional<RecipientStatus> recipient(MailReport report, Flight flight) {
    EmailAddress to = flight.path.to();
    return report.dsn().recipients().stream()
        .filter(one -> isOf(one.address(), to) || isOf(one.originalRecipient(), to))
        .findFirst()
        .or(() -> report.dsn().worst());
  }

  private static boolean isOf(@Nullable String address, EmailAddress to) {
    return address != null && address.equalsIgnoreCase(to.toString());
  }

  private CanaryEvent event(
      Flight flight,
      MailReport report,
      RecipientStatus recipient,
      Arrival arrival,
      Clue.Kind tiedBy) {
    Meaning meaning =
        switch (recipient.action()) {
          case FAILED, DELAYED -> Meanings.of(recipient, prober.context(flight));
          case DELIVERED, RELAYED, EXPANDED -> Meaning.NONE;
        };
    EnhancedStatus status = recipient.status();
    Report said =
        new Report(
            recipient.address(),
            status == null ? null : status.toString(),
            recipient.replyCode(),
            recipient.diagnostic(),
            recipient.remoteMta(),
            report.dsn().reportingMta(),
            tiedBy.word(),
            meaning,
            arrival);
    String words = Meanings.words(recipient, meaning);
    Canary canary = flight.canary();
    return switch (recipient.action()) {
      case FAILED -> {
        if (canary.copies() == 0) {
          flight.say(words);
        }
        yield new CanaryEvent.Bounced(prober.now(), said);
      }
      case DELAYED -> {
        if (canary.copies() == 0) {
          flight.say(words);
        }
        yield new CanaryEvent.DelayReported(prober.now(), said);
      }
      case DELIVERED, RELAYED, EXPANDED ->
          new CanaryEvent.ProgressReported(prober.now(), recipient.action().word(), said);
    };
  }
}
