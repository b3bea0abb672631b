package io.mailcanary.schedule;

import java.time.Instant;
import java.util.List;

/// The replicas that are alive.
///
/// @param self this replica
/// @param all their ids in order, this replica's among them
/// @param since since when it has been these
public record Members(String self, List<String> all, Instant since) {
  public Members {
    all = all.stream().distinct().sorted().toList();
    if (!all.contains(self)) {
      throw new IllegalArgumentException("a replica is a member of its own cluster");
    }
  }
}
