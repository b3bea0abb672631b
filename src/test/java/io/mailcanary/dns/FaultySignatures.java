package io.mailcanary.dns;

import static io.mailcanary.dns.FaultyServers.parent;
import static io.mailcanary.dns.FaultyServers.replaceSecond;
import static io.mailcanary.dns.FindingRow.row;
import static io.mailcanary.dns.FindingScene.DOMAIN;
import static io.mailcanary.dns.FindingScene.NOW;
import static io.mailcanary.dns.FindingScene.scene;
import static io.mailcanary.dns.FindingScene.served;

import io.mailcanary.dns.DomainFacts.NamedVantage;
import io.mailcanary.dns.RecordData.Ds;
import io.mailcanary.dns.ZoneFacts.Delegation;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Chains of trust and times to live with a fault each.
final class FaultySignatures {
  private FaultySignatures() {}

  static Stream<FindingRow> dnssec() {
    return Stream.of(
        row(
            "dnssec-bogus",
            "without validation there is an answer",
            scene()
                .without("example.org MX")
                .with("example.org MX !SERVFAIL")
                .more(b -> b.unchecked(scene().world()))),
        row(
            "dnssec-bogus",
            "the resolver says so",
            scene().without("example.org MX").with("example.org MX !BOGUS")),
        row(
            "dnssec-ds-mismatch",
            "the DS is of another key",
            scene()
                .zone(zone ->
                    parent(
                        zone,
                        new Delegation(
                            Origin.of("parent"),
                            zone.parent().orElseThrow().servers(),
                            zone.parent().orElseThrow().glue(),
                            List.of(new Ds(4712, 13, 2, "00")))))),
        row(
            "dnssec-expired",
            "since an hour, at the second",
            scene()
                .zone(zone -> replaceSecond(zone, old -> signed(old, -14, Duration.ofHours(-1))))),
        row(
            "dnssec-expired",
            "signed by a clock ahead of ours",
            scene().zone(zone -> replaceSecond(zone, old -> signed(old, 1, Duration.ofDays(20)))),
            Severity.PAGE,
            "hold from"),
        row(
            "dnssec-expiring",
            "in two days, of thirty",
            scene().zone(zone -> replaceSecond(zone, old -> signed(old, -28, Duration.ofDays(2))))),
        row(
            "dane-insecure",
            "the zone is not signed",
            scene()
                .without("secure .")
                .with("secure root.test")
                .with("_25._tcp.mx1.example.org TLSA 3 1 1 " + "ab".repeat(32))
                .with("secure _25._tcp.mx1.example.org")),
        row(
            "dane-unresolvable",
            "the host's servers fail for the type",
            scene().without("_25._tcp").with("_25._tcp.mx1.example.org TLSA !SERVFAIL")),
        row(
            "dane-unusable",
            "a usage that mail does not take",
            scene().with("_25._tcp.mx1.example.org TLSA 1 1 1 " + "ab".repeat(32))),
        row(
            "dane-unusable",
            "a digest cut short",
            scene().with("_25._tcp.mx1.example.org TLSA 3 1 1 abab")),
        row(
            "dane-mismatch",
            "another key is served",
            scene().more(b -> b.served(List.of(served("040506"))))),
        row("dane-no-tls", "STARTTLS is gone", scene().more(b -> b.served(List.of(served(""))))));
  }

  static ServerView signed(ServerView server, int inceptionDays, Duration left) {
    Map<Question, DnsAnswer> answers = new LinkedHashMap<>(server.answers());
    Question mx = new Question(DOMAIN, RecordType.MX);
    DnsAnswer plain = server.answer(DOMAIN, RecordType.MX).orElseThrow();
    answers.put(
        mx,
        new DnsAnswer.Records(
            mx,
            plain.origin(),
            List.of(),
            plain.found(),
            List.of(
                new Signature(
                    RecordType.MX,
                    DOMAIN,
                    13,
                    4711,
                    NOW.plus(Duration.ofDays(inceptionDays)),
                    NOW.plus(left)))));
    return new ServerView(server.name(), server.address(), answers, server.tcp());
  }

  static Stream<FindingRow> times() {
    return Stream.of(
        row(
            "ttl-short",
            "five seconds",
            scene().without("example.org A").with("example.org 5 A 203.0.113.80")),
        row(
            "ttl-long",
            "a week",
            scene().without("example.org A").with("example.org 604800 A 203.0.113.80")),
        row(
            "ttl-stretched",
            "the resolver's minimum is above the servers'",
            scene()
                .without("example.org A")
                .with("example.org 300 A 203.0.113.80")
                .resolver(FaultySignatures::stretched)),
        row(
            "negative-ttl-long",
            "the SOA's minimum and its time to live are a day",
            scene()
                .without("example.org SOA")
                .with("example.org 86400 SOA example.org 2026112001 7200 86400")),
        row(
            "resolvers-disagree",
            "another resolver has the old MX",
            scene()
                .more(b ->
                    b.elsewhere(
                        List.of(
                            new NamedVantage(
                                "outside",
                                TestZone.of(
                                    "outside",
                                    "example.org MX 10 old.example.org\n"
                                        + "example.org TXT some-token=abc")))))));
  }

  static Vantage stretched(Vantage world) {
    return question ->
        world.ask(question) instanceof DnsAnswer.Records some
            ? new DnsAnswer.Records(
                question,
                some.origin(),
                some.chain(),
                some.records().stream()
                    .map(r -> new DnsRecord(r.owner(), 3_600, r.data()))
                    .toList(),
                List.of())
            : world.ask(question);
  }
}
