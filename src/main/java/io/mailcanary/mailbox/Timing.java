package io.mailcanary.mailbox;

import java.time.Duration;

/// How patient a reader is.
///
/// @param firstRetry after the first lost connection; doubled each time
/// @param longestRetry the longest gap between two attempts
/// @param noop for the answer to a NOOP, which costs a server nothing
/// @param calm how long after a look the next one is expected rather than a push; what comes
///   meanwhile unlooked for, an IDLE tells when it begins
/// @param silence a mailbox that pushes is asked at least this often whether it is still there;
///   longer than the usual minute between two looks, which prove the same
/// @param others how often the folders are asked that no push covers; looks in vain ask them too
/// @param restless how often they are asked at most while looks in vain go on and on
/// @param proof for a control message to show
/// @param proofGap between two proofs
/// @param removal how long a removal may wait for others
record Timing(
    Duration firstRetry,
    Duration longestRetry,
    Duration noop,
    Duration calm,
    Duration silence,
    Duration others,
    Duration restless,
    Duration proof,
    Duration proofGap,
    Duration removal) {
  static final Timing USUAL =
      new Timing(
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(6),
          Duration.ofSeconds(65),
          Duration.ofMinutes(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(1),
          Duration.ofMinutes(10));
}
