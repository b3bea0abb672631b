package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.NoSuchName;
import io.mailcanary.dns.DnsAnswer.NoSuchRecord;
import io.mailcanary.dns.DnsAnswer.Records;
import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Findings about the name itself, its MX and the hosts that the MX names.
final class MxCheck {
  private static final int MOST_TARGETS = 50;

  private MxCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    if (facts.roles().isEmpty()) {
      watched(facts, found);
      return;
    }
    DnsName domain = facts.name();
    DnsAnswer mx = facts.resolver().ask(domain, RecordType.MX);
    switch (mx) {
      case Unanswered _ -> found.add(Failing.finding(facts, mx));
      case NoSuchName none ->
          found.add(
              FindingKind.NAME_MISSING.at(
                  domain,
                  none.chain().isEmpty()
                      ? "%s does not exist".formatted(domain)
                      : "%s is an alias of %s, which does not exist".formatted(domain, none.end()),
                  List.of(mx.sentence())));
      case NoSuchRecord none -> withoutMx(facts, none, found);
      case Records some -> withMx(facts, some, found);
    }
  }

  /// A name that is for nothing in particular has to be there, no more.
  private static void watched(DomainFacts facts, List<Finding> found) {
    DnsAnswer answer = facts.resolver().ask(facts.name(), RecordType.A);
    switch (answer) {
      case Unanswered _ -> found.add(Failing.finding(facts, answer));
      case NoSuchName _ ->
          found.add(
              FindingKind.NAME_MISSING.at(
                  facts.name(),
                  Severity.WARN,
                  "%s does not exist".formatted(facts.name()),
                  List.of(answer.sentence())));
      case NoSuchRecord _, Records _ -> {}
    }
  }

  private static void withoutMx(DomainFacts facts, NoSuchRecord mx, List<Finding> found) {
    DnsName domain = facts.name();
    Host own = Host.of(facts.resolver(), domain);
    List<String> evidence = List.of(mx.sentence(), own.four().sentence(), own.six().sentence());
    String alias =
        mx.chain().isEmpty() ? "" : ": it is an alias of %s, which has none".formatted(mx.end());
    if (own.hasAddress()) {
      boolean sends = facts.roles().contains(Role.SENDS);
      found.add(
          FindingKind.MX_MISSING.at(
              domain,
              sends ? Severity.PAGE : Severity.WARN,
              "%s has an address and no MX record%s".formatted(domain, alias),
              evidence));
    } else if (own.failed()) {
      found.add(Failing.finding(facts, own.decisive()));
    } else {
      found.add(
          FindingKind.MAIL_RECORDS_MISSING.at(
              domain, "%s has neither MX nor address%s".formatted(domain, alias), evidence));
    }
  }

  private static void withMx(DomainFacts facts, Records mx, List<Finding> found) {
    DnsName domain = facts.name();
    if (!mx.chain().isEmpty()) {
      found.add(
          FindingKind.DOMAIN_ALIAS.at(
              domain,
              "%s is an alias of %s and has its MX records".formatted(domain, mx.end()),
              List.of(mx.sentence())));
    }
    List<Mx> all = Inquiry.inOrder(mx);
    boolean some = all.stream().anyMatch(Mx::isNull);
    if (some && all.size() > 1) {
      found.add(
          FindingKind.NULL_MX_MIXED.at(
              domain,
              "%s says that it takes no mail, and names MX hosts beside".formatted(domain),
              List.of(mx.sentence())));
    } else if (some) {
      found.add(
          FindingKind.NULL_MX.at(
              domain,
              facts.roles().contains(Role.SENDS)
                  ? "%s sends mail and says that it takes none".formatted(domain)
                  : "mail is sent to %s, which says that it takes none".formatted(domain),
              List.of(mx.sentence())));
      return;
    }
    targets(
        facts, mx, all.stream().filter(one -> !one.isNull()).limit(MOST_TARGETS).toList(), found);
  }

  /// What is known of the targets together.
  private static final class Tally {
    private final List<Host> missing = new ArrayList<>();
    private final List<Host> failing = new ArrayList<>();
    private final List<Host> good = new ArrayList<>();
    private int literals;
  }

  private static void targets(DomainFacts facts, Records mx, List<Mx> all, List<Finding> found) {
    Tally tally = new Tally();
    for (Mx one : all) {
      DnsName target = one.target();
      if (target.literal().isPresent()) {
        tally.literals++;
        found.add(
            FindingKind.MX_TARGET_ADDRESS.at(
                facts.name(),
                "an MX record of %s holds the address %s instead of a name"
                    .formatted(facts.name(), target),
                List.of(mx.sentence())));
        continue;
      }
      if (!target.isHostName()) {
        found.add(
            FindingKind.MX_TARGET_ILLEGAL.at(
                facts.name(),
                "an MX record of %s holds '%s', which is no host name"
                    .formatted(facts.name(), Visible.brief(target.text())),
                List.of(mx.sentence())));
      }
      Host host = Host.of(facts.resolver(), target);
      (host.hasAddress() ? tally.good : host.failed() ? tally.failing : tally.missing).add(host);
    }
    missing(facts, mx, tally, found);
    failing(facts, mx, tally, found);
    tally.good.forEach(host -> alias(facts, host, found));
    tally.missing.forEach(host -> alias(facts, host, found));
    unreachable(facts, mx, tally, found);
  }

  private static void missing(DomainFacts facts, Records mx, Tally tally, List<Finding> found) {
    if (tally.missing.isEmpty()) {
      return;
    }
    boolean none = tally.good.isEmpty() && tally.failing.isEmpty() && tally.literals == 0;
    FindingKind kind = none ? FindingKind.MX_TARGET_MISSING : FindingKind.MX_TARGET_PARTLY_MISSING;
    found.add(
        kind.at(
            facts.name(),
            "%s of the MX hosts of %s %s: %s"
                .formatted(
                    none ? "none" : "not all",
                    facts.name(),
                    none ? "has an address" : "have an address",
                    names(tally.missing)),
            evidence(mx, tally.missing)));
  }

  private static void failing(DomainFacts facts, Records mx, Tally tally, List<Finding> found) {
    if (tally.failing.isEmpty()) {
      return;
    }
    found.add(
        FindingKind.MX_TARGET_UNRESOLVABLE.at(
            facts.name(),
            tally.good.isEmpty() ? Severity.PAGE : Severity.WARN,
            "the addresses of MX hosts of %s cannot be asked for: %s"
                .formatted(facts.name(), names(tally.failing)),
            evidence(mx, tally.failing)));
  }

  private static void alias(DomainFacts facts, Host host, List<Finding> found) {
    DnsAnswer answer = host.four().aliases().isEmpty() ? host.six() : host.four();
    if (!answer.aliases().isEmpty()) {
      found.add(
          FindingKind.MX_TARGET_ALIAS.at(
              facts.name(),
              "the MX host %s of %s is an alias".formatted(host.name(), facts.name()),
              List.of(answer.sentence())));
    }
  }

  private static void unreachable(DomainFacts facts, Records mx, Tally tally, List<Finding> found) {
    if (tally.good.isEmpty()) {
      return;
    }
    List<Host> inside =
        tally.good.stream()
            .filter(host ->
                host.addresses().stream().noneMatch(address -> Reach.isPublic(facts, address)))
            .toList();
    if (!inside.isEmpty()) {
      boolean loopback =
          inside.stream().flatMap(host -> host.addresses().stream()).anyMatch(Host::isLoopback);
      boolean all = inside.size() == tally.good.size();
      found.add(
          FindingKind.MX_TARGET_LOOPBACK.at(
              facts.name(),
              all && loopback ? Severity.PAGE : Severity.WARN,
              "MX hosts of %s have addresses that nobody outside can reach: %s"
                  .formatted(facts.name(), names(inside)),
              evidence(mx, inside)));
    }
    List<InetAddress> addresses =
        tally.good.stream().flatMap(host -> host.addresses().stream()).toList();
    boolean four = tally.good.stream().anyMatch(host -> host.four() instanceof Unanswered);
    if (!four && addresses.stream().allMatch(Inet6Address.class::isInstance)) {
      found.add(
          FindingKind.MX_TARGET_IPV6_ONLY.at(
              facts.name(),
              "no MX host of %s has an IPv4 address".formatted(facts.name()),
              evidence(mx, tally.good)));
    }
  }

  private static String names(List<Host> hosts) {
    return String.join(", ", hosts.stream().map(host -> host.name().text()).toList());
  }

  private static List<String> evidence(DnsAnswer mx, List<Host> hosts) {
    return Stream.concat(
            Stream.of(mx.sentence()),
            hosts.stream()
                .limit(10)
                .flatMap(host -> Stream.of(host.four().sentence(), host.six().sentence())))
        .toList();
  }
}
