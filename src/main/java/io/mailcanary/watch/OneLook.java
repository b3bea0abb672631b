package io.mailcanary.watch;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Resolver;
import io.mailcanary.resolver.Zone;
import io.mailcanary.runtime.Plan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/// Everything about one name, asked once and now.
public final class OneLook {
  private final Sources sources;
  private final Executor workers;
  private final Surroundings surroundings;
  private final Map<String, Boolean> sighted = new ConcurrentHashMap<>();

  public OneLook(Sources sources, Executor workers) {
    this(sources, workers, Surroundings.NONE);
  }

  /// @param surroundings what hosts show; it may take its time, as {@link LooksNow} does
  public OneLook(Sources sources, Executor workers, Surroundings surroundings) {
    this.sources = sources;
    this.workers = workers;
    this.surroundings = surroundings;
  }

  /// Why the resolver for all names can't be believed, so that a look would say nothing about the
  /// names; nothing where it can.
  ///
  /// @param names to ask for where the root is refused
  public Optional<String> blindness(Collection<DomainName> names) {
    return ResolverSight.trouble(
        sources, Resolver.DEFAULT, names.stream().map(DnsName::of).toList());
  }

  /// A domain that sends and receives mail.
  public Seen domain(DomainName name, Collection<String> publicNetworks, Instant now) {
    return look(
        new Interest(
            name, EnumSet.allOf(Role.class), false, new TreeSet<>(Set.of("dns")), List.of()),
        publicNetworks,
        now);
  }

  /// All names that a path depends on.
  public List<Seen> path(String path, Plan plan, Instant now) {
    return Interest.of(plan).values().stream()
        .filter(interest -> interest.paths().contains(path))
        .map(interest -> look(interest, plan.dns().publicNetworks(), now))
        .toList();
  }

  private Seen look(Interest interest, Collection<String> publicNetworks, Instant now) {
    List<ZoneFacts> own = zones(Names.of(interest, List.of(), Names.Refers.NOTHING));
    List<ZoneFacts> zones =
        zones(Names.of(interest, List.of(), Names.refers(interest, sources, own)));
    return new Looking(sources, surroundings)
        .at(
            interest,
            zones,
            List.of(),
            publicNetworks,
            resolver -> isSighted(resolver, zones),
            Looking.MOST_SERVERS,
            now);
  }

  private boolean isSighted(String resolver, List<ZoneFacts> zones) {
    List<DnsName> names = zones.stream().map(ZoneFacts::zone).toList();
    return sighted.computeIfAbsent(
        resolver, one -> ResolverSight.trouble(sources, one, names).isEmpty());
  }

  private List<ZoneFacts> zones(Map<DnsName, WatchedZone.Wanted> names) {
    Map<DnsName, Set<Question>> questions = new LinkedHashMap<>();
    for (Map.Entry<DnsName, WatchedZone.Wanted> entry : names.entrySet()) {
      sources
          .zoneOf(entry.getKey())
          .ifPresent(zone -> {
            Set<Question> some = questions.computeIfAbsent(zone.name(), _ -> new LinkedHashSet<>());
            entry.getValue().all().forEach(type -> some.add(new Question(entry.getKey(), type)));
            some.add(new Question(zone.name(), RecordType.NS));
            some.add(new Question(zone.name(), RecordType.DNSKEY));
          });
    }
    List<ZoneFacts> facts = new ArrayList<>();
    questions.forEach((apex, some) -> facts.add(facts(apex, some)));
    return facts;
  }

  private ZoneFacts facts(DnsName apex, Set<Question> questions) {
    Optional<ZoneFacts.Delegation> delegation = sources.delegation(apex);
    Zone zone = sources.zone(apex, delegation);
    List<CompletableFuture<ServerView>> pending =
        zone.servers().stream()
            .map(server ->
                CompletableFuture.supplyAsync(
                    () -> sources.ask(apex, server, questions, true), workers))
            .toList();
    return new ZoneFacts(apex, delegation, pending.stream().map(CompletableFuture::join).toList());
  }
}
