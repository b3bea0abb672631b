package io.mailcanary.incident;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a refusal itself points at.
final class Accusations {
  private final Watched watched;

  Accusations(Watched watched) {
    this.watched = watched;
  }

  /// @return null: nothing
  @Nullable TraitNode of(Unit unit, Outcome outcome) {
    Leg leg = unit.leg;
    return switch (outcome.cause()) {
      case SENDER_DOMAIN, SENDER_AUTH -> mine(leg, Trait.SENDER_DOMAIN);
      case RECIPIENT_DOMAIN -> mine(leg, Trait.RECIPIENT_DOMAIN);
      case MAILBOX_FULL, RECIPIENT -> arrivesOtherwise(unit) ? null : mine(leg, Trait.MAILBOX);
      case CLIENT_NAME, REPUTATION -> mine(leg, Trait.RELAY);
      case NEXT_HOP, DNS -> named(leg, outcome).orElseGet(() -> speaker(leg, outcome));
      case CONNECTION, TLS, LOGIN, SYSTEM, RATE_LIMIT, GREYLIST, LOOP -> speaker(leg, outcome);
      case SIZE -> mine(leg, Trait.SIZE);
      case NONE, POLICY, CONTENT, EXPIRED, UNKNOWN ->
          Refusal.quotesSenderDomain(leg, outcome) ? mine(leg, Trait.SENDER_DOMAIN) : null;
    };
  }

  /// Whether mail for the same mailbox comes through by another leg of the path: then it is there,
  /// whatever a server says.
  private static boolean arrivesOtherwise(Unit unit) {
    return unit.path.units.stream()
        .anyMatch(other -> other != unit && other.recent.newestKnown().isArrival());
  }

  private @Nullable TraitNode mine(Leg leg, Trait trait) {
    Optional<String> value = leg.trait(trait);
    return value.isPresent() ? watched.node(trait, value.get()) : null;
  }

  /// The name on the way that a server says it could not find: one that the path is known to depend
  /// on, the longest where one stands in another.
  private Optional<TraitNode> named(Leg leg, Outcome outcome) {
    String said = outcome.words().toLowerCase(Locale.ROOT);
    String sender = leg.traits().getOrDefault(Trait.SENDER_DOMAIN, "");
    return leg.names().stream()
        .filter(name -> !name.equals(sender) && !leg.hosts().contains(name))
        .filter(name -> isIn(said, name))
        .max(Comparator.comparingInt(String::length))
        .map(name -> watched.node(Trait.HOP, name));
  }

  private static boolean isIn(String said, String name) {
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w-])")
        .matcher(said)
        .find();
  }

  /// The relay, where it is the one that said it, or the host that did.
  private @Nullable TraitNode speaker(Leg leg, Outcome outcome) {
    String host = Refusal.host(outcome.host());
    boolean atRelay = host.isEmpty() || leg.hosts().contains(host);
    return atRelay ? mine(leg, Trait.RELAY) : watched.node(Trait.HOP, host);
  }
}
