package io.mailcanary.dns;

import io.mailcanary.mail.Severity;
import java.util.List;
import java.util.SortedSet;

/// What became different at a name between two snapshots of one server.
///
/// @param before texts of the records; empty where there was none
/// @param after the same, afterwards
/// @param severity how much it weighs at a name that mail needs
/// @param sentence what happened: `MX of example.org removed: 10 mx.example.org`
public record SnapshotDifference(
    DnsName name,
    RecordType type,
    Kind kind,
    SortedSet<String> before,
    SortedSet<String> after,
    Severity severity,
    String sentence) {

  /// What kind of change.
  public enum Kind {
    /// Records are gone, none came.
    REMOVED,
    /// Records came, none is gone.
    ADDED,
    /// Some are gone and others came.
    CHANGED,
    /// The types at the name are others: an alias came or went, the name itself is gone.
    TYPES_CHANGED
  }

  /// Compares what both know of; what one of them was not told doesn't count.
  public static List<SnapshotDifference> between(Snapshot before, Snapshot after) {
    return Differences.between(before, after);
  }
}
