package io.mailcanary.prober;

import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.StoreException;
import java.util.List;

/// Where what happens is put on record.
public interface Ledger {
  /// Returns when the entries, and all that were added before them, are on record.
  ///
  /// @throws StoreException when they are not; then none of them is, and none will be
  void commit(List<JournalEntry> entries);

  /// Puts an entry on record within a second or so.
  ///
  /// @param whenCommitted what has to wait for that
  void add(JournalEntry entry, Runnable whenCommitted);
}
