package io.mailcanary.mail;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The way that a message took, as its `Received` lines tell.
///
/// @param hops in the order of travel: the newest line stands on top of a message and last here
public record HopTrace(List<Received> hops) {
  /// More lines than that are a loop (RFC 5321 §6.3); the newest are kept.
  public static final int MOST = 100;

  public HopTrace {
    hops = List.copyOf(hops);
  }

  /// Reads a header block; what follows an empty line is not looked at.
  public static HopTrace of(String headerBlock) {
    return of(HeaderBlock.of(headerBlock));
  }

  /// Reads the trace lines of a header.
  public static HopTrace of(HeaderBlock header) {
    List<Received> newestFirst =
        header.all("Received").stream().limit(MOST).map(Received::parse).toList();
    return new HopTrace(newestFirst.reversed());
  }

  /// When the last server on the way had it: what the topmost line that carries a date says.
  public Optional<Instant> arrivedAt() {
    return hops.reversed().stream().map(Received::takenAt).flatMap(Optional::stream).findFirst();
  }
}
