package io.mailcanary.dns;

import io.mailcanary.mail.DomainName;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// A name as it stands in DNS data, which may hold anything: `[192.0.2.1]` or `*` as well as a
/// host's name.
///
/// @param text presentation form (RFC 1035 §5.1) in lower case without the final dot; `.` is the
///   root
public record DnsName(String text) implements Comparable<DnsName> {
  public static final DnsName ROOT = new DnsName(".");

  /// 255 octets, each of which may be written as `\DDD`.
  private static final int LONGEST = 1_020;

  private static final Pattern HOST_LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

  public DnsName {
    text = text.toLowerCase(Locale.ROOT);
    if (text.length() > 1 && text.endsWith(".") && !text.endsWith("\\.")) {
      text = text.substring(0, text.length() - 1);
    }
    if (text.isEmpty() || text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a name in DNS has 1 to %d characters, this has %d".formatted(LONGEST, text.length()));
    }
  }

  public static DnsName of(DomainName domain) {
    return new DnsName(domain.name());
  }

  public static DnsName of(String text) {
    return new DnsName(text);
  }

  /// Where the PTR records of an address stand (RFC 1035 §3.5, RFC 3596 §2.5).
  public static DnsName reverse(InetAddress address) {
    byte[] octets = address.getAddress();
    StringBuilder name = new StringBuilder();
    for (int i = octets.length - 1; i >= 0; i--) {
      int octet = octets[i] & 0xff;
      if (octets.length == 4) {
        name.append(octet).append('.');
      } else {
        name.append(Integer.toHexString(octet & 0xf)).append('.');
        name.append(Integer.toHexString(octet >> 4)).append('.');
      }
    }
    return new DnsName(name + (octets.length == 4 ? "in-addr.arpa" : "ip6.arpa"));
  }

  public boolean isRoot() {
    return text.equals(".");
  }

  public DnsName child(String labels) {
    return new DnsName(isRoot() ? labels : labels + "." + text);
  }

  /// The name without its first label; the root's is the root.
  public DnsName parent() {
    int dot = text.indexOf('.');
    return dot < 0 || dot == text.length() - 1 ? ROOT : new DnsName(text.substring(dot + 1));
  }

  /// From the most specific on; none for the root.
  public List<String> labels() {
    return isRoot() ? List.of() : Arrays.asList(text.split("\\."));
  }

  /// Whether this is `other` itself or a name below it.
  public boolean isWithin(DnsName other) {
    return other.isRoot() || text.equals(other.text) || text.endsWith("." + other.text);
  }

  /// Letters, digits and hyphens in two labels or more (RFC 1123 §2.1).
  public boolean isHostName() {
    List<String> labels = labels();
    return labels.size() > 1 && labels.stream().allMatch(l -> HOST_LABEL.matcher(l).matches());
  }

  /// The address that somebody wrote where a name belongs, in brackets or bare.
  public Optional<InetAddress> literal() {
    boolean bracketed = isBracketed();
    String bare = bracketed ? text.substring(1, text.length() - 1) : text;
    if (!IPV4.matcher(bare).matches() && bare.indexOf(':') < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  public boolean isBracketed() {
    return text.startsWith("[") && text.endsWith("]") && text.length() > 2;
  }

  @Override
  public int compareTo(DnsName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
