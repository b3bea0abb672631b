package io.mailcanary.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.DomainFacts.Certificate;
import io.mailcanary.dns.DomainFacts.Dependency;
import io.mailcanary.dns.DomainFacts.NamedVantage;
import io.mailcanary.dns.DomainFacts.NextHop;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.DomainFacts.Selector;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.dns.RecordData.Ds;
import io.mailcanary.dns.ZoneFacts.Delegation;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each finding on a domain that has the fault, and none on one that hasn't.
class FindingsTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final DnsName DOMAIN = new DnsName("example.org");
  private static final InetAddress SENDER = InetAddress.ofLiteral("203.0.113.25");
  private static final String KEY = rsa(2_048);

  /// `secure` lines aside, all as it should be.
  private static final String HEALTHY =
      """
      secure .
      . NS a.root.test
      example.org SOA example.org 2026112001
      example.org NS ns1.example.org
      example.org NS ns2.other.test
      example.org MX 10 mx1.example.org
      example.org MX 20 mx2.other.test
      example.org A 203.0.113.80
      example.org TXT "v=spf1 ip4:203.0.113.0/28 mx a:out.example.org include:spf.other.test -all"
      example.org TXT "some-token=abc"
      mx1.example.org A 203.0.113.25
      mx2.other.test A 198.51.100.25
      mx2.other.test AAAA 2001:db8:1::25
      out.example.org A 203.0.113.25
      spf.other.test TXT "v=spf1 ip4:198.51.100.0/24 ~all"
      _dmarc.example.org TXT "v=DMARC1; p=reject; rua=mailto:dmarc@example.org"
      sel._domainkey.example.org TXT "v=DKIM1; k=rsa; p=KEY"
      _mta-sts.example.org TXT "v=STSv1; id=20261101"
      _smtp._tls.example.org TXT "v=TLSRPTv1; rua=mailto:tls@example.org"
      _25._tcp.mx1.example.org TLSA 3 1 1 DIGEST
      25.113.0.203.in-addr.arpa PTR out.example.org
      ns1.example.org A 203.0.113.53
      ns2.other.test A 198.51.100.53
      hop.example.org A 203.0.113.90
      """
          .replace("KEY", KEY)
          // Of the three octets 01 02 03.
          .replace("DIGEST", "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81");

  private static final String POLICY =
      """
      version: STSv1
      mode: enforce
      mx: *.example.org
      mx: mx2.other.test
      max_age: 604800
      """;

  /// What a row changes.
  private static final class Scene {
    private final List<String> without = new ArrayList<>();
    private final StringBuilder with = new StringBuilder();
    private String policy = POLICY.replace("\n", "\r\n");
    private Consumer<DomainFacts.Builder> more = _ -> {};
    private UnaryOperator<ZoneFacts> zone = z -> z;
    private UnaryOperator<Vantage> resolver = v -> v;
    private final Map<String, String> atSecond = new LinkedHashMap<>();

    Scene without(String start) {
      without.add(start);
      return this;
    }

    Scene with(String lines) {
      with.append(lines).append('\n');
      return this;
    }

    Scene policy(String text) {
      policy = text;
      return this;
    }

    Scene more(Consumer<DomainFacts.Builder> change) {
      more = change;
      return this;
    }

    Scene resolver(UnaryOperator<Vantage> change) {
      resolver = change;
      return this;
    }

    Scene zone(UnaryOperator<ZoneFacts> change) {
      zone = change;
      return this;
    }

    /// The second name server has other lines instead of those that start so.
    Scene atSecond(String start, String instead) {
      atSecond.put(start, instead);
      return this;
    }

    TestZone world() {
      return TestZone.of("resolver", lines(Map.of()));
    }

    private String lines(Map<String, String> other) {
      String all =
          HEALTHY
                  .lines()
                  .filter(line -> without.stream().noneMatch(line::startsWith))
                  .collect(Collectors.joining("\n"))
              + "\n"
              + with;
      for (Map.Entry<String, String> entry : other.entrySet()) {
        all =
            Stream.concat(
                    all.lines().filter(line -> !line.startsWith(entry.getKey())),
                    Stream.of(entry.getValue()))
                .collect(Collectors.joining("\n"));
      }
      return all;
    }

    DomainFacts facts() {
      TestZone world = world();
      ZoneFacts facts =
          new ZoneFacts(
              DOMAIN,
              Optional.of(
                  new Delegation(
                      Origin.of("parent"),
                      new TreeSet<>(
                          List.of(new DnsName("ns1.example.org"), new DnsName("ns2.other.test"))),
                      Map.of(
                          new DnsName("ns1.example.org"),
                          List.of(InetAddress.ofLiteral("203.0.113.53"))),
                      List.of(new Ds(4711, 13, 2, "00")))),
              List.of(
                  server("ns1.example.org", "203.0.113.53", lines(Map.of())),
                  server("ns2.other.test", "198.51.100.53", lines(atSecond))));
      DomainFacts.Builder builder =
          DomainFacts.of(new DomainName("example.org"), NOW, resolver.apply(world))
              .zones(List.of(zone.apply(facts)))
              .selectors(List.of(new Selector("sel", DOMAIN, Optional.of(KEY))))
              .senders(List.of(new Sender(SENDER, Optional.of(new DnsName("out.example.org")))))
              .mtaSts(
                  new PolicyFetch(
                      "https://mta-sts.example.org/.well-known/mta-sts.txt",
                      Optional.of(policy),
                      Optional.empty()))
              .served(List.of(served("010203")))
              .registration(
                  new Registration(
                      Optional.of(NOW.plus(Duration.ofDays(300))), Set.of("active"), "rdap"))
              .nextHops(
                  List.of(
                      new NextHop(
                          new DnsName("hop.example.org"),
                          Optional.of(RelayKind.EXIM_DEFER),
                          "relay campus-out")));
      more.accept(builder);
      return builder.build();
    }
  }

  private static Served served(String publicKey) {
    return new Served(
        new DnsName("mx1.example.org"),
        SENDER,
        publicKey.isEmpty() ? List.of() : List.of(new Certificate("00", publicKey)),
        publicKey.isEmpty() ? Optional.of("STARTTLS not offered") : Optional.empty());
  }

  private static ServerView server(String name, String address, String lines) {
    TestZone world = TestZone.of(address + " (" + name + ")", lines);
    List<DnsAnswer> answers = new ArrayList<>();
    for (RecordType type :
        List.of(
            RecordType.SOA,
            RecordType.NS,
            RecordType.MX,
            RecordType.TXT,
            RecordType.A,
            RecordType.AAAA)) {
      answers.add(world.ask(DOMAIN, type));
    }
    answers.add(
        new DnsAnswer.Records(
            new Question(DOMAIN, RecordType.DNSKEY),
            Origin.of(name),
            List.of(),
            List.of(new DnsRecord(DOMAIN, 3_600, new RecordData.Dnskey(257, 13, 4711))),
            List.of()));
    return new ServerView(new DnsName(name), InetAddress.ofLiteral(address), answers);
  }

  record Row(String tag, String sentence, Scene scene, Severity severity, String words) {
    @Override
    public String toString() {
      return tag + ": " + sentence;
    }
  }

  private static Scene scene() {
    return new Scene();
  }

  private static Row row(String tag, String sentence, Scene scene) {
    return row(tag, sentence, scene, kind(tag).severity(), "");
  }

  private static Row row(
      String tag, String sentence, Scene scene, Severity severity, String words) {
    return new Row(tag, sentence, scene, severity, words);
  }

  private static FindingKind kind(String tag) {
    return Arrays.stream(FindingKind.values())
        .filter(kind -> kind.tag().equals(tag))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(tag));
  }

  static Stream<Row> broken() {
    return Stream.of(
            names(),
            targets(),
            servers(),
            dnssec(),
            times(),
            spf(),
            dkim(),
            dmarc(),
            transport(),
            clients())
        .flatMap(rows -> rows);
  }

  private static Stream<Row> names() {
    Scene bare = scene().without("example.org MX").without("example.org TXT");
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

  private static void registration(DomainFacts.Builder builder, Duration left, String status) {
    builder.registration(new Registration(Optional.of(NOW.plus(left)), Set.of(status), "rdap"));
  }

  private static Stream<Row> targets() {
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

  private static Stream<Row> servers() {
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

  private static ServerView withoutAddress() {
    return new ServerView(
        new DnsName("ns3.gone.test"), Optional.empty(), Map.of(), Optional.empty());
  }

  private static ZoneFacts add(ZoneFacts zone, ServerView server) {
    return new ZoneFacts(
        zone.zone(),
        zone.parent(),
        Stream.concat(zone.servers().stream(), Stream.of(server)).toList());
  }

  private static ZoneFacts replaceSecond(ZoneFacts zone, UnaryOperator<ServerView> change) {
    return new ZoneFacts(
        zone.zone(),
        zone.parent(),
        List.of(zone.servers().getFirst(), change.apply(zone.servers().get(1))));
  }

  private static ZoneFacts parent(ZoneFacts zone, Delegation parent) {
    return new ZoneFacts(zone.zone(), Optional.of(parent), zone.servers());
  }

  private static Stream<Row> dnssec() {
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

  private static ServerView signed(ServerView server, int inceptionDays, Duration left) {
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

  private static Stream<Row> times() {
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
                .resolver(FindingsTest::stretched)),
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

  private static Vantage stretched(Vantage world) {
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

  private static Stream<Row> spf() {
    return Stream.of(
        row("spf-missing", "there is none", spfOf("")),
        row("spf-multiple", "two", scene().with("example.org TXT \"v=spf1 -all\"")),
        row(
            "spf-multiple",
            "two at an included name",
            scene().with("spf.other.test TXT \"v=spf1 -all\"")),
        row("spf-syntax", "an unknown mechanism", spfOf("v=spf1 ipv4:203.0.113.25 -all")),
        row("spf-syntax", "a broken network", spfOf("v=spf1 ip4:203.0.113.256 -all")),
        row("spf-syntax", "no space behind the version", spfOf("v=spf1,ip4:203.0.113.25 -all")),
        row(
            "spf-too-many-lookups",
            "eleven",
            spfOf(
                "v=spf1 "
                    + Stream.iterate(1, i -> i < 12, i -> i + 1)
                        .map(i -> "a:out.example.org")
                        .collect(Collectors.joining(" "))
                    + " -all")),
        row("spf-near-limit", "nine", spfOf("v=spf1 " + "a:out.example.org ".repeat(9) + "-all")),
        row(
            "spf-too-many-void",
            "three names that are gone",
            spfOf("v=spf1 ip4:203.0.113.25 a:x1.test a:x2.test a:x3.test -all")),
        row(
            "spf-include-missing",
            "the included name does not exist",
            spfOf("v=spf1 ip4:203.0.113.25 include:nowhere.test -all"),
            Severity.PAGE,
            "does not exist: whoever registers it may send"),
        row(
            "spf-include-missing",
            "the included name has no SPF",
            spfOf("v=spf1 ip4:203.0.113.25 include:mx2.other.test -all"),
            Severity.PAGE,
            "has no SPF record"),
        row(
            "spf-include-missing",
            "so does a redirect",
            spfOf("v=spf1 ip4:203.0.113.25 redirect=mx2.other.test")),
        row(
            "spf-loop",
            "it includes itself by another",
            spfOf("v=spf1 ip4:203.0.113.25 include:loop.test -all")
                .with("loop.test TXT \"v=spf1 include:example.org -all\"")),
        row(
            "spf-unresolvable",
            "an include cannot be asked for",
            scene().without("spf.other.test").with("spf.other.test TXT !SERVFAIL")),
        row(
            "spf-too-many-mx",
            "eleven MX hosts behind an mx term",
            spfOf("v=spf1 ip4:203.0.113.25 mx:many.test -all")
                .with(
                    Stream.iterate(1, i -> i < 12, i -> i + 1)
                        .map(i -> "many.test MX 10 mx%d.many.test".formatted(i))
                        .collect(Collectors.joining("\n")))),
        row(
            "spf-long",
            "many tokens beside",
            scene()
                .with(
                    "example.org TXT \"token="
                        + "x".repeat(240)
                        + "\" \""
                        + "y".repeat(200)
                        + "\"")),
        row("spf-allows-all", "it ends in +all", spfOf("v=spf1 ip4:203.0.113.25 +all")),
        row("spf-ptr", "it uses ptr", spfOf("v=spf1 ip4:203.0.113.25 ptr -all")),
        row(
            "spf-sender-unlisted",
            "the sending address fails",
            spfOf("v=spf1 ip4:192.0.2.1 -all"),
            Severity.PAGE,
            "203.0.113.25"),
        row(
            "spf-sender-unlisted",
            "the sending address fails softly",
            spfOf("v=spf1 ip4:192.0.2.1 ~all"),
            Severity.WARN,
            "softfail"));
  }

  private static Scene spfOf(String text) {
    Scene scene = scene().without("example.org TXT \"v=spf1");
    return text.isEmpty() ? scene : scene.with("example.org TXT \"" + text + "\"");
  }

  private static Stream<Row> dkim() {
    String name = "sel._domainkey.example.org";
    return Stream.of(
        row("dkim-missing", "the key is gone", scene().without(name)),
        row("dkim-revoked", "p= is empty", dkimOf("\"v=DKIM1; p=\"")),
        row("dkim-multiple", "two keys", scene().with(name + " TXT \"v=DKIM1; p=" + KEY + "\"")),
        row("dkim-malformed", "a key of another kind", dkimOf("\"v=DKIM1; k=dsa; p=AAAA\"")),
        row("dkim-malformed", "no base64", dkimOf("\"v=DKIM1; p=!!!\"")),
        row("dkim-malformed", "no key record", dkimOf("hello")),
        row("dkim-weak", "512 bits", dkimOf("\"v=DKIM1; p=" + rsa(512) + "\"")),
        row("dkim-mismatch", "another key", dkimOf("\"v=DKIM1; p=" + rsa(2_048) + "\"")),
        row(
            "dkim-alias-dangling",
            "the provider has taken it away",
            scene().without(name).with(name + " CNAME sel.provider.test")),
        row("dkim-unresolvable", "it cannot be asked for", dkimOf("!SERVFAIL")));
  }

  private static Scene dkimOf(String data) {
    return scene().without("sel._domainkey").with("sel._domainkey.example.org TXT " + data);
  }

  private static Stream<Row> dmarc() {
    return Stream.of(
        row("dmarc-missing", "there is none", scene().without("_dmarc")),
        row("dmarc-multiple", "two", scene().with("_dmarc.example.org TXT \"v=DMARC1; p=none\"")),
        row("dmarc-syntax", "a policy that is none", dmarcOf("v=DMARC1; p=rejekt")),
        row("dmarc-syntax", "a comma for a semicolon", dmarcOf("v=DMARC1, p=reject")),
        row("dmarc-syntax", "an address without mailto", dmarcOf("v=DMARC1; p=none; rua=a@b.c")),
        row("dmarc-policy-missing", "no p=", dmarcOf("v=DMARC1; rua=mailto:d@example.org")),
        row("dmarc-old-tags", "pct", dmarcOf("v=DMARC1; p=reject; pct=50")),
        row(
            "dmarc-reports-unauthorised",
            "the target has not agreed",
            dmarcOf("v=DMARC1; p=none; rua=mailto:d@reports.test")));
  }

  private static Scene dmarcOf(String text) {
    return scene().without("_dmarc").with("_dmarc.example.org TXT \"" + text + "\"");
  }

  private static Stream<Row> transport() {
    return Stream.of(
        row("mta-sts-record", "no id", stsOf("\"v=STSv1;\"")),
        row("mta-sts-record", "two", scene().with("_mta-sts.example.org TXT \"v=STSv1; id=2\"")),
        row(
            "mta-sts-unfetchable",
            "the certificate has expired",
            scene()
                .more(b ->
                    b.mtaSts(
                        new PolicyFetch(
                            "https://x", Optional.empty(), Optional.of("certificate expired"))))),
        row("mta-sts-policy", "no mode", scene().policy(POLICY.replace("mode", "made"))),
        row("mta-sts-policy", "a web page", scene().policy("<html>")),
        row(
            "mta-sts-mx-mismatch",
            "it permits none",
            scene().policy(POLICY.replace("*.example.org", "a.test").replace("mx2", "mx3")),
            Severity.PAGE,
            "does not permit any"),
        row(
            "mta-sts-mx-mismatch",
            "it permits one of two",
            scene().policy(POLICY.replace("mx2", "mx3")),
            Severity.WARN,
            "mx2.other.test"),
        row(
            "mta-sts-mx-mismatch",
            "a star is one label",
            scene()
                .policy(POLICY)
                .with("example.org MX 30 a.b.example.org\na.b.example.org A 203.0.113.26"),
            Severity.WARN,
            "a.b.example.org"),
        row(
            "tls-rpt-record",
            "no rua",
            scene().without("_smtp._tls").with("_smtp._tls.example.org TXT \"v=TLSRPTv1;\"")));
  }

  private static Scene stsOf(String data) {
    return scene().without("_mta-sts").with("_mta-sts.example.org TXT " + data);
  }

  private static Stream<Row> clients() {
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
            "dependency-differs",
            "another address than expected",
            scene()
                .more(b -> b.dependencies(List.of(dependency("hop.example.org", "203.0.113.91"))))),
        row(
            "dependency-differs",
            "gone where the hop stands",
            scene().more(b -> b.dependencies(List.of(dependency("gone.example.org", ""))))));
  }

  private static Dependency dependency(String name, String expected) {
    return new Dependency(
        Question.of(name, RecordType.A),
        new NamedVantage("default", scene().world()),
        expected.isEmpty() ? Set.of() : Set.of(expected),
        "path campus-to-hosted");
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theFaultIsFound(Row row) {
    List<Finding> findings = row.scene.facts().findings();
    assertThat(findings)
        .as("%s", findings)
        .anySatisfy(finding -> {
          assertThat(finding.tag()).isEqualTo(row.tag);
          assertThat(finding.severity()).isEqualTo(row.severity);
          assertThat(finding.message()).contains(row.words);
          assertThat(finding.evidence()).isNotEmpty().allMatch(line -> !line.isBlank());
          assertThat(finding.name()).isNotBlank();
        });
  }

  @Test
  void aHealthyDomainHasNone() {
    assertThat(scene().facts().findings()).isEmpty();
  }

  @Test
  void everyKindIsStaged() {
    Set<String> staged = broken().map(Row::tag).collect(Collectors.toSet());
    assertThat(staged)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(FindingKind.values()).map(FindingKind::tag).toList());
  }

  @Test
  void theWorstComesFirst() {
    List<Severity> severities =
        scene()
            .without("example.org MX")
            .without("_dmarc")
            .with("*.example.org TXT hello")
            .facts()
            .findings()
            .stream()
            .map(Finding::severity)
            .toList();
    assertThat(severities).hasSizeGreaterThan(2).isSortedAccordingTo((a, b) -> b.compareTo(a));
  }

  @Test
  void aNameThatIsMerelyWatchedHasToBeThere() {
    TestZone world = TestZone.of("example.org TXT x\nother.test * !TIMEOUT");
    assertThat(watched("example.org", world)).isEmpty();
    assertThat(watched("gone.test", world)).containsExactly("name-missing WARN");
    assertThat(watched("other.test", world)).containsExactly("lookup-failing PAGE");
  }

  private static List<String> watched(String name, Vantage world) {
    return DomainFacts.of(new DomainName(name), NOW, world)
        .roles(Set.of())
        .build()
        .findings()
        .stream()
        .map(finding -> finding.tag() + " " + finding.severity())
        .toList();
  }

  @Test
  void aPolicyAboveTheDomainCounts() {
    DomainFacts facts =
        DomainFacts.of(
                new DomainName("a.b.example.org"),
                NOW,
                TestZone.of(
                    """
                    a.b.example.org MX 10 mx.example.org
                    mx.example.org A 203.0.113.1
                    _dmarc.example.org TXT "v=DMARC1; p=none"
                    a.b.example.org TXT "v=spf1 mx -all"
                    """))
            .build();
    assertThat(facts.findings()).isEmpty();
  }

  @Test
  void declaredNetworksArePublicHere() {
    TestZone world =
        TestZone.of(
            """
            example.org MX 10 mx.example.org
            mx.example.org A 127.0.0.7
            example.org TXT "v=spf1 ip4:127.0.0.0/8 -all"
            _dmarc.example.org TXT "v=DMARC1; p=none"
            """);
    assertThat(
            DomainFacts.of(new DomainName("example.org"), NOW, world)
                .publicNetworks(Set.of("127.0.0.0/8"))
                .build()
                .findings())
        .isEmpty();
  }

  @Test
  void agreedReportsAreNoFinding() {
    assertThat(
            dmarcOf("v=DMARC1; p=none; rua=mailto:d@reports.test")
                .with("example.org._report._dmarc.reports.test TXT \"v=DMARC1\"")
                .facts()
                .findings())
        .isEmpty();
  }

  @Test
  void shortLivedSignaturesAreNotAboutToExpire() {
    assertThat(
            scene()
                .zone(zone -> replaceSecond(zone, old -> signed(old, -1, Duration.ofDays(1))))
                .facts()
                .findings())
        .isEmpty();
  }

  private static String rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits, new SecureRandom());
      return Base64.getEncoder()
          .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
