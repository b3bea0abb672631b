package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.NoSuchName;
import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.RecordData.Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The addresses of a name, as the answers for A and AAAA tell them together.
record Host(DnsName name, DnsAnswer four, DnsAnswer six) {
  static Host of(Vantage vantage, DnsName name) {
    return new Host(name, vantage.ask(name, RecordType.A), vantage.ask(name, RecordType.AAAA));
  }

  List<InetAddress> addresses() {
    List<InetAddress> all = new ArrayList<>();
    four.found(Address.class).forEach(a -> all.add(a.address()));
    six.found(Address.class).forEach(a -> all.add(a.address()));
    return all;
  }

  boolean hasAddress() {
    return !addresses().isEmpty();
  }

  /// One of the two was not answered.
  boolean failed() {
    return failure().isPresent();
  }

  Optional<DnsAnswer> failure() {
    if (four instanceof Unanswered) {
      return Optional.of(four);
    }
    return six instanceof Unanswered ? Optional.of(six) : Optional.empty();
  }

  /// Nothing was found, and nobody failed.
  boolean isMissing() {
    return !hasAddress() && !failed();
  }

  boolean isNoSuchName() {
    return four instanceof NoSuchName || six instanceof NoSuchName;
  }

  /// The answer that says most of what is wrong.
  DnsAnswer decisive() {
    return failure().orElse(hasAddress() && four.found().isEmpty() ? six : four);
  }

  /// What no other host can reach: 127/8, ::1, 0.0.0.0/8, ::.
  static boolean isLoopback(InetAddress address) {
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || (!(address instanceof Inet6Address) && address.getAddress()[0] == 0);
  }

  /// What only hosts of the same network can reach (RFC 1918, RFC 4193, RFC 6598, link-local).
  static boolean isPrivate(InetAddress address) {
    byte[] octets = address.getAddress();
    if (address instanceof Inet6Address) {
      return (octets[0] & 0xfe) == 0xfc || address.isLinkLocalAddress();
    }
    boolean shared = (octets[0] & 0xff) == 100 && (octets[1] & 0xc0) == 64;
    return shared || address.isSiteLocalAddress() || address.isLinkLocalAddress();
  }
}
