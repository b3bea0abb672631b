package io.mailcanary.watch;

import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Dependency;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Relay;
import io.mailcanary.runtime.Plan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A name to watch, why, and for whom.
///
/// @param roles what it is for as a mail domain; none for a host's name and one merely watched
/// @param host whether somebody connects to it
/// @param paths that need it
/// @param dependencies that are looked at from where their hops stand
record Interest(
    DomainName name,
    Set<Role> roles,
    boolean host,
    SortedSet<String> paths,
    List<Needed> dependencies) {

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  /// @param path whose hop needs it
  record Needed(Dependency dependency, String path) {}

  /// All that follows from the probe files, by name.
  static Map<DomainName, Interest> of(Plan plan) {
    Map<DomainName, Collected> all = new TreeMap<>();
    plan.dns().watch().forEach(name -> collected(all, name));
    plan.paths().values().stream().filter(MailPath::enabled).forEach(path -> of(path, plan, all));
    Map<DomainName, Interest> interests = new TreeMap<>();
    all.keySet().removeIf(plan.dns()::ignores);
    all.forEach((name, one) -> interests.put(name, one.interest(name)));
    return interests;
  }

  private static void of(MailPath path, Plan plan, Map<DomainName, Collected> all) {
    // Bounces come back to it: the sender's domain receives as well.
    senders(path)
        .forEach(from -> collected(all, from).as(path, EnumSet.of(Role.SENDS, Role.RECEIVES)));
    collected(all, path.to().domain()).as(path, EnumSet.of(Role.RECEIVES));
    for (String via : path.allVia()) {
      Relay relay = plan.relays().get(via);
      if (relay != null) {
        host(relay.host(), path, all);
      }
      helo(relay == null ? path.direct() : relay, path, all);
    }
    for (String mailbox : Set.copyOf(List.of(path.arrivesIn(), path.bouncesTo()))) {
      Optional.ofNullable(plan.mailboxes().get(mailbox))
          .flatMap(Interest::host)
          .ifPresent(host -> host(host, path, all));
    }
    for (Dependency dependency : path.dependsOn()) {
      collected(all, dependency.name()).needs(new Needed(dependency, path.name()), path);
    }
  }

  private static Stream<DomainName> senders(MailPath path) {
    return Stream.concat(Stream.of(path.from()), path.vary().from().stream())
        .map(EmailAddress::domain);
  }

  private static void helo(Relay relay, MailPath path, Map<DomainName, Collected> all) {
    relay
        .helo()
        .filter(Interest::isName)
        .ifPresent(helo -> collected(all, new DomainName(helo)).paths.add(path.name()));
  }

  private static void host(String host, MailPath path, Map<DomainName, Collected> all) {
    if (isName(host)) {
      Collected one = collected(all, new DomainName(host));
      one.host = true;
      one.paths.add(path.name());
    }
  }

  private static boolean isName(String host) {
    return !ADDRESS.matcher(host).matches() && host.indexOf('.') > 0;
  }

  private static Optional<String> host(Mailbox mailbox) {
    return switch (mailbox) {
      case Mailbox.Imap imap -> Optional.of(imap.server().host());
      case Mailbox.Pop3 pop3 -> Optional.of(pop3.server().host());
      case Mailbox.Maildir _, Mailbox.Receiver _ -> Optional.empty();
    };
  }

  private static Collected collected(Map<DomainName, Collected> all, DomainName name) {
    return all.computeIfAbsent(name, _ -> new Collected());
  }

  private static final class Collected {
    private final Set<Role> roles = EnumSet.noneOf(Role.class);
    private final SortedSet<String> paths = new TreeSet<>();
    private final List<Needed> dependencies = new ArrayList<>();
    private boolean host;

    void as(MailPath path, Collection<Role> more) {
      roles.addAll(more);
      paths.add(path.name());
    }

    void needs(Needed needed, MailPath path) {
      dependencies.add(needed);
      paths.add(path.name());
    }

    Interest interest(DomainName name) {
      return new Interest(name, Set.copyOf(roles), host, paths, List.copyOf(dependencies));
    }
  }
}
