package io.mailcanary.prober;

import java.time.Duration;

/// What the prober measures of itself.
public interface ProberMeters {
  /// From a slot's instant until its canaries were on record and ready to be sent.
  void lateness(Duration late);

  /// How long a canary waited for one of its relay's connections.
  void relayWait(Duration waited);

  /// A message bore a tag and was not one of our canaries.
  ///
  /// @param kind `forged`, `replayed` or `unknown-key`
  void unverified(String mailbox, String kind);

  /// Something was not sent, since its receiver would have got too much.
  void withheld(Occasion occasion);

  /// Measures nothing.
  ProberMeters NONE =
      new ProberMeters() {
        @Override
        public void lateness(Duration late) {}

        @Override
        public void relayWait(Duration waited) {}

        @Override
        public void unverified(String mailbox, String kind) {}

        @Override
        public void withheld(Occasion occasion) {}
      };
}
