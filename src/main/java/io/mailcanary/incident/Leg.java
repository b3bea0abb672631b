package io.mailcanary.incident;

import io.mailcanary.path.MailPath;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One variant of a path, as much of it as the rules need.
///
/// @param leg empty when the path has one alone
/// @param traits what it has in common with others
/// @param names all names in DNS on which it depends, in lower case
/// @param hosts the hosts that it talks to, as `host:port` and as `host`
/// @param silentAfter without a canary for longer than this it is silent; empty: it keeps no such
///   time
/// @param paused whether somebody wants it silent
public record Leg(
    MailPath path,
    String leg,
    Map<Trait, String> traits,
    Set<String> names,
    Set<String> hosts,
    Optional<Duration> silentAfter,
    boolean paused) {
  public Leg {
    EnumMap<Trait, String> copy = new EnumMap<>(Trait.class);
    copy.putAll(traits);
    traits = Collections.unmodifiableMap(copy);
    names = Set.copyOf(names);
    hosts = Set.copyOf(hosts);
  }

  String key() {
    return leg.isEmpty() ? path.name() : path.name() + "/" + leg;
  }

  /// The end of it that is ours: whoever probes inbound mail sends as somebody else.
  Optional<String> ourDomain() {
    return trait(
        path.kind() == MailPath.Kind.INBOUND ? Trait.RECIPIENT_DOMAIN : Trait.SENDER_DOMAIN);
  }

  Optional<String> trait(Trait trait) {
    return Optional.ofNullable(traits.get(trait));
  }
}
