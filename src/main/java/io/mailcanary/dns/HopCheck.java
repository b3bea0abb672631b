package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Answered;
import io.mailcanary.dns.DomainFacts.Dependency;
import io.mailcanary.dns.DomainFacts.NamedVantage;
import io.mailcanary.dns.DomainFacts.NextHop;
import io.mailcanary.dns.HopState.DeadTargets;
import io.mailcanary.dns.HopState.Failed;
import io.mailcanary.dns.HopState.NoAddress;
import io.mailcanary.dns.HopState.NoSuchName;
import io.mailcanary.dns.HopState.NullMx;
import io.mailcanary.dns.HopState.Resolves;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Findings about names that relays and hops use, and about resolvers that differ.
final class HopCheck {
  private static final List<RelayKind> COMMON =
      List.of(RelayKind.POSTFIX, RelayKind.EXIM, RelayKind.SENDMAIL, RelayKind.OPENSMTPD);

  private HopCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    facts.nextHops().forEach(hop -> nextHop(facts, hop, found));
    facts.dependencies().forEach(dependency -> dependency(dependency, found));
    facts.elsewhere().forEach(other -> elsewhere(facts, other, found));
  }

  private static void nextHop(DomainFacts facts, NextHop hop, List<Finding> found) {
    if (hop.name().literal().isPresent()) {
      return;
    }
    boolean looksAtMx = hop.relay().map(RelayKind::looksAtMx).orElse(false);
    HopState state = HopState.of(facts.resolver(), hop.name(), looksAtMx);
    if (!(state instanceof Resolves)) {
      found.add(gone(facts, hop, state));
    } else if (hop.relay().isEmpty()) {
      found.add(foretold(hop));
    } else if (hop.relay().isPresent() && !hop.relay().get().holds()) {
      RelayKind relay = hop.relay().get();
      found.add(
          FindingKind.NEXT_HOP_BY_NAME.at(
              hop.name(),
              "%s hands mail to %s by name; %s (%s) bounces it at once when the name is gone"
                  .formatted(hop.usedBy(), hop.name(), relay.product(), relay.form()),
              List.of(facts.resolver().ask(hop.name(), RecordType.A).sentence())));
    }
  }

  /// What is to come is said before it comes, for each kind of relay, where nobody says which it
  /// is.
  private static Finding foretold(NextHop hop) {
    HopState gone = new NoSuchName();
    return FindingKind.NEXT_HOP_BY_NAME.at(
        hop.name(),
        Severity.INFO,
        "%s hands mail to %s by name; what becomes of the mail when the name is gone depends on the relay"
            .formatted(hop.usedBy(), hop.name()),
        COMMON.stream()
            .map(relay -> "gone: " + NextHops.forecast(relay, hop.name(), gone).sentence())
            .toList());
  }

  private static Finding gone(DomainFacts facts, NextHop hop, HopState state) {
    String how =
        switch (state) {
          case NoSuchName _ -> "does not exist";
          case NoAddress _ -> "has no address";
          case Failed(RecordType type, _) -> "cannot be asked for its " + type + " record";
          case NullMx _ -> "says that it takes no mail";
          case DeadTargets(DnsName last, _) -> "has MX hosts without address, such as " + last;
          case Resolves _ -> throw new IllegalStateException("it is there");
        };
    List<String> evidence = new ArrayList<>();
    Host host = Host.of(facts.resolver(), hop.name());
    evidence.add(host.four().sentence());
    evidence.add(host.six().sentence());
    hop.relay()
        .map(List::of)
        .orElse(COMMON)
        .forEach(relay ->
            evidence.add(NextHopForecast.of(relay, hop.name(), facts.resolver()).sentence()));
    return FindingKind.NEXT_HOP_GONE.at(
        hop.name(), "the next hop %s of %s %s".formatted(hop.name(), hop.usedBy(), how), evidence);
  }

  private static void dependency(Dependency dependency, List<Finding> found) {
    Question question = dependency.question();
    DnsAnswer answer = dependency.vantage().vantage().ask(question);
    Set<String> seen =
        answer.found().stream()
            .map(record -> canonical(record.data().toString()))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> expected =
        dependency.expected().stream()
            .map(HopCheck::canonical)
            .collect(Collectors.toCollection(TreeSet::new));
    boolean fits = expected.isEmpty() ? !seen.isEmpty() : seen.equals(expected);
    if (fits) {
      return;
    }
    String wanted = expected.isEmpty() ? "" : ", expected " + String.join(", ", expected);
    found.add(
        FindingKind.DEPENDENCY_DIFFERS.at(
            question.name(),
            question.type(),
            "%s, which %s depends on: %s%s"
                .formatted(question, dependency.usedBy(), answer.outcome(), wanted),
            List.of("seen from %s, %s".formatted(dependency.vantage().name(), answer.sentence()))));
  }

  /// Addresses in one form, names without the final dot.
  private static String canonical(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    return Network.parse(lower)
        .filter(network -> !lower.contains("/"))
        .map(network -> network.address().getHostAddress())
        .orElseGet(() ->
            lower.length() > 1 && lower.endsWith(".")
                ? lower.substring(0, lower.length() - 1)
                : lower);
  }

  private static void elsewhere(DomainFacts facts, NamedVantage other, List<Finding> found) {
    for (RecordType type : List.of(RecordType.MX, RecordType.TXT)) {
      DnsAnswer here = facts.resolver().ask(facts.name(), type);
      DnsAnswer there = other.vantage().ask(facts.name(), type);
      if (here instanceof Answered && there instanceof Answered && differ(here, there)) {
        found.add(
            FindingKind.RESOLVERS_DISAGREE.at(
                facts.name(),
                type,
                "%s and %s see different %s records of %s"
                    .formatted(here.origin().server(), there.origin().server(), type, facts.name()),
                List.of(here.sentence(), there.sentence())));
      }
    }
  }

  private static boolean differ(DnsAnswer here, DnsAnswer there) {
    return !snapshot(here).saysTheSameAs(snapshot(there));
  }

  private static Snapshot snapshot(DnsAnswer answer) {
    return Snapshot.of(answer.question().name(), "", OptionalLong.empty(), List.of(answer));
  }
}
