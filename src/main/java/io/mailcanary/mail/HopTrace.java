package io.mailcanary.mail;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The way that a message took, as its `Received` lines tell.
///
/// @param hops in the order of travel: the newest line stands on top of a message and last here
public record HopTrace(List<Received> hops) {
  /// More lines than that are a loop (RFC 5321 §6.3); the newest are kept.
  public static final int MOST = 100;

  private static final String FIELD = "received:";

  public HopTrace {
    hops = List.copyOf(hops);
  }

  /// Reads a header block; what follows an empty line is not looked at.
  public static HopTrace of(String headerBlock) {
    List<Received> newestFirst = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    int at = 0;
    while (at < headerBlock.length() && newestFirst.size() < MOST) {
      int end = headerBlock.indexOf('\n', at);
      int stop = end < 0 ? headerBlock.length() : end;
      String line = headerBlock.substring(at, stop);
      at = stop + 1;
      boolean folded = line.startsWith(" ") || line.startsWith("\t");
      if (!folded && !field.isEmpty()) {
        newestFirst.add(Received.parse(field.substring(FIELD.length())));
        field.setLength(0);
      }
      if (line.isEmpty() || line.equals("\r")) {
        break;
      }
      if (folded ? !field.isEmpty() : line.regionMatches(true, 0, FIELD, 0, FIELD.length())) {
        field.append(line).append(' ');
      }
    }
    if (!field.isEmpty() && newestFirst.size() < MOST) {
      newestFirst.add(Received.parse(field.substring(FIELD.length())));
    }
    return new HopTrace(newestFirst.reversed());
  }

  /// When the last server on the way had it: what the topmost line that carries a date says.
  public Optional<Instant> arrivedAt() {
    return hops.reversed().stream().map(Received::takenAt).flatMap(Optional::stream).findFirst();
  }
}
