package io.mailcanary.dns;

import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.mail.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// Findings about the registration.
final class RegistrationCheck {
  private static final Duration NOTICE = Duration.ofDays(30);

  private RegistrationCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    facts.registration().ifPresent(registration -> look(facts, registration, found));
  }

  private static void look(DomainFacts facts, Registration registration, List<Finding> found) {
    registration
        .expires()
        .ifPresent(expires -> expiry(facts, registration.source(), expires, found));
    registration.status().stream()
        .filter(status ->
            status.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "").matches("(client|server)hold"))
        .sorted()
        .findFirst()
        .ifPresent(status ->
            found.add(
                FindingKind.REGISTRATION_HOLD.at(
                    facts.name(),
                    "the registration of %s has the status %s"
                        .formatted(facts.name(), Visible.brief(status)),
                    List.of("%s says: %s".formatted(registration.source(), status)))));
  }

  private static void expiry(
      DomainFacts facts, String source, Instant expires, List<Finding> found) {
    if (expires.isAfter(facts.at().plus(NOTICE))) {
      return;
    }
    boolean over = !expires.isAfter(facts.at());
    FindingKind kind = over ? FindingKind.REGISTRATION_EXPIRED : FindingKind.REGISTRATION_EXPIRING;
    found.add(
        kind.at(
            facts.name(),
            over
                ? "the registration of %s ran out at %s".formatted(facts.name(), expires)
                : "the registration of %s runs out in %d days, at %s"
                    .formatted(
                        facts.name(), Duration.between(facts.at(), expires).toDays(), expires),
            List.of("%s says: expires at %s".formatted(source, expires))));
  }
}
