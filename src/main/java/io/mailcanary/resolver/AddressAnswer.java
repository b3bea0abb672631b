package io.mailcanary.resolver;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/// What one answer to an A or AAAA question says of the host.
sealed interface AddressAnswer {
  int MOST_ALIASES = 10;
  int MOST_ADDRESSES = 32;

  /// @param ttl the lowest of the addresses and of the aliases that lead to them
  record Addresses(List<InetAddress> addresses, long ttl) implements AddressAnswer {}

  /// The chain of aliases leaves the answer: its end is the next question.
  record Alias(Name target, int aliases, long ttl) implements AddressAnswer {}

  /// @param ttl how long that may be believed (RFC 2308 §5)
  record NoSuchName(long ttl) implements AddressAnswer {}

  /// The name is there, without an address of this kind.
  record NoAddress(long ttl) implements AddressAnswer {}

  /// Nothing is known.
  record Failure(String why, boolean silent) implements AddressAnswer {}

  static AddressAnswer read(Message message, Name question, int type) {
    int rcode = message.getRcode();
    return switch (rcode) {
      case Rcode.NOERROR -> follow(message, question, type);
      // With aliases the code speaks of the last name of the chain (RFC 6604 §3).
      case Rcode.NXDOMAIN -> new NoSuchName(negativeTtl(message));
      case Rcode.SERVFAIL -> new Failure("server failure", false);
      case Rcode.REFUSED -> new Failure("refused", false);
      default -> new Failure("answer code " + Rcode.string(rcode), false);
    };
  }

  private static AddressAnswer follow(Message message, Name question, int type) {
    List<Record> answers = message.getSection(Section.ANSWER);
    Name name = question;
    long ttl = Long.MAX_VALUE;
    for (int aliases = 0; aliases <= MOST_ALIASES; aliases++) {
      List<InetAddress> addresses = new ArrayList<>();
      CNAMERecord alias = null;
      for (Record answer : answers) {
        if (!answer.getName().equals(name)) {
          continue;
        }
        if (answer.getType() == type && addresses.size() < MOST_ADDRESSES) {
          address(answer, question, addresses);
          ttl = Math.min(ttl, answer.getTTL());
        } else if (answer instanceof CNAMERecord found) {
          alias = found;
        }
      }
      if (!addresses.isEmpty()) {
        return new Addresses(addresses, ttl);
      }
      if (alias == null) {
        return aliases == 0 || isNegative(message)
            ? new NoAddress(negativeTtl(message))
            : new Alias(name, aliases, ttl);
      }
      ttl = Math.min(ttl, alias.getTTL());
      name = alias.getTarget();
    }
    return new Alias(name, MOST_ALIASES + 1, ttl);
  }

  private static void address(Record answer, Name host, List<InetAddress> into) {
    byte[] bytes =
        switch (answer) {
          case ARecord a -> a.getAddress().getAddress();
          case AAAARecord aaaa -> aaaa.getAddress().getAddress();
          default -> throw new IllegalArgumentException("not an address: " + answer.getType());
        };
    try {
      into.add(InetAddress.getByAddress(host.toString(true), bytes));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static boolean isNegative(Message message) {
    return message.getSection(Section.AUTHORITY).stream().anyMatch(SOARecord.class::isInstance);
  }

  private static long negativeTtl(Message message) {
    return message.getSection(Section.AUTHORITY).stream()
        .filter(SOARecord.class::isInstance)
        .map(SOARecord.class::cast)
        .mapToLong(soa -> Math.min(soa.getTTL(), soa.getMinimum()))
        .min()
        .orElse(0);
  }

  static Duration between(long ttl, int least, int most) {
    return Duration.ofSeconds(Math.clamp(ttl, least, most));
  }
}
