package io.mailcanary.dns;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The domains that an SPF record takes in by `include` or `redirect`, and those that these take in
/// (RFC 7208 §5.2, §6.1).
public final class SpfIncludes {
  private static final int MOST = 20;

  private SpfIncludes() {}

  /// None where the domain has no SPF record.
  public static Set<DnsName> of(Vantage vantage, DnsName domain) {
    SortedSet<DnsName> found = new TreeSet<>();
    SpfWalk.of(vantage, domain).followed().stream()
        .filter(one -> !one.equals(domain))
        .limit(MOST)
        .forEach(found::add);
    return found;
  }
}
