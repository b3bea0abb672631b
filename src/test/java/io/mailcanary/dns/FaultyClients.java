package io.mailcanary.dns;

import static io.mailcanary.dns.FindingRow.row;
import static io.mailcanary.dns.FindingScene.SENDER;
import static io.mailcanary.dns.FindingScene.scene;

import io.mailcanary.dns.DomainFacts.Dependency;
import io.mailcanary.dns.DomainFacts.NamedVantage;
import io.mailcanary.dns.DomainFacts.NextHop;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.mail.Severity;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Sending addresses and next hops with a fault each.
final class FaultyClients {
  private FaultyClients() {}

  static Stream<FindingRow> clients() {
    String reverse = "25.113.0.203.in-addr.arpa";
    return Stream.of(
        row("ptr-missing", "no name", scene().without(reverse)),
        row(
            "ptr-mismatch",
            "the name leads elsewhere",
            scene().without(reverse).with(reverse + " PTR mx2.other.test")),
        row(
            "ptr-unresolvable",
            "the reverse zone fails",
            scene().without(reverse).with(reverse + " PTR !SERVFAIL")),
        row(
            "helo-mismatch",
            "it calls itself by another's name",
            scene()
                .more(b ->
                    b.senders(
                        List.of(new Sender(SENDER, Optional.of(new DnsName("mx2.other.test"))))))),
        row(
            "next-hop-gone",
            "the name is gone",
            scene().without("hop.example.org"),
            Severity.PAGE,
            "the next hop hop.example.org of relay campus-out does not exist"),
        row(
            "next-hop-by-name",
            "Postfix would bounce",
            scene()
                .more(b ->
                    b.nextHops(
                        List.of(
                            new NextHop(
                                new DnsName("hop.example.org"),
                                Optional.of(RelayKind.POSTFIX_BRACKETED),
                                "relay campus-out"))))),
        row(
            "next-hop-by-name",
            "nobody says what kind of relay it is",
            scene()
                .more(b ->
                    b.nextHops(
                        List.of(
                            new NextHop(
                                new DnsName("hop.example.org"),
                                Optional.empty(),
                                "path campus-out")))),
            Severity.INFO,
            "depends on the relay"),
        row(
            "dependency-differs",
            "another address than expected",
            scene()
                .more(b -> b.dependencies(List.of(dependency("hop.example.org", "203.0.113.91"))))),
        row(
            "dependency-differs",
            "gone where the hop stands",
            scene().more(b -> b.dependencies(List.of(dependency("gone.example.org", ""))))));
  }

  static Dependency dependency(String name, String expected) {
    return new Dependency(
        Question.of(name, RecordType.A),
        new NamedVantage("default", scene().world()),
        expected.isEmpty() ? Set.of() : Set.of(expected),
        "path campus-to-hosted");
  }
}
