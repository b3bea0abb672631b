package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.NoSuchName;
import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.RecordData.Txt;
import io.mailcanary.dns.SpfRecord.Mechanism;
import io.mailcanary.dns.SpfRecord.Term;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Findings about SPF.
final class SpfCheck {
  private static final int NEAR = 9;
  private static final int LONG = 450;
  private static final int MOST_EVIDENCE = 20;

  private SpfCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    if (!facts.roles().contains(Role.SENDS)) {
      return;
    }
    DnsName domain = facts.name();
    SpfWalk.Found own = SpfWalk.find(facts.resolver(), domain);
    if (own.answer() instanceof Unanswered) {
      found.add(
          FindingKind.SPF_UNRESOLVABLE.at(
              domain,
              "SPF of %s cannot be asked for".formatted(domain),
              List.of(own.answer().sentence())));
      return;
    }
    if (own.texts().isEmpty()) {
      if (!(own.answer() instanceof NoSuchName)) {
        missing(domain, own.answer(), found);
      }
      return;
    }
    length(domain, own.answer(), found);
    walk(facts, domain, own, found);
    openToAll(domain, own, found);
    senders(facts, domain, own, found);
  }

  /// A record that nearly is one is told apart from none.
  private static void missing(DnsName domain, DnsAnswer answer, List<Finding> found) {
    boolean nearly =
        answer.found(Txt.class).stream()
            .map(txt -> txt.joined().strip().toLowerCase(Locale.ROOT))
            .anyMatch(text -> text.startsWith("v=spf") || text.startsWith("\"v=spf1"));
    if (nearly) {
      found.add(
          FindingKind.SPF_SYNTAX.at(
              domain,
              "a TXT record of %s is meant as SPF but does not start with 'v=spf1 '"
                  .formatted(domain),
              List.of(answer.sentence())));
    } else {
      found.add(
          FindingKind.SPF_MISSING.at(
              domain, "%s has no SPF record".formatted(domain), List.of(answer.sentence())));
    }
  }

  private static void length(DnsName domain, DnsAnswer answer, List<Finding> found) {
    int octets =
        answer.found(Txt.class).stream()
            .flatMap(txt -> txt.strings().stream())
            .mapToInt(string -> string.length() + 1)
            .sum();
    if (octets > LONG) {
      found.add(
          FindingKind.SPF_LONG.at(
              domain,
              "the TXT records of %s have %d octets; up to %d fit an answer over UDP everywhere"
                  .formatted(domain, octets, LONG),
              List.of(answer.sentence())));
    }
  }

  private static void walk(
      DomainFacts facts, DnsName domain, SpfWalk.Found own, List<Finding> found) {
    SpfWalk walk = SpfWalk.of(facts.resolver(), domain);
    walk.problems().stream()
        .limit(MOST_EVIDENCE)
        .forEach(problem ->
            found.add(
                problem
                    .kind()
                    .at(
                        domain,
                        problem.message(),
                        Stream.concat(
                                Stream.of(own.answer().sentence()),
                                problem.answer().map(DnsAnswer::sentence).stream())
                            .distinct()
                            .toList())));
    limits(domain, own, walk, found);
  }

  private static void limits(DnsName domain, SpfWalk.Found own, SpfWalk walk, List<Finding> found) {
    int lookups = walk.lookups().size();
    String many = walk.isCut() ? "more than " + lookups : String.valueOf(lookups);
    if (lookups > SpfWalk.MOST_LOOKUPS) {
      found.add(
          FindingKind.SPF_TOO_MANY_LOOKUPS.at(
              domain,
              "SPF of %s needs %s look-ups; %d are allowed"
                  .formatted(domain, many, SpfWalk.MOST_LOOKUPS),
              evidence(own, walk.lookups())));
    } else if (lookups >= NEAR) {
      found.add(
          FindingKind.SPF_NEAR_LIMIT.at(
              domain,
              "SPF of %s needs %d of the %d look-ups that are allowed"
                  .formatted(domain, lookups, SpfWalk.MOST_LOOKUPS),
              evidence(own, walk.lookups())));
    }
    List<String> voids = walk.voids().stream().map(DnsAnswer::sentence).toList();
    if (voids.size() > SpfWalk.MOST_VOID) {
      found.add(
          FindingKind.SPF_TOO_MANY_VOID.at(
              domain,
              "SPF of %s asks for %d names that are not there; %d are allowed"
                  .formatted(domain, voids.size(), SpfWalk.MOST_VOID),
              evidence(own, voids)));
    } else if (voids.size() == SpfWalk.MOST_VOID) {
      found.add(
          FindingKind.SPF_NEAR_LIMIT.at(
              domain,
              "SPF of %s asks for %d names that are not there; that is as many as are allowed"
                  .formatted(domain, voids.size()),
              evidence(own, voids)));
    }
  }

  private static void openToAll(DnsName domain, SpfWalk.Found own, List<Finding> found) {
    if (own.texts().size() != 1) {
      return;
    }
    List<Term> terms = SpfRecord.parse(own.texts().getFirst()).terms();
    boolean open =
        terms.stream()
            .anyMatch(term ->
                term.qualifier() == '+'
                    && (term.mechanism() == Mechanism.ALL
                        || term.network().filter(network -> network.prefix() == 0).isPresent()));
    if (open) {
      found.add(
          FindingKind.SPF_ALLOWS_ALL.at(
              domain,
              "SPF of %s vouches for every host in the world".formatted(domain),
              List.of(own.answer().sentence())));
    }
  }

  private static void senders(
      DomainFacts facts, DnsName domain, SpfWalk.Found own, List<Finding> found) {
    for (Sender sender : facts.senders()) {
      if (!Reach.isPublic(facts, sender.address())) {
        continue;
      }
      SpfEvaluation.Result result = SpfEvaluation.of(facts.resolver(), domain, sender.address());
      String says =
          switch (result) {
            case FAIL -> "fail";
            case SOFT_FAIL -> "softfail";
            case NEUTRAL -> "neutral";
            case PASS, NONE, ERROR, UNKNOWN -> "";
          };
      if (!says.isEmpty()) {
        found.add(
            FindingKind.SPF_SENDER_UNLISTED.at(
                domain,
                result == SpfEvaluation.Result.FAIL ? Severity.PAGE : Severity.WARN,
                "SPF of %s says %s for %s, which sends its mail"
                    .formatted(domain, says, sender.address().getHostAddress()),
                List.of(own.answer().sentence())));
      }
    }
  }

  private static List<String> evidence(SpfWalk.Found own, List<String> more) {
    List<String> lines = new ArrayList<>();
    lines.add(own.answer().sentence());
    lines.addAll(more.subList(0, Math.min(more.size(), MOST_EVIDENCE)));
    return lines;
  }
}
