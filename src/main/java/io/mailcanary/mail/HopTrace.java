package io.mailcanary.mail;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  /// What our own servers wrote, and what stood in the message already when it came to the first of
  /// them. Anybody can have written that.
  ///
  /// @param proven in the order of travel
  /// @param claimed in the order of travel, before all of `proven`
  public record Trust(List<Received> proven, List<Received> claimed) {
    public Trust {
      proven = List.copyOf(proven);
      claimed = List.copyOf(claimed);
    }
  }

  /// Tells proven hops from claimed ones: from the newest line on down to the last one in a row
  /// that one of our own servers wrote. The newest is proven always: the mailbox's server wrote it.
  ///
  /// @param own the names under which our own servers write their lines
  public Trust trust(Set<DomainName> own) {
    int first = hops.size() - 1;
    for (int i = first - 1; i >= 0; i--) {
      String by = hops.get(i).by();
      // qmail writes a line without names above its own.
      if (by != null && !isOwn(own, by)) {
        break;
      }
      first = by == null ? first : i;
    }
    return hops.isEmpty()
        ? new Trust(List.of(), List.of())
        : new Trust(hops.subList(first, hops.size()), hops.subList(0, first));
  }

  private static boolean isOwn(Set<DomainName> own, String by) {
    return own.stream().anyMatch(name -> name.name().equalsIgnoreCase(by));
  }

  /// When the last server on the way had it: what the topmost line that carries a date says.
  public Optional<Instant> arrivedAt() {
    return hops.reversed().stream().map(Received::takenAt).flatMap(Optional::stream).findFirst();
  }
}
