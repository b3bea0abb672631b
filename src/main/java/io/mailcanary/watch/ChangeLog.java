package io.mailcanary.watch;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.store.StoreException;
import io.mailcanary.store.WatchStore;
import io.mailcanary.verdict.Change;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one list of everything that became different: records, certificates, our own probe files,
/// markers.
public final class ChangeLog {
  private static final Logger LOG = LoggerFactory.getLogger(ChangeLog.class);

  private final WatchStore store;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();

  public ChangeLog(WatchStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /// An id for a change that is noticed now.
  public String id() {
    byte[] bytes = new byte[CanaryId.RANDOM_BYTES];
    random.nextBytes(bytes);
    return CanaryId.of(clock.instant(), bytes).value();
  }

  /// Puts a change on record and tells it. One that is known by its id becomes what it is now.
  ///
  /// @throws StoreException when it could not be put on record
  public void add(Change change) {
    store.put(change);
    LOG.info(
        "change ({}): {}{}",
        change.severity().word(),
        change.what(),
        change.servers().isEmpty()
            ? ""
            : ", seen at "
                + String.join(", ", change.servers().stream().map(Change.Seen::server).toList()));
    listeners.forEach(listener -> listener.accept(change));
  }

  /// See [#add]; where the database does not answer, it is told all the same.
  public void tell(Change change) {
    try {
      add(change);
    } catch (StoreException e) {
      LOG.warn("{}: not on record: {}", change.what(), e.getMessage());
      listeners.forEach(listener -> listener.accept(change));
    }
  }

  /// Tells `listener` every change from now on, and each newer version of one. It must not block.
  public void listen(Consumer<Change> listener) {
    listeners.add(listener);
  }
}
