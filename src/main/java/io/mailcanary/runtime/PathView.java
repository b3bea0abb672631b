package io.mailcanary.runtime;

import io.mailcanary.path.MailPath;
import io.mailcanary.verdict.PathHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How one path is: what everybody who shows it reads.
///
/// @param since since when its health is what it is
/// @param p50 latency, canaries that have not arrived counted as slow; null when the quantile falls
///   among these
/// @param successShare of the canaries whose fate is known, those that arrived as promised; null
///   before the first
/// @param inFlight canaries that are on record and not settled
/// @param oldestInFlight when the oldest of these was due
/// @param legs empty where its canaries are all alike
public record PathView(
    MailPath path,
    PathHealth health,
    Instant since,
    @Nullable Duration p50,
    @Nullable Duration p90,
    @Nullable Duration p99,
    @Nullable Double successShare,
    int inFlight,
    @Nullable Instant oldestInFlight,
    @Nullable Instant lastDelivered,
    List<LegView> legs) {

  public PathView {
    legs = List.copyOf(legs);
  }

  /// Its name.
  public String name() {
    return path.name();
  }
}
