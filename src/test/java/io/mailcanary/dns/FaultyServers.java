package io.mailcanary.dns;

import static io.mailcanary.dns.FindingRow.row;
import static io.mailcanary.dns.FindingScene.scene;

import io.mailcanary.dns.ZoneFacts.Delegation;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Name servers and delegations with a fault each.
final class FaultyServers {
  private FaultyServers() {}

  static Stream<FindingRow> servers() {
    return Stream.of(
        row(
            "server-silent",
            "the second says nothing",
            scene().atSecond("example.org", "example.org * !TIMEOUT")),
        row("servers-all-silent", "neither says anything", scene().with("example.org * !TIMEOUT")),
        row(
            "server-lame",
            "the second refers elsewhere",
            scene().atSecond("example.org", "example.org * !LAME")),
        row(
            "server-lame",
            "the second refuses",
            scene().atSecond("example.org", "example.org * !REFUSED")),
        row(
            "server-without-address",
            "its name leads nowhere",
            scene().zone(zone -> add(zone, withoutAddress()))),
        row(
            "server-without-tcp",
            "UDP alone",
            scene()
                .zone(zone ->
                    replaceSecond(
                        zone,
                        old ->
                            new ServerView(
                                old.name(),
                                old.address(),
                                old.answers(),
                                Optional.of("connection refused"))))),
        row(
            "type-unanswered",
            "the second fails for MX alone",
            scene().atSecond("example.org MX", "example.org MX !SERVFAIL")),
        row(
            "servers-disagree",
            "the MX is missing at the second",
            scene().atSecond("example.org MX", "example.org TXT \"some-token=abc\""),
            Severity.PAGE,
            "MX example.org is missing at some servers of example.org"),
        row(
            "servers-disagree",
            "the second is behind and has not got the MX yet",
            scene()
                .atSecond("example.org MX", "example.org TXT \"some-token=abc\"")
                .atSecond("example.org SOA", "example.org SOA example.org 2026112000"),
            Severity.WARN,
            "is missing at some servers"),
        row(
            "servers-disagree",
            "it never came",
            scene()
                .atSecond("example.org MX", "example.org TXT \"some-token=abc\"")
                .atSecond("example.org SOA", "example.org SOA example.org 2026112000")
                .zone(zone -> since(zone, Duration.ofDays(2))),
            Severity.PAGE,
            "is missing at some servers"),
        row(
            "serials-differ",
            "for too long",
            scene()
                .atSecond("example.org SOA", "example.org SOA example.org 2026112000")
                .zone(zone -> since(zone, Duration.ofDays(2))),
            Severity.WARN,
            "since "),
        row(
            "servers-disagree",
            "the second has another MX",
            scene().atSecond("example.org MX", "example.org MX 10 old.other.test"),
            Severity.WARN,
            "different answers for MX example.org"),
        row(
            "serials-differ",
            "the second is behind, its records are the same",
            scene().atSecond("example.org SOA", "example.org SOA example.org 2026112000")),
        row(
            "serial-stuck",
            "the second is ahead of the primary",
            scene().atSecond("example.org SOA", "example.org SOA example.org 2026112002")),
        row(
            "delegation-mismatch",
            "the zone names a third",
            scene().with("example.org NS ns3.other.test")),
        row(
            "delegation-missing",
            "the parent has none",
            scene()
                .zone(zone ->
                    parent(
                        zone,
                        new Delegation(
                            Origin.of("parent"), new TreeSet<>(), Map.of(), List.of())))),
        row(
            "glue-mismatch",
            "the parent sends to an old address",
            scene().without("ns1.example.org A").with("ns1.example.org A 203.0.113.54"),
            Severity.WARN,
            "203.0.113.53"),
        row(
            "glue-missing",
            "the parent has no address for a server inside",
            scene()
                .zone(zone ->
                    parent(
                        zone,
                        new Delegation(
                            Origin.of("parent"),
                            zone.parent().orElseThrow().servers(),
                            Map.of(),
                            zone.parent().orElseThrow().ds())))));
  }

  static ZoneFacts since(ZoneFacts zone, Duration ago) {
    return new ZoneFacts(
        zone.zone(), zone.parent(), zone.servers(), Optional.of(FindingScene.NOW.minus(ago)));
  }

  static ServerView withoutAddress() {
    return new ServerView(
        new DnsName("ns3.gone.test"), Optional.empty(), Map.of(), Optional.empty());
  }

  static ZoneFacts add(ZoneFacts zone, ServerView server) {
    return new ZoneFacts(
        zone.zone(),
        zone.parent(),
        Stream.concat(zone.servers().stream(), Stream.of(server)).toList());
  }

  static ZoneFacts replaceSecond(ZoneFacts zone, UnaryOperator<ServerView> change) {
    return new ZoneFacts(
        zone.zone(),
        zone.parent(),
        List.of(zone.servers().getFirst(), change.apply(zone.servers().get(1))));
  }

  static ZoneFacts parent(ZoneFacts zone, Delegation parent) {
    return new ZoneFacts(zone.zone(), Optional.of(parent), zone.servers());
  }
}
