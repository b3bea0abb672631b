package io.mailcanary.config;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Route;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Relay;
import io.mailcanary.runtime.Paging;
import io.mailcanary.runtime.Plan;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Whether letters would still arrive when what they report on is down. They share no host and no
/// domain with it. That both need the system's resolver is worth a word of caution alone: channels
/// have no other, and an operator who has no other either could have no letters at all.
final class Independence {
  /// Below these, names are given to everybody: `corp.co.example`.
  private static final Set<String> SECOND_LEVEL =
      Set.of("ac", "co", "com", "edu", "go", "gob", "gov", "gv", "ne", "net", "or", "org", "mil");

  private final Plan plan;
  private final Paging paging;

  Independence(Plan plan, Paging paging) {
    this.plan = plan;
    this.paging = paging;
  }

  /// What it shares, as a sentence for the relay's key.
  Optional<String> fault(Channel.Email email) {
    Relay relay = plan.relays().get(email.relay());
    if (relay == null) {
      return Optional.empty();
    }
    return reported(email).stream()
        .flatMap(path -> shared(email, relay, path).stream())
        .findFirst()
        .map(shared -> shared + ", expected a relay that has nothing in common with the paths");
  }

  /// Why letters may fail together with the paths all the same, as a sentence.
  Optional<String> caution(Channel.Email email) {
    Relay relay = plan.relays().get(email.relay());
    return relay == null || reported(email).isEmpty()
        ? Optional.empty()
        : resolver(relay)
            .map(shared ->
                "the relay of channel '%s' %s: while that resolver is down, letters wait"
                    .formatted(email.name(), shared));
  }

  private List<MailPath> reported(Channel.Email email) {
    return plan.paths().values().stream().filter(path -> reportsOn(email.name(), path)).toList();
  }

  private boolean reportsOn(String channel, MailPath path) {
    return paging.routes().stream()
        .filter(route -> names(route, channel))
        .anyMatch(route -> mayMatch(route.match(), path));
  }

  private static boolean names(Route route, String channel) {
    return route.to().contains(channel) || route.then().contains(channel);
  }

  private static boolean mayMatch(Match match, MailPath path) {
    return match.path().map(path.name()::equals).orElse(true)
        && match.group().map(group -> path.group().filter(group::equals).isPresent()).orElse(true)
        && path.labels().entrySet().containsAll(match.labels().entrySet());
  }

  private Optional<String> shared(Channel.Email email, Relay relay, MailPath path) {
    if (path.via().equals(relay.name())) {
      return Optional.of("is the relay of path '%s'".formatted(path.name()));
    }
    return hosts(path)
        .filter(host -> isSame(host, relay.host()))
        .findFirst()
        .map(host -> "has the host '%s' of path '%s'".formatted(host, path.name()))
        .or(() ->
            domains(path)
                .filter(domain -> mine(email, relay).anyMatch(domain::equals))
                .findFirst()
                .map(domain ->
                    "shares the domain '%s' with path '%s'".formatted(domain, path.name())));
  }

  /// Channels use the system's resolver.
  private Optional<String> resolver(Relay relay) {
    boolean isName = !isAddress(relay.host()) && !relay.host().equals("localhost");
    return isName && plan.defaultResolver().isSystem()
        ? Optional.of(
            "has its name '%s' looked up by the system's resolver, as the paths have theirs (an IP"
                    .formatted(relay.host())
                + " address needs none; or name other servers in resolvers.default)")
        : Optional.empty();
  }

  private Stream<String> hosts(MailPath path) {
    Relay via = plan.relays().get(path.via());
    return Stream.concat(
        via == null ? Stream.empty() : Stream.of(via.host()),
        Stream.of(path.arrivesIn(), path.bouncesTo())
            .distinct()
            .map(plan.mailboxes()::get)
            .filter(mailbox -> mailbox != null)
            .flatMap(mailbox -> host(mailbox).stream()));
  }

  private static Optional<String> host(Mailbox mailbox) {
    return switch (mailbox) {
      case Mailbox.Imap imap -> Optional.of(imap.server().host());
      case Mailbox.Pop3 pop3 -> Optional.of(pop3.server().host());
      case Mailbox.Maildir _, Mailbox.Receiver _ -> Optional.empty();
    };
  }

  private Stream<String> domains(MailPath path) {
    return Stream.concat(
            Stream.of(path.from(), path.to()).map(Independence::domain),
            hosts(path).filter(host -> !isAddress(host)))
        .map(Independence::organisation)
        .distinct();
  }

  private static Stream<String> mine(Channel.Email email, Relay relay) {
    return Stream.concat(
            Stream.of(email.from(), email.to()).map(Independence::domain),
            Stream.of(relay.host()).filter(host -> !isAddress(host)))
        .map(Independence::organisation)
        .distinct();
  }

  private static String domain(EmailAddress address) {
    return address.domain().name();
  }

  /// The domain that somebody was given, as well as the labels tell: whoever runs it runs all below
  /// it.
  static String organisation(String name) {
    String[] labels = name.toLowerCase(Locale.ROOT).split("\\.", -1);
    int count = labels.length;
    boolean national = count > 2 && labels[count - 1].length() == 2;
    int kept = national && SECOND_LEVEL.contains(labels[count - 2]) ? 3 : 2;
    return String.join(".", List.of(labels).subList(Math.max(0, count - kept), count));
  }

  private static boolean isAddress(String host) {
    return AddressKinds.address(host).isPresent();
  }

  private static boolean isSame(String one, String other) {
    Optional<InetAddress> address = AddressKinds.address(one);
    return address.isPresent()
        ? address.equals(AddressKinds.address(other))
        : one.equalsIgnoreCase(other);
  }
}
