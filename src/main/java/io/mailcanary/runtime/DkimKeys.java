package io.mailcanary.runtime;

import io.mailcanary.mail.DkimSignature;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// The keys that canaries were signed with where they arrived: what DNS must go on holding.
public final class DkimKeys {
  private static final int MOST = 1_000;

  private final Set<DkimSignature> known = new LinkedHashSet<>();
  private final List<Consumer<DkimSignature>> listeners = new CopyOnWriteArrayList<>();

  /// A message arrived that is signed so.
  public void seen(DkimSignature signature) {
    synchronized (known) {
      // The one seen last stands last, so that the first one is the one to forget.
      known.remove(signature);
      known.add(signature);
      if (known.size() > MOST) {
        known.remove(known.iterator().next());
      }
    }
    listeners.forEach(listener -> listener.accept(signature));
  }

  public List<DkimSignature> known() {
    synchronized (known) {
      return List.copyOf(known);
    }
  }

  /// Tells `listener` each signature that is seen from now on, known or not; it may block.
  public void listen(Consumer<DkimSignature> listener) {
    listeners.add(listener);
  }
}
