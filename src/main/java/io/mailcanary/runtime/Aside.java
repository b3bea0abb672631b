package io.mailcanary.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/// Work on a thread of its own, one at a time: whoever asks for it again while it is under way asks
/// in vain.
public final class Aside {
  private final String name;
  private final AtomicBoolean busy = new AtomicBoolean();

  /// @param name of the thread
  public Aside(String name) {
    this.name = name;
  }

  public void run(Runnable work) {
    if (busy.compareAndSet(false, true)) {
      Thread.ofVirtual()
          .name(name)
          .start(() -> {
            try {
              work.run();
            } finally {
              busy.set(false);
            }
          });
    }
  }
}
