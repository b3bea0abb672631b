package io.mailcanary.app;

import io.mailcanary.prober.Occasion;
import io.mailcanary.prober.ProberMeters;
import java.time.Duration;
import java.util.function.Consumer;

/// Measures what the prober measures, and tells of bounces that are no canary's.
///
/// @param foreign is told the mailbox
record CountedMail(ProberMeters meters, Consumer<String> foreign) implements ProberMeters {
  private static final String FOREIGN = "foreign-bounce";

  @Override
  public void lateness(Duration late) {
    meters.lateness(late);
  }

  @Override
  public void relayWait(Duration waited) {
    meters.relayWait(waited);
  }

  @Override
  public void unverified(String mailbox, String kind) {
    meters.unverified(mailbox, kind);
    if (kind.equals(FOREIGN)) {
      foreign.accept(mailbox);
    }
  }

  @Override
  public void withheld(Occasion occasion) {
    meters.withheld(occasion);
  }
}
