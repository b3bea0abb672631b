package io.mailcanary.schedule;

import java.time.Instant;
import java.util.List;

/// One replica on a database of its own.
public final class AloneMembership implements Membership {
  private final Members members;

  public AloneMembership(String self, Instant since) {
    this.members = new Members(self, List.of(self), since);
  }

  @Override
  public Members alive() {
    return members;
  }
}
