package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.HandOver;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// The hosts that hand a domain's mail to the world, learned from what arrived: whoever was seen by
/// a host that takes mail for the recipient's domain.
public final class SendingHosts {
  private static final Duration COUNTS_FOR = Duration.ofDays(2);
  private static final int MOST_DOMAINS = 10_000;
  private static final int MOST_HAND_OVERS = 40;

  private final InstantSource clock;
  private final Map<DomainName, Map<Seen, Instant>> seen = new ConcurrentHashMap<>();

  private record Seen(DomainName recipient, HandOver handOver) {}

  public SendingHosts(InstantSource clock) {
    this.clock = clock;
  }

  /// A message of this sender to this recipient went that way.
  public void learn(EmailAddress sender, EmailAddress recipient, HandOver handOver) {
    if (handOver.login() || (seen.size() >= MOST_DOMAINS && !seen.containsKey(sender.domain()))) {
      return;
    }
    Map<Seen, Instant> known =
        seen.computeIfAbsent(sender.domain(), _ -> new ConcurrentHashMap<>());
    Instant now = clock.instant();
    known.put(new Seen(recipient.domain(), handOver), now);
    if (known.size() > MOST_HAND_OVERS) {
      known.entrySet().stream()
          .min(Map.Entry.comparingByValue())
          .ifPresent(oldest -> known.remove(oldest.getKey()));
    }
  }

  /// Those of a domain, one for each address.
  ///
  /// @param dns says who takes mail for a recipient's domain
  public List<Sender> of(DomainName domain, Vantage dns) {
    Instant now = clock.instant();
    Map<Seen, Instant> known = seen.getOrDefault(domain, Map.of());
    known.values().removeIf(at -> at.plus(COUNTS_FOR).isBefore(now));
    Map<InetAddress, Sender> senders = new LinkedHashMap<>();
    List<Map.Entry<Seen, Instant>> newest = new ArrayList<>(known.entrySet());
    newest.sort(Map.Entry.<Seen, Instant>comparingByValue(Comparator.reverseOrder()));
    for (Map.Entry<Seen, Instant> entry : newest) {
      Seen one = entry.getKey();
      if (isTakenByExchanger(domain, one, dns)) {
        senders.putIfAbsent(one.handOver().address(), sender(one.handOver()));
      }
    }
    return List.copyOf(senders.values());
  }

  private static Sender sender(HandOver handOver) {
    return new Sender(handOver.address(), name(handOver.helo()));
  }

  private static Optional<DnsName> name(Optional<String> text) {
    return text.filter(name -> name.length() <= 253).map(DnsName::new).filter(DnsName::isHostName);
  }

  /// Large hosts sign their trace lines by other names than their MX records have, in the same
  /// domain. Where that domain is the sender's too, the name has to be the very same: hand-overs
  /// between one's own servers are nobody else's concern.
  private static boolean isTakenByExchanger(DomainName sender, Seen one, Vantage dns) {
    Optional<DnsName> by = name(Optional.of(one.handOver().by()));
    Set<DnsName> exchangers =
        dns.ask(DnsName.of(one.recipient()), RecordType.MX).found(RecordData.Mx.class).stream()
            .map(RecordData.Mx::target)
            .collect(Collectors.toSet());
    if (by.isEmpty() || exchangers.isEmpty()) {
      return false;
    }
    if (exchangers.contains(by.get())) {
      return true;
    }
    String house = house(by.get());
    return !house.equals(house(DnsName.of(sender)))
        && exchangers.stream().anyMatch(host -> house(host).equals(house));
  }

  /// Roughly what was registered: two labels, three below a short one as in `ac.uk`.
  private static String house(DnsName name) {
    List<String> labels = name.labels();
    int size = labels.size();
    boolean deep =
        size > 2 && labels.get(size - 1).length() == 2 && labels.get(size - 2).length() <= 3;
    return String.join(".", labels.subList(Math.max(0, size - (deep ? 3 : 2)), size));
  }
}
