package io.mailcanary.app;

import io.mailcanary.mail.Severity;
import io.mailcanary.runtime.Plan;
import io.mailcanary.verdict.Change;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// What became different in our own probe files, by name: values may be secrets.
final class PlanChange {
  private PlanChange() {}

  static Optional<Change> between(Plan before, Plan after, String id, Instant now) {
    List<String> gone = new ArrayList<>();
    List<String> came = new ArrayList<>();
    compare("path", before.paths(), after.paths(), gone, came);
    compare("relay", before.relays(), after.relays(), gone, came);
    compare("mailbox", before.mailboxes(), after.mailboxes(), gone, came);
    compare("resolver", before.resolvers(), after.resolvers(), gone, came);
    if (!before.dns().equals(after.dns())) {
      came.add("dns: changed");
    }
    if (!before.service().equals(after.service())) {
      came.add("service: changed");
    }
    if (gone.isEmpty() && came.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Change(
            id,
            Change.Kind.CONFIGURATION,
            Severity.INFO,
            now,
            now,
            "",
            "",
            "the probe files changed: " + brief(gone, came),
            "",
            gone,
            came,
            List.of()));
  }

  private static <T> void compare(
      String what,
      Map<String, T> before,
      Map<String, T> after,
      List<String> gone,
      List<String> came) {
    for (String name : new TreeSet<>(before.keySet())) {
      T next = after.get(name);
      if (next == null) {
        gone.add(what + " " + name);
      } else if (!next.equals(before.get(name))) {
        came.add(what + " " + name + ": changed");
      }
    }
    new TreeSet<>(after.keySet())
        .stream()
            .filter(name -> !before.containsKey(name))
            .forEach(name -> came.add(what + " " + name));
  }

  private static String brief(List<String> gone, List<String> came) {
    List<String> all = new ArrayList<>();
    came.forEach(all::add);
    gone.forEach(one -> all.add(one + ": removed"));
    int most = 5;
    return all.size() <= most
        ? String.join(", ", all)
        : String.join(", ", all.subList(0, most)) + " and " + (all.size() - most) + " more";
  }
}
