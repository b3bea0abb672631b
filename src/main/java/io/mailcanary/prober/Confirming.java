package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.verdict.Confirmation;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a path again at the first doubt.
final class Confirming {
  private static final Logger LOG = LoggerFactory.getLogger(Confirming.class);

  private final Agenda agenda;
  private final InstantSource clock;
  private final Mailboxes mailboxes;
  private final Prober prober;

  Confirming(Agenda agenda, InstantSource clock, Mailboxes mailboxes, Prober prober) {
    this.agenda = agenda;
    this.clock = clock;
    this.mailboxes = mailboxes;
    this.prober = prober;
  }

  /// Asks the path again where one canary leaves a doubt.
  void confirm(Flight flight) {
    Canary canary = flight.canary();
    Optional<PathBook> known = prober.book(canary.path());
    if (known.isEmpty()) {
      return;
    }
    PathBook book = known.get();
    Instant now = clock.instant();
    Confirmation decision =
        Confirmation.of(
            canary,
            flight.words(),
            flight.path.expect().outcome(),
            flight.path.confirm(),
            book.usual(),
            book.lastBurst(canary.leg()),
            mailboxes.blind(Prober.decisive(flight), now).isPresent() || book.isPaused(),
            now);
    if (decision instanceof Confirmation.Burst(String reason)) {
      book.burst(canary.leg(), now);
      LOG.info(
          "path {} is asked again{}: {}",
          canary.path(),
          canary.leg().isEmpty() ? "" : " on leg " + canary.leg(),
          reason);
      burst(flight.path, canary.leg(), now);
    }
  }

  private void burst(MailPath path, String leg, Instant now) {
    for (int i = 1; i <= path.confirm().canaries(); i++) {
      Instant when = now.plus(path.confirm().every().multipliedBy(i));
      agenda.at(when, () -> prober.dueOn(path.name(), leg, when));
    }
  }
}
