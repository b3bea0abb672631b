package io.mailcanary.wire;

/// What Angus needs before it is first used.
public final class AngusMail {
  private static final String STREAMS = "jakarta.mail.util.StreamProvider";

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
}
