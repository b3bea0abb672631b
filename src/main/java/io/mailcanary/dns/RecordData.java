package io.mailcanary.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/// What a record holds. Its text is the one of a zone file, without final dots.
public sealed interface RecordData {
  RecordType type();

  record Address(InetAddress address) implements RecordData {
    @Override
    public RecordType type() {
      return address instanceof Inet4Address ? RecordType.A : RecordType.AAAA;
    }

    @Override
    public String toString() {
      return address.getHostAddress();
    }
  }

  record Mx(int preference, DnsName target) implements RecordData {
    @Override
    public RecordType type() {
      return RecordType.MX;
    }

    /// Says that the domain takes no mail (RFC 7505 §3), whatever the preference.
    public boolean isNull() {
      return target.isRoot();
    }

    @Override
    public String toString() {
      return preference + " " + target;
    }
  }

  /// @param strings as they stand in the record, one character an octet (ISO 8859-1)
  record Txt(List<String> strings) implements RecordData {
    public Txt {
      strings = List.copyOf(strings);
    }

    public static Txt of(String... strings) {
      return new Txt(List.of(strings));
    }

    /// The strings joined without a space (RFC 7208 §3.3).
    public String joined() {
      return String.join("", strings);
    }

    @Override
    public RecordType type() {
      return RecordType.TXT;
    }

    @Override
    public String toString() {
      StringBuilder shown = new StringBuilder();
      for (String string : strings) {
        shown.append(shown.isEmpty() ? "\"" : " \"").append(Visible.quoted(string)).append('"');
      }
      return shown.toString();
    }
  }

  record Cname(DnsName target) implements RecordData {
    @Override
    public RecordType type() {
      return RecordType.CNAME;
    }

    @Override
    public String toString() {
      return target.text();
    }
  }

  record Ns(DnsName server) implements RecordData {
    @Override
    public RecordType type() {
      return RecordType.NS;
    }

    @Override
    public String toString() {
      return server.text();
    }
  }

  record Ptr(DnsName target) implements RecordData {
    @Override
    public RecordType type() {
      return RecordType.PTR;
    }

    @Override
    public String toString() {
      return target.text();
    }
  }

  /// @param serial unsigned, compared by {@link Serial}
  /// @param minimum how long a negative answer may be believed, in seconds (RFC 2308 §4)
  record Soa(
      DnsName primary,
      DnsName responsible,
      long serial,
      long refresh,
      long retry,
      long expire,
      long minimum)
      implements RecordData {
    @Override
    public RecordType type() {
      return RecordType.SOA;
    }

    @Override
    public String toString() {
      return "%s %s %d %d %d %d %d"
          .formatted(primary, responsible, serial, refresh, retry, expire, minimum);
    }
  }

  /// RFC 6698 §2.1.
  ///
  /// @param association hexadecimal digits, lower case
  record Tlsa(int usage, int selector, int matching, String association) implements RecordData {
    @Override
    public RecordType type() {
      return RecordType.TLSA;
    }

    @Override
    public String toString() {
      return "%d %d %d %s".formatted(usage, selector, matching, association);
    }
  }

  /// @param digest hexadecimal digits, lower case
  record Ds(int keyTag, int algorithm, int digestType, String digest) implements RecordData {
    @Override
    public RecordType type() {
      return RecordType.DS;
    }

    @Override
    public String toString() {
      return "%d %d %d %s".formatted(keyTag, algorithm, digestType, digest);
    }
  }

  /// @param flags 256 of a zone's key, 257 of one that the parent's DS points at
  /// @param keyTag RFC 4034 appendix B
  record Dnskey(int flags, int algorithm, int keyTag) implements RecordData {
    private static final int REVOKED = 0x80;
    private static final int ZONE = 0x100;

    /// Whether zone data may be signed with it (RFC 4034 §2.1.1, RFC 5011 §2.1).
    public boolean signs() {
      return (flags & ZONE) != 0 && (flags & REVOKED) == 0;
    }

    @Override
    public RecordType type() {
      return RecordType.DNSKEY;
    }

    @Override
    public String toString() {
      return "%d 3 %d ; key tag %d".formatted(flags, algorithm, keyTag);
    }
  }
}
