package io.mailcanary.schedule;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One life of one replica: where it runs, for people, and a mark that no other life has.
///
/// Versions before this one wrote no mark on what they made; their ids look otherwise.
public record ReplicaId(String text) {
  private static final Pattern FORM = Pattern.compile(".*~([0-9a-f]{8})");

  /// Quartz's tables bound its length.
  private static final int LONGEST_HOST = 60;

  public ReplicaId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("no id of a replica: " + text);
    }
  }

  /// For a life that begins.
  public static ReplicaId fresh() {
    String host = hostName();
    byte[] random = new byte[4];
    new SecureRandom().nextBytes(random);
    return new ReplicaId(
        host.substring(0, Math.min(host.length(), LONGEST_HOST))
            + "~"
            + HexFormat.of().formatHex(random));
  }

  /// What it writes on what is its own.
  public String mark() {
    return markOf(text).orElseThrow();
  }

  /// The mark of a member; empty for one of an older version.
  public static Optional<String> markOf(String member) {
    Matcher matcher = FORM.matcher(member);
    return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException _) {
      return "mailcanary";
    }
  }
}
