package io.mailcanary.dns;

import static io.mailcanary.dns.FindingRow.row;
import static io.mailcanary.dns.FindingScene.DOMAIN;
import static io.mailcanary.dns.FindingScene.NOW;
import static io.mailcanary.dns.FindingScene.scene;

import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Names and mail hosts with a fault each.
final class FaultyNames {
  private FaultyNames() {}

  static Stream<FindingRow> names() {
    FindingScene bare = scene().without("example.org MX").without("example.org TXT");
    return Stream.of(
        row(
            "name-missing",
            "the whole name is gone",
            scene()
                .resolver(world ->
                    question ->
                        question.name().equals(DOMAIN)
                            ? new DnsAnswer.NoSuchName(
                                question, Origin.of("resolver"), List.of(), Optional.empty())
                            : world.ask(question))),
        row(
            "name-missing",
            "it is an alias of what is gone",
            scene().without("example.org").with("example.org CNAME gone.test"),
            Severity.PAGE,
            "an alias of gone.test, which does not exist"),
        row(
            "mx-missing",
            "the MX is gone, the address stays",
            scene().without("example.org MX"),
            Severity.PAGE,
            "example.org has an address and no MX record"),
        row(
            "mx-missing",
            "the name became an alias of a web server",
            scene()
                .without("example.org MX")
                .without("example.org A")
                .without("example.org TXT")
                .with("example.org CNAME www.other.test\nwww.other.test A 198.51.100.80"),
            Severity.PAGE,
            "it is an alias of www.other.test, which has none"),
        row(
            "mx-missing",
            "of a domain that only receives it weighs less",
            scene().without("example.org MX").more(b -> b.roles(EnumSet.of(Role.RECEIVES))),
            Severity.WARN,
            ""),
        row("mail-records-missing", "neither MX nor address", bare.without("example.org A")),
        row(
            "cname-conflict",
            "one server shows the alias for an address and the MX for MX",
            scene()
                .without("example.org A ")
                .with("example.org CNAME www.other.test\nwww.other.test A 198.51.100.80"),
            Severity.PAGE,
            ""),
        row(
            "cname-conflict",
            "a resolver shows it where no server was asked",
            scene()
                .without("example.org A ")
                .with("example.org CNAME www.other.test\nwww.other.test A 198.51.100.80")
                .more(b -> b.zones(List.of())),
            Severity.PAGE,
            "depends on what it was asked first"),
        row(
            "domain-alias",
            "the domain is an alias of one with MX",
            scene()
                .without("example.org")
                .with(
                    "example.org CNAME mail.other.test\nmail.other.test MX 10 mx2.other.test\n"
                        + "mail.other.test TXT \"v=spf1 ip4:203.0.113.0/28 -all\"")),
        row(
            "null-mx",
            "a sender that takes no mail",
            scene().without("example.org MX").with("example.org MX 0 .")),
        row("null-mx-mixed", "a dot beside others", scene().with("example.org MX 0 .")),
        row(
            "lookup-failing",
            "the MX cannot be asked for",
            scene().without("example.org MX").with("example.org MX !SERVFAIL")),
        row(
            "wildcard-masks",
            "any text name is there",
            scene().with("*.example.org TXT hello"),
            Severity.WARN,
            ""),
        row(
            "wildcard-masks",
            "the MX host's address would not be missed",
            scene().with("*.example.org A 203.0.113.80")),
        row(
            "registration-expiring",
            "in ten days",
            scene().more(b -> registration(b, Duration.ofDays(10), "active"))),
        row(
            "registration-expired",
            "since yesterday",
            scene().more(b -> registration(b, Duration.ofDays(-1), "active"))),
        row(
            "registration-hold",
            "as RDAP words it",
            scene().more(b -> registration(b, Duration.ofDays(300), "client hold"))),
        row(
            "registration-hold",
            "as EPP words it",
            scene().more(b -> registration(b, Duration.ofDays(300), "serverHold"))));
  }

  static void registration(DomainFacts.Builder builder, Duration left, String status) {
    builder.registration(new Registration(Optional.of(NOW.plus(left)), Set.of(status), "rdap"));
  }

  static Stream<FindingRow> targets() {
    return Stream.of(
        row(
            "mx-target-missing",
            "none has an address",
            scene().without("mx1.example.org A").without("mx2.other.test A")),
        row("mx-target-partly-missing", "one has none", scene().without("mx2.other.test A")),
        row(
            "mx-target-unresolvable",
            "the host's zone fails for one",
            scene().without("mx2.other.test A").with("mx2.other.test * !SERVFAIL"),
            Severity.WARN,
            "mx2.other.test"),
        row(
            "mx-target-unresolvable",
            "the host's zone fails for all",
            scene()
                .without("mx2.other.test A")
                .without("example.org MX 10")
                .with("mx2.other.test * !SERVFAIL"),
            Severity.PAGE,
            ""),
        row(
            "mx-target-alias",
            "it is an alias",
            scene()
                .without("mx2.other.test A")
                .with("mx2.other.test CNAME mx3.other.test\nmx3.other.test A 198.51.100.25")),
        row("mx-target-address", "bare", scene().with("example.org MX 30 203.0.113.25")),
        row("mx-target-address", "in brackets", scene().with("example.org MX 30 [203.0.113.25]")),
        row(
            "mx-target-illegal",
            "an underscore",
            scene()
                .with(
                    "example.org MX 30 mail_host.other.test\nmail_host.other.test A 198.51.100.1")),
        row(
            "mx-target-loopback",
            "all lead back to the asker",
            scene()
                .without("mx1.example.org A")
                .without("mx2.other.test A")
                .with("mx1.example.org A 127.0.0.1\nmx2.other.test A 127.0.0.2"),
            Severity.PAGE,
            ""),
        row(
            "mx-target-loopback",
            "one is private",
            scene().without("mx2.other.test A").with("mx2.other.test A 10.1.2.3"),
            Severity.WARN,
            "mx2.other.test"),
        row(
            "mx-target-ipv6-only",
            "none has IPv4",
            scene().without("mx2.other.test A ").without("example.org MX 10")));
  }
}
