package io.mailcanary.dns;

import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.mail.Finding;
import java.util.ArrayList;
import java.util.List;

/// Finds wildcards that would hide that a record which mail needs is gone.
final class WildcardCheck {
  /// A label that nobody has; the same at each look, so that a cache is not filled with others.
  static final String LABEL = "mailcanary-no-such-label";

  private WildcardCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    if (facts.roles().isEmpty()) {
      return;
    }
    DnsName domain = facts.name();
    List<DnsAnswer> masks = new ArrayList<>();
    DnsAnswer mx = facts.resolver().ask(domain, RecordType.MX);
    boolean hostInside =
        mx.found(Mx.class).stream()
            .anyMatch(one -> !one.isNull() && one.target().parent().equals(domain));
    if (hostInside) {
      mask(facts, domain.child(LABEL), RecordType.A, masks);
    }
    mask(facts, domain.child(LABEL), RecordType.TXT, masks);
    mask(facts, domain.child(LABEL + "._domainkey"), RecordType.TXT, masks);
    // Names right below a registry are not asked about.
    if (domain.labels().size() > 2) {
      mask(facts, domain.parent().child(LABEL), RecordType.MX, masks);
      mask(facts, domain.parent().child(LABEL), RecordType.A, masks);
    }
    if (!masks.isEmpty()) {
      found.add(
          FindingKind.WILDCARD_MASKS.at(
              domain,
              masks.getFirst().question().type(),
              "a wildcard answers %s, a name that nobody made"
                  .formatted(masks.getFirst().question()),
              masks.stream().map(DnsAnswer::sentence).toList()));
    }
  }

  private static void mask(
      DomainFacts facts, DnsName name, RecordType type, List<DnsAnswer> masks) {
    DnsAnswer answer = facts.resolver().ask(name, type);
    if (!answer.found().isEmpty()
        && masks.stream().noneMatch(other -> other.question().equals(answer.question()))) {
      masks.add(answer);
    }
  }
}
