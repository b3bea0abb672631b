package io.mailcanary.prober;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.StoreException;
import java.util.List;
import java.util.Set;

/// Where what happens is put on record.
public interface Ledger {
  /// Returns when the entries, and all that were added before them, are on record.
  ///
  /// @return canaries of which an attempt may not begin: another replica takes care of them, or
  ///   there is nothing to try any more
  /// @throws StoreException when they are not; then none of them is, and none will be
  Set<CanaryId> commit(List<JournalEntry> entries);

  /// Puts an entry on record within a second or so.
  ///
  /// @param whenCommitted what has to wait for that
  void add(JournalEntry entry, Runnable whenCommitted);
}
