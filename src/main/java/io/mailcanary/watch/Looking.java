package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts;
import io.mailcanary.dns.MailHosts;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.ReceiversView;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.RelayKind;
import io.mailcanary.dns.Vantage;
import io.mailcanary.dns.Verdict;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.Resolver;
import io.mailcanary.resolver.Look;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One look at one name: what was seen of it becomes facts, findings, and what receivers make of
/// it.
final class Looking {
  /// How many authoritative servers are looked through.
  static final int MOST_SERVERS = 8;

  private static final int MOST_EVIDENCE = 40;
  private static final int MOST_HOSTS = 20;

  private final Sources sources;
  private final Surroundings surroundings;

  Looking(Sources sources) {
    this(sources, Surroundings.NONE);
  }

  Looking(Sources sources, Surroundings surroundings) {
    this.sources = sources;
    this.surroundings = surroundings;
  }

  /// @param zones in which its names live, its own first
  /// @param sighted which resolvers can be believed
  /// @param servers how many authoritative servers are looked through, at most
  Seen at(
      Interest interest,
      List<ZoneFacts> zones,
      Collection<String> selectors,
      Collection<String> publicNetworks,
      Predicate<String> sighted,
      int servers,
      Instant now) {
    Vantage validating = vantage(Resolver.DEFAULT, Look.VALIDATING);
    DomainFacts.Builder seen = DomainFacts.of(interest.name(), now, validating);
    if (interest.roles().contains(DomainFacts.Role.RECEIVES)) {
      Optional<DomainFacts.PolicyFetch> policy = policy(interest.name(), validating);
      policy.ifPresent(seen::mtaSts);
      seen.served(served(interest.name(), validating, policy.isPresent()));
    }
    if (interest.roles().contains(DomainFacts.Role.SENDS)) {
      seen.senders(surroundings.senders(interest.name(), validating));
    }
    if (!interest.roles().isEmpty()) {
      surroundings.registration(interest.name()).ifPresent(seen::registration);
    }
    DomainFacts facts =
        seen.roles(interest.roles())
            .unchecked(vantage(Resolver.DEFAULT, Look.PLAIN))
            .elsewhere(elsewhere(sighted))
            .zones(zones)
            .selectors(
                selectors.stream()
                    .map(one ->
                        new DomainFacts.Selector(
                            one, DnsName.of(interest.name()), Optional.empty()))
                    .toList())
            .dependencies(dependencies(interest, sighted))
            .nextHops(nextHops(interest))
            .publicNetworks(Set.copyOf(publicNetworks))
            .build();
    List<Server> fresh = servers(zones, validating, servers);
    DomainView view =
        new DomainView(
            interest.name(),
            now,
            interest.roles().contains(DomainFacts.Role.SENDS)
                ? receivers(
                    interest,
                    MailHosts.untried(publicNetworks),
                    new Server(
                        sources.label(Resolver.DEFAULT),
                        OptionalLong.empty(),
                        validating,
                        Map.of()),
                    fresh)
                : List.of(),
            findings(facts, fresh),
            records(interest, zones, validating));
    return new Seen(facts, view);
  }

  /// Where records promise something of what a host serves: TLSA, or a policy.
  private List<DomainFacts.Served> served(
      DomainName domain, Vantage validating, boolean hasPolicy) {
    return surroundings.served(
        validating.ask(DnsName.of(domain), RecordType.MX).found(RecordData.Mx.class).stream()
            .map(RecordData.Mx::target)
            .filter(DnsName::isHostName)
            .distinct()
            .limit(MOST_HOSTS)
            .filter(host ->
                hasPolicy || !validating.ask(Names.tlsa(host), RecordType.TLSA).found().isEmpty())
            .toList());
  }

  private Optional<DomainFacts.PolicyFetch> policy(DomainName domain, Vantage validating) {
    return validating
        .ask(DnsName.of(domain).child("_mta-sts"), RecordType.TXT)
        .found(RecordData.Txt.class)
        .stream()
        .map(RecordData.Txt::joined)
        .filter(text -> text.startsWith("v=STSv1"))
        .findFirst()
        .flatMap(text -> surroundings.policy(domain, text));
  }

  private Vantage vantage(String resolver, Look look) {
    return new Memory(sources.label(resolver), question -> sources.ask(resolver, question, look));
  }

  private List<DomainFacts.NamedVantage> elsewhere(Predicate<String> sighted) {
    return sources.resolvers().stream()
        .filter(name -> !name.equals(Resolver.DEFAULT))
        .filter(sighted)
        .map(name ->
            new DomainFacts.NamedVantage(sources.label(name), vantage(name, Look.VALIDATING)))
        .toList();
  }

  private List<DomainFacts.Dependency> dependencies(Interest interest, Predicate<String> sighted) {
    List<DomainFacts.Dependency> found = new ArrayList<>();
    for (Interest.Needed needed : interest.dependencies()) {
      String resolver = needed.dependency().resolver();
      RecordType type = type(needed.dependency().type());
      if (type != null && sighted.test(resolver)) {
        found.add(
            new DomainFacts.Dependency(
                new Question(DnsName.of(interest.name()), type),
                new DomainFacts.NamedVantage(
                    sources.label(resolver), vantage(resolver, Look.VALIDATING)),
                Set.copyOf(needed.dependency().expect()),
                "path " + needed.path()));
      }
    }
    return found;
  }

  private static @org.jspecify.annotations.Nullable RecordType type(String text) {
    try {
      return RecordType.valueOf(text);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /// A host that mail is handed to by name.
  private static List<DomainFacts.NextHop> nextHops(Interest interest) {
    return interest.dependencies().stream()
        .filter(needed -> Set.of("A", "AAAA", "MX").contains(needed.dependency().type()))
        .map(needed ->
            new DomainFacts.NextHop(
                DnsName.of(interest.name()),
                needed.dependency().relay().flatMap(RelayKind::byTag),
                "path " + needed.path()))
        .distinct()
        .toList();
  }

  /// One of the servers of the name's own zone, and DNS as it looks through that.
  ///
  /// @param says all that it answers; empty for a resolver
  private record Server(
      String label, OptionalLong serial, Vantage vantage, Map<Question, String> says) {}

  /// All that it answers but the serial.
  static Map<Question, String> says(ServerView view) {
    Map<Question, String> all = new HashMap<>();
    view.answers()
        .forEach((question, answer) -> {
          if (question.type() != RecordType.SOA) {
            all.put(question, sorted(answer));
          }
        });
    return all;
  }

  private List<Server> servers(List<ZoneFacts> zones, Vantage resolver, int most) {
    if (zones.isEmpty()) {
      return List.of();
    }
    return zones.getFirst().answering().stream()
        .limit(most)
        .map(view ->
            new Server(
                view.label(),
                zones.getFirst().serial(view),
                new Memory(view.label(), ServerVantage.of(zones, view, sources, resolver)),
                says(view)))
        .toList();
  }

  /// What the resolver sees wrong, and what it will see once it has forgotten what it remembers.
  private static List<Finding> findings(DomainFacts facts, List<Server> servers) {
    Map<List<String>, Finding> found = new LinkedHashMap<>();
    facts.findings().forEach(finding -> found.merge(what(finding), finding, Looking::both));
    Set<Map<Question, String>> faultless = new HashSet<>();
    for (Server server : servers) {
      // Another one that says the same word for word is no other witness that all is well.
      if (faultless.contains(server.says())) {
        continue;
      }
      List<Finding> there = seenFrom(facts, server.vantage()).findings();
      if (there.isEmpty()) {
        faultless.add(server.says());
      }
      there.forEach(
          finding -> found.merge(what(finding), witnessed(finding, server), Looking::both));
    }
    List<Finding> all = new ArrayList<>(found.values());
    all.sort(Comparator.comparing(Finding::severity).reversed());
    return all;
  }

  /// The same, seen from two places: what each says stands in the evidence.
  private static Finding both(Finding one, Finding other) {
    return with(
        one,
        Stream.concat(one.evidence().stream(), other.evidence().stream())
            .distinct()
            .limit(MOST_EVIDENCE)
            .toList());
  }

  private static Finding witnessed(Finding finding, Server server) {
    return server.serial().isEmpty()
        ? finding
        : with(
            finding,
            Stream.concat(
                    finding.evidence().stream(),
                    Stream.of(
                        "serial %d at %s".formatted(server.serial().getAsLong(), server.label())))
                .toList());
  }

  private static Finding with(Finding finding, List<String> evidence) {
    return new Finding(
        finding.tag(),
        finding.severity(),
        finding.name(),
        finding.type(),
        finding.message(),
        finding.rfc(),
        evidence,
        finding.advice());
  }

  /// What was found about its servers is found already.
  private static DomainFacts seenFrom(DomainFacts facts, Vantage vantage) {
    return DomainFacts.of(facts.domain(), facts.at(), vantage)
        .roles(facts.roles())
        .selectors(facts.selectors())
        .senders(facts.senders())
        .nextHops(facts.nextHops())
        .publicNetworks(facts.publicNetworks())
        .build();
  }

  private static List<String> what(Finding finding) {
    return List.of(finding.tag(), finding.name(), finding.type());
  }

  private static List<ReceiversView> receivers(
      Interest interest, MailHosts hosts, Server resolver, List<Server> servers) {
    List<ReceiversView> views = new ArrayList<>();
    views.add(view(interest, hosts, resolver));
    Map<Map<Question, String>, ReceiversView> accepted = new HashMap<>();
    for (Server server : servers) {
      ReceiversView same = accepted.get(server.says());
      ReceiversView view =
          same == null
              ? view(interest, hosts, server)
              : new ReceiversView(interest.name(), server.label(), same.predictions());
      if (view.worst() == Verdict.ACCEPT) {
        accepted.putIfAbsent(server.says(), view);
      }
      views.add(view);
    }
    return views;
  }

  private static ReceiversView view(Interest interest, MailHosts hosts, Server server) {
    return ReceiversView.of(interest.name(), server.label(), server.vantage(), hosts);
  }

  private static List<DomainView.SeenRecord> records(
      Interest interest, List<ZoneFacts> zones, Vantage resolver) {
    Map<String, DomainView.SeenRecord> records = new TreeMap<>();
    for (ZoneFacts zone : zones) {
      zone.servers().stream()
          .flatMap(view -> view.answers().keySet().stream())
          .filter(question -> question.name().isWithin(DnsName.of(interest.name())))
          .distinct()
          .forEach(question ->
              records.put(question.name() + " " + question.type(), record(question, zone)));
    }
    for (RecordType type : List.of(RecordType.MX, RecordType.A, RecordType.AAAA)) {
      Question question = new Question(DnsName.of(interest.name()), type);
      if (zones.isEmpty()) {
        records.put(
            question.name() + " " + type,
            new DomainView.SeenRecord(
                question.name().text(), type.name(), resolver.ask(question).outcome()));
      }
    }
    return List.copyOf(records.values());
  }

  private static DomainView.SeenRecord record(Question question, ZoneFacts zone) {
    Map<String, List<String>> outcomes = new TreeMap<>();
    for (ServerView view : zone.servers()) {
      Optional.ofNullable(view.answers().get(question))
          .map(Looking::sorted)
          .ifPresent(outcome ->
              outcomes.computeIfAbsent(outcome, _ -> new ArrayList<>()).add(view.label()));
    }
    String answer =
        outcomes.size() == 1
            ? outcomes.keySet().iterator().next()
            : outcomes.entrySet().stream()
                .map(entry -> String.join(", ", entry.getValue()) + ": " + entry.getKey())
                .collect(Collectors.joining("; "));
    return new DomainView.SeenRecord(question.name().text(), question.type().name(), answer);
  }

  /// In an order of its own, whatever the server's.
  static String sorted(DnsAnswer answer) {
    return answer.found().size() < 2
        ? answer.outcome()
        : answer.found().stream()
            .map(record -> record.data().toString())
            .sorted()
            .collect(Collectors.joining(", "));
  }
}
