package io.mailcanary.api;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Where somebody goes after logging in: a page of ours, whatever the link said.
public final class Destination {
  private static final int LONGEST = 1_000;

  private Destination() {}

  public static String safe(@Nullable String to) {
    return to != null && isOurs(to) ? to : "/";
  }

  /// Browsers read `//` and `/\` as another host, and drop control characters first.
  private static boolean isOurs(String to) {
    if (to.length() > LONGEST
        || !to.matches("/(?![/\\\\])[\\x21-\\x7e&&[^\\\\]]*")
        || to.startsWith("/login")
        || to.startsWith("/logout")) {
      return false;
    }
    try {
      URI address = URI.create(to);
      return address.getHost() == null && address.getScheme() == null;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
