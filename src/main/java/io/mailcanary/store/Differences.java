package io.mailcanary.store;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import java.util.List;
import java.util.Set;

/// Where the record differs from what was meant to be written, since other replicas write, too.
///
/// @param canaries of which others wrote, as they stand on record now
/// @param refused those of them of which an attempt may not begin: another replica takes care of
///   them, or there is nothing to try any more
public record Differences(List<Canary> canaries, Set<CanaryId> refused) {
  public static final Differences NONE = new Differences(List.of(), Set.of());

  public Differences {
    canaries = List.copyOf(canaries);
    refused = Set.copyOf(refused);
  }
}
