package io.mailcanary.wire;

import jakarta.mail.Session;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// What Angus needs before it is first used.
public final class AngusMail {
  private static final String STREAMS = "jakarta.mail.util.StreamProvider";
  private static final Executor PLATFORM =
      task -> Thread.ofPlatform().name("mail-session").daemon().start(task);

  static {
    // Many virtual threads that look this provider up through the ServiceLoader at once can starve
    // one another of carriers for good.
    if (System.getProperty(STREAMS) == null) {
      System.setProperty(STREAMS, "org.eclipse.angus.mail.util.MailStreamProvider");
    }
  }

  private AngusMail() {}

  /// Call it from a static initialiser of whatever uses Angus.
  public static void prepare() {
    // The static initialiser has done it.
  }

  /// A session with these properties and no others.
  ///
  /// Each new one reads lists of providers from our own jar. A virtual thread that waits for the
  /// jar's lock lets go of its carrier; when others that load classes from the same jar hold all
  /// carriers meanwhile, the lock is handed to one that cannot run, and everything stands still. A
  /// thread with no carrier cannot be caught in this.
  public static Session session(Properties properties) {
    return Thread.currentThread().isVirtual()
        ? CompletableFuture.supplyAsync(() -> Session.getInstance(properties), PLATFORM).join()
        : Session.getInstance(properties);
  }
}
