package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.RecordData.Txt;
import io.mailcanary.mail.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Findings about DMARC, by the standard of 2026 (RFC 9989), with what the one before it made of
/// the same record.
final class DmarcCheck {
  /// RFC 9989 §4.10: longer names are cut to this many labels on the way up.
  private static final int MOST_LABELS = 8;

  private static final int MOST_TARGETS = 10;
  private static final Set<String> POLICIES = Set.of("none", "quarantine", "reject");

  private DmarcCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    if (!facts.roles().contains(Role.SENDS)) {
      return;
    }
    DnsName domain = facts.name();
    DnsAnswer first = ask(facts, domain);
    if (first instanceof Unanswered) {
      found.add(Failing.finding(facts, first));
      return;
    }
    DnsAnswer answer = first;
    DnsName owner = domain;
    while (texts(answer).isEmpty() && owner.labels().size() > 1) {
      owner = up(owner);
      answer = ask(facts, owner);
    }
    List<String> texts = texts(answer);
    if (texts.isEmpty()) {
      missing(domain, first, found);
    } else if (texts.size() > 1) {
      found.add(
          FindingKind.DMARC_MULTIPLE.at(
              at(owner),
              "%s has %d DMARC records".formatted(at(owner), texts.size()),
              List.of(answer.sentence())));
    } else {
      record(facts, owner, texts.getFirst(), answer, found);
    }
  }

  private static DnsName up(DnsName name) {
    DnsName parent = name.parent();
    while (parent.labels().size() >= MOST_LABELS) {
      parent = parent.parent();
    }
    return parent;
  }

  private static void missing(DnsName domain, DnsAnswer answer, List<Finding> found) {
    boolean nearly =
        answer.found(Txt.class).stream()
            .anyMatch(txt -> txt.joined().strip().regionMatches(true, 0, "v=dmarc", 0, 7));
    found.add(
        nearly
            ? FindingKind.DMARC_SYNTAX.at(
                at(domain),
                "a TXT record of %s is meant as DMARC but does not start with 'v=DMARC1;'"
                    .formatted(at(domain)),
                List.of(answer.sentence()))
            : FindingKind.DMARC_MISSING.at(
                at(domain),
                "neither %s nor a domain above it has a DMARC record".formatted(domain),
                List.of(answer.sentence())));
  }

  private static void record(
      DomainFacts facts, DnsName owner, String text, DnsAnswer answer, List<Finding> found) {
    List<String> evidence = List.of(answer.sentence());
    Optional<Map<String, String>> parsed = Tags.parse(text);
    if (parsed.isEmpty()) {
      found.add(
          FindingKind.DMARC_SYNTAX.at(
              at(owner), "%s is no list of tags".formatted(at(owner)), evidence));
      return;
    }
    Map<String, String> tags = parsed.get();
    List<String> wrong = wrong(tags);
    if (!wrong.isEmpty()) {
      found.add(
          FindingKind.DMARC_SYNTAX.at(
              at(owner),
              "the DMARC record of %s has %s".formatted(owner, String.join(", ", wrong)),
              evidence));
    }
    if (!tags.containsKey("p")) {
      found.add(
          FindingKind.DMARC_POLICY_MISSING.at(
              at(owner), "the DMARC record of %s has no p=".formatted(owner), evidence));
    }
    List<String> old = Stream.of("pct", "rf", "ri").filter(tags::containsKey).toList();
    if (!old.isEmpty()) {
      found.add(
          FindingKind.DMARC_OLD_TAGS.at(
              at(owner),
              "the DMARC record of %s has %s, which no longer count"
                  .formatted(owner, String.join(", ", old)),
              evidence));
    }
    reports(facts, owner, tags, answer, found);
  }

  private static List<String> wrong(Map<String, String> tags) {
    List<String> wrong = new ArrayList<>();
    for (String policy : List.of("p", "sp", "np")) {
      expect(tags, policy, POLICIES, wrong);
    }
    expect(tags, "adkim", Set.of("r", "s"), wrong);
    expect(tags, "aspf", Set.of("r", "s"), wrong);
    expect(tags, "t", Set.of("y", "n"), wrong);
    expect(tags, "psd", Set.of("y", "n", "u"), wrong);
    for (String reports : List.of("rua", "ruf")) {
      String uris = tags.get(reports);
      if (uris != null && Stream.of(uris.split(",")).map(String::strip).anyMatch(u -> !isUri(u))) {
        wrong.add("%s=%s, which is no mailto: address".formatted(reports, Visible.brief(uris)));
      }
    }
    return wrong;
  }

  private static boolean isUri(String text) {
    return text.matches("(?i)mailto:[^@\\s]+@[^@\\s]+|https:\\S+");
  }

  private static void expect(
      Map<String, String> tags, String tag, Set<String> allowed, List<String> wrong) {
    String value = tags.get(tag);
    if (value != null && !allowed.contains(value.toLowerCase(Locale.ROOT))) {
      wrong.add("%s=%s".formatted(tag, Visible.brief(value)));
    }
  }

  private static void reports(
      DomainFacts facts,
      DnsName owner,
      Map<String, String> tags,
      DnsAnswer answer,
      List<Finding> found) {
    Stream.of(tags.getOrDefault("rua", "").split(","))
        .map(String::strip)
        .filter(uri -> uri.matches("(?i)mailto:[^@\\s]+@[^@\\s!]{1,253}(!.*)?"))
        .map(uri -> uri.substring(uri.indexOf('@') + 1).replaceFirst("!.*", ""))
        .map(DnsName::new)
        .distinct()
        .limit(MOST_TARGETS)
        .filter(target -> !isSameOrganisation(owner, target))
        .forEach(target -> {
          DnsName name = target.child(owner + "._report._dmarc");
          DnsAnswer agreed = facts.resolver().ask(name, RecordType.TXT);
          if (!(agreed instanceof Unanswered) && texts(agreed).isEmpty()) {
            found.add(
                FindingKind.DMARC_REPORTS_UNAUTHORISED.at(
                    at(owner),
                    "%s has not agreed to take DMARC reports about %s".formatted(target, owner),
                    List.of(answer.sentence(), agreed.sentence())));
          }
        });
  }

  /// Without a list of registries: the same two last labels are taken for one organisation, which
  /// errs on the side of no finding.
  private static boolean isSameOrganisation(DnsName one, DnsName other) {
    return tail(one).equals(tail(other));
  }

  private static List<String> tail(DnsName name) {
    List<String> labels = name.labels();
    return labels.subList(Math.max(0, labels.size() - 2), labels.size());
  }

  private static DnsName at(DnsName domain) {
    return domain.child("_dmarc");
  }

  private static DnsAnswer ask(DomainFacts facts, DnsName domain) {
    return facts.resolver().ask(at(domain), RecordType.TXT);
  }

  private static List<String> texts(DnsAnswer answer) {
    return answer.found(Txt.class).stream()
        .map(Txt::joined)
        .filter(text -> text.matches("(?s)v\\s*=\\s*DMARC1\\s*(;.*)?"))
        .toList();
  }
}
