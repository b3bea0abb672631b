package io.mailcanary.dispatch;

import io.mailcanary.incident.Leg;
import io.mailcanary.incident.Trait;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Relay;
import io.mailcanary.runtime.Plan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The paths of the probe files, as the rules of incidents want to know them.
final class Paths {
  private Paths() {}

  /// @param legs the names of each path's legs, as far as they are known
  /// @param paused the paths that somebody paused
  static List<Leg> legs(
      Plan plan, Map<String, ? extends Collection<String>> legs, Set<String> paused) {
    List<Leg> all = new ArrayList<>();
    for (MailPath path : plan.paths().values()) {
      Collection<String> names = legs.get(path.name());
      for (String name : names == null || names.isEmpty() ? List.of("") : names) {
        all.add(leg(plan, path, name, paused.contains(path.name()) || !path.enabled()));
      }
    }
    return all;
  }

  private static Leg leg(Plan plan, MailPath path, String name, boolean paused) {
    Map<Trait, String> traits = new EnumMap<>(Trait.class);
    Set<String> names = new HashSet<>();
    Set<String> hosts = new HashSet<>();
    traits.put(Trait.MAILBOX, path.arrivesIn());
    traits.put(Trait.SENDER_DOMAIN, path.from().domain().name());
    traits.put(Trait.RECIPIENT_DOMAIN, path.to().domain().name());
    path.group().ifPresent(group -> traits.put(Trait.GROUP, group));
    if (plan.relays().containsKey(path.via())) {
      traits.put(Trait.RELAY, path.via());
    }
    variant(name, traits);
    names.add(path.from().domain().name());
    names.add(path.to().domain().name());
    path.dependsOn().forEach(one -> names.add(lower(one.name().toString())));
    Relay relay = plan.relays().get(traits.getOrDefault(Trait.RELAY, ""));
    if (relay != null) {
      hosts.add(lower(relay.host()));
      names.add(lower(relay.host()));
    }
    host(plan.mailboxes().get(path.arrivesIn())).ifPresent(host -> names.add(lower(host)));
    return new Leg(
        path,
        name,
        traits,
        names,
        hosts,
        silentAfter(path, plan.paging().rules().silentTurns()),
        paused);
  }

  /// What the name of a leg tells: `size=8MB,via=campus-out-2,address=192.0.2.7`.
  private static void variant(String leg, Map<Trait, String> traits) {
    for (String part : leg.split(",")) {
      int equal = part.indexOf('=');
      if (equal > 0) {
        String value = part.substring(equal + 1);
        switch (part.substring(0, equal)) {
          case "size" -> traits.put(Trait.SIZE, value);
          case "via" -> traits.put(Trait.RELAY, value);
          case "from" ->
              traits.put(Trait.SENDER_DOMAIN, lower(value.substring(value.indexOf('@') + 1)));
          case "site" -> traits.put(Trait.SITE, value);
          case "family" -> traits.put(Trait.FAMILY, value);
          case "mx", "address" -> traits.put(Trait.RECEIVER, value);
          default -> {}
        }
      }
    }
  }

  private static Optional<String> host(@org.jspecify.annotations.Nullable Mailbox mailbox) {
    return switch (mailbox) {
      case null -> Optional.empty();
      case Mailbox.Imap imap -> Optional.of(imap.server().host());
      case Mailbox.Pop3 pop3 -> Optional.of(pop3.server().host());
      case Mailbox.Maildir _, Mailbox.Receiver _ -> Optional.empty();
    };
  }

  private static Optional<Duration> silentAfter(MailPath path, int turns) {
    return switch (path.cadence()) {
      case Cadence.Every(Duration period) ->
          path.sites().isEmpty()
              ? Optional.of(period.multipliedBy(turns).plus(path.expect().overdueAfter()))
              : Optional.empty();
      case Cadence.Cron _ -> Optional.empty();
    };
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
