package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.path.Resolver;
import io.mailcanary.resolver.Asker;
import io.mailcanary.resolver.Authorities;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Recursor;
import io.mailcanary.resolver.Zone;
import io.mailcanary.runtime.Plan;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The network, as the probe files say whom to ask.
public final class NetworkSources implements Sources {
  private final Asker authoritative;
  private final Map<String, Recursor> recursors = new LinkedHashMap<>();
  private final Authorities authorities;

  public NetworkSources(Plan plan) {
    this(plan, new Asker(Asker.Limits.AUTHORITATIVE), new Asker(Asker.Limits.RECURSIVE));
  }

  /// Asks servers and resolvers by these.
  public NetworkSources(Plan plan, Asker authoritative, Asker recursive) {
    this.authoritative = authoritative;
    Resolver usual = plan.defaultResolver();
    Recursor first = new Recursor(usual, recursive);
    recursors.put(Resolver.DEFAULT, first);
    plan.resolvers()
        .forEach((name, one) -> recursors.computeIfAbsent(name, _ -> new Recursor(one, recursive)));
    authorities = new Authorities(authoritative, first, plan.dns().port());
  }

  /// How many messages authoritative servers were sent.
  public long asked() {
    return authoritative.asked();
  }

  @Override
  public Optional<Zone> zoneOf(DnsName name) {
    return authorities.zoneOf(name);
  }

  @Override
  public Optional<ZoneFacts.Delegation> delegation(DnsName zone) {
    return authorities.delegation(zone);
  }

  @Override
  public Zone zone(DnsName apex, Optional<ZoneFacts.Delegation> delegation) {
    return authorities.zone(apex, delegation);
  }

  @Override
  public ZoneFacts.ServerView ask(
      DnsName zone, Zone.Server server, Collection<Question> questions, boolean tcp) {
    return authorities.ask(zone, server, questions, tcp);
  }

  @Override
  public DnsAnswer ask(Zone.Server server, Question question) {
    return authorities.ask(server, question);
  }

  @Override
  public DnsAnswer ask(String resolver, Question question, Look look) {
    Recursor recursor = recursors.get(resolver);
    return recursor == null
        ? new DnsAnswer.Timeout(question, Origin.of(resolver), "there is no such resolver")
        : recursor.ask(question, look);
  }

  @Override
  public List<String> resolvers() {
    return List.copyOf(recursors.keySet());
  }

  @Override
  public String label(String resolver) {
    Recursor recursor = recursors.get(resolver);
    return recursor == null ? resolver : recursor.label();
  }
}
