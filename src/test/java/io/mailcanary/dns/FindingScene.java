package io.mailcanary.dns;

import io.mailcanary.dns.DomainFacts.Certificate;
import io.mailcanary.dns.DomainFacts.NextHop;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.dns.DomainFacts.Selector;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.dns.RecordData.Ds;
import io.mailcanary.dns.ZoneFacts.Delegation;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.DomainName;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
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

/// A domain that is as it should be, and what a row changes of it.
final class FindingScene {
  static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  static final DnsName DOMAIN = new DnsName("example.org");
  static final InetAddress SENDER = InetAddress.ofLiteral("203.0.113.25");
  static final String KEY = rsa(2_048);

  /// `secure` lines aside, all as it should be.
  static final String HEALTHY =
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

  static final String POLICY =
      """
      version: STSv1
      mode: enforce
      mx: *.example.org
      mx: mx2.other.test
      max_age: 604800
      """;

  private final List<String> without = new ArrayList<>();
  private final StringBuilder with = new StringBuilder();
  private String policy = POLICY.replace("\n", "\r\n");
  private Consumer<DomainFacts.Builder> more = _ -> {};
  private UnaryOperator<ZoneFacts> zone = z -> z;
  private UnaryOperator<Vantage> resolver = v -> v;
  private final Map<String, String> atSecond = new LinkedHashMap<>();

  FindingScene without(String start) {
    without.add(start);
    return this;
  }

  FindingScene with(String lines) {
    with.append(lines).append('\n');
    return this;
  }

  FindingScene policy(String text) {
    policy = text;
    return this;
  }

  FindingScene more(Consumer<DomainFacts.Builder> change) {
    more = change;
    return this;
  }

  FindingScene resolver(UnaryOperator<Vantage> change) {
    resolver = change;
    return this;
  }

  FindingScene zone(UnaryOperator<ZoneFacts> change) {
    zone = change;
    return this;
  }

  /// The second name server has other lines instead of those that start so.
  FindingScene atSecond(String start, String instead) {
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

  static FindingScene scene() {
    return new FindingScene();
  }

  static Served served(String publicKey) {
    return new Served(
        new DnsName("mx1.example.org"),
        SENDER,
        publicKey.isEmpty() ? List.of() : List.of(new Certificate("00", publicKey)),
        publicKey.isEmpty() ? Optional.of("STARTTLS not offered") : Optional.empty(),
        Optional.empty());
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

  static String rsa(int bits) {
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
