package io.mailcanary.receiver;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Who has been here before (RFC 6647 §2.4): a client's network, a sender and a recipient together.
/// In memory; a restart forgets.
final class Greylist {
  private static final int MOST = 20_000;

  /// One that never comes back in that time begins anew.
  private static final Duration RETRY_WITHIN = Duration.ofDays(1);

  private static final Duration KNOWN_FOR = Duration.ofDays(35);

  private final Map<String, Contact> contacts =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Contact> eldest) {
          return size() > MOST;
        }
      };

  private record Contact(Instant first, Instant last, boolean passed) {}

  /// How much longer it has to wait; zero: it may pass, and is known from now on.
  synchronized Duration wait(
      InetAddress client, String sender, String recipient, Duration time, Instant now) {
    String key = network(client) + '\0' + lower(sender) + '\0' + lower(recipient);
    Contact known = contacts.get(key);
    Contact contact =
        known == null || isForgotten(known, now) ? new Contact(now, now, false) : known;
    Duration left = Duration.between(now, contact.first().plus(time));
    boolean passes = contact.passed() || !left.isPositive();
    contacts.put(key, new Contact(contact.first(), now, passes));
    return passes ? Duration.ZERO : left;
  }

  private static boolean isForgotten(Contact known, Instant now) {
    return known.last().plus(known.passed() ? KNOWN_FOR : RETRY_WITHIN).isBefore(now);
  }

  /// A /24 or a /64: a sender's retries may come from another host of a farm.
  private static String network(InetAddress client) {
    byte[] address = client.getAddress();
    return HexFormat.of().formatHex(Arrays.copyOf(address, address.length == 4 ? 3 : 8));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
