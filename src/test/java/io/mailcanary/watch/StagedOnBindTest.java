package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.Vantage;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.lab.SlowDns;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.Resolver;
import io.mailcanary.runtime.Plan;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each fault that the records of a zone on BIND can have, and what is said of it.
@NeedsServer({Server.BIND, Server.UNBOUND})
class StagedOnBindTest {
  private static final String REVERSE =
      """
      $TTL 2
      @ SOA ns.test. hostmaster.test. SERIAL 3600 600 86400 1
      @ NS ns.test.
      7 PTR %s
      """;
  private static DnsScene scene;

  @BeforeAll
  static void start() {
    scene = new DnsScene().healthy();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  static List<Finding> look(DnsScene scene) {
    return look(scene, "corp.test", Surroundings.NONE);
  }

  static List<Finding> look(DnsScene scene, String name, Surroundings around) {
    return look(scene.plan(Duration.ofSeconds(60)), name, around);
  }

  private static List<Finding> look(Plan plan, String name, Surroundings around) {
    return new OneLook(
            new NetworkSources(plan), Executors.newVirtualThreadPerTaskExecutor(), around)
        .domain(new DomainName(name), DnsScene.ROUTABLE, Instant.now())
        .view()
        .findings();
  }

  private static void soon(String tag, Supplier<List<Finding>> looks) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(looks.get()).extracting(Finding::tag).contains(tag));
  }

  @Test
  void aHealthyDomainHasNoFindings() {
    scene.corp(DnsScene.HEALTHY);
    await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(look(scene)).isEmpty());
  }

  /// What is replaced in the healthy zone, by what; `;` ends a line.
  @ParameterizedTest(name = "{0}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          the MX is gone, an address is there     | @ MX 10 mx        | @ A 192.0.2.1                        | mx-missing
          MX and address are gone                 | @ MX 10 mx        | ; no MX                              | mail-records-missing
          the MX host has no address              | mx A 192.0.2.1    | ; no address                         | mx-target-missing
          one of two MX hosts has no address      | @ MX 10 mx        | @ MX 10 mx^@ MX 20 gone              | mx-target-partly-missing
          the MX host is an alias                 | mx A 192.0.2.1    | mx CNAME hop                         | mx-target-alias
          the MX holds an address                 | @ MX 10 mx        | @ MX 10 192.0.2.1.                   | mx-target-address
          the MX host's name is not allowed       | @ MX 10 mx        | @ MX 10 m_x^m_x A 192.0.2.1          | mx-target-illegal
          mail goes where nobody can reach        | mx A 192.0.2.1    | mx A 10.0.0.1                        | mx-target-loopback
          the MX host has IPv6 alone              | mx A 192.0.2.1    | mx AAAA 2600::1                      | mx-target-ipv6-only
          the domain takes no mail                | @ MX 10 mx        | @ MX 0 .                             | null-mx
          a null MX stands beside another         | @ MX 10 mx        | @ MX 10 mx^@ MX 0 .                  | null-mx-mixed
          there are two SPF records               | @ MX 10 mx        | @ MX 10 mx^@ TXT "v=spf1 -all"       | spf-multiple
          SPF includes what has none              | ip4:192.0.2.0/24  | include:mx.corp.test                 | spf-include-missing
          SPF includes itself                     | ip4:192.0.2.0/24  | include:corp.test                    | spf-loop
          SPF lets everybody send                 | -all              | +all                                 | spf-allows-all
          SPF cannot be read                      | ip4:192.0.2.0/24  | ipv4:192.0.2.1                       | spf-syntax
          three names of SPF are not there        | ip4:192.0.2.0/24  | a:g1.corp.test a:g2.corp.test a:g3.corp.test | spf-too-many-void
          SPF uses ptr                            | ip4:192.0.2.0/24  | ptr                                  | spf-ptr
          there is no SPF record                  | @ TXT             | other TXT                            | spf-missing
          there are two DMARC records             | @ MX 10 mx        | @ MX 10 mx^_dmarc TXT "v=DMARC1; p=none" | dmarc-multiple
          there is no DMARC record                | _dmarc TXT        | _other TXT                           | dmarc-missing
          MTA-STS cannot be read                  | @ MX 10 mx        | @ MX 10 mx^_mta-sts TXT "v=STSv1"    | mta-sts-record
          TLS reporting cannot be read            | @ MX 10 mx        | @ MX 10 mx^_smtp._tls TXT "v=TLSRPTv1" | tls-rpt-record
          a wildcard answers for all              | @ MX 10 mx        | @ MX 10 mx^* A 192.0.2.9             | wildcard-masks
          the zone names other servers            | @ NS ns2          | ; one less                           | delegation-mismatch
          the parent knows another address        | ns2 A @22         | ns2 A @23                            | glue-mismatch
          a name server has no address            | @ NS ns2          | @ NS ns2^@ NS gone.test.             | server-without-address
          a name server is silent                 | @ NS ns2          | @ NS ns2^@ NS ns3^ns3 A @24          | server-silent
          a name server does not know the zone    | @ NS ns2          | @ NS ns2^@ NS ns3^ns3 A @53          | server-lame
          SPF needs eleven look-ups               | ip4:192.0.2.0/24  | a a a a a a a a a a a                | spf-too-many-lookups
          SPF needs nine look-ups                 | ip4:192.0.2.0/24  | mx mx mx mx mx mx mx mx mx           | spf-near-limit
          an mx term leads to eleven hosts        | ip4:192.0.2.0/24  | mx:many.corp.test -all"^many MX 0 m0^many MX 1 m1^many MX 2 m2^many MX 3 m3^many MX 4 m4^many MX 5 m5^many MX 6 m6^many MX 7 m7^many MX 8 m8^many MX 9 m9^many MX 10 m10^other TXT "x | spf-too-many-mx
          SPF needs a name that nobody answers    | ip4:192.0.2.0/24  | a:x.lame.test                        | spf-unresolvable
          the TXT records are long                | @ MX 10 mx        | @ MX 10 mx^@ TXT "%LONG%" "%LONG%"   | spf-long
          a DMARC policy is none                  | p=reject          | p=rejekt                             | dmarc-syntax
          DMARC has no policy                     | p=reject          | rua=mailto:a@corp.test               | dmarc-policy-missing
          DMARC uses tags that are gone           | p=reject          | p=reject; pct=50                     | dmarc-old-tags
          reports go to who has not agreed        | p=reject          | p=none; rua=mailto:a@gone.test       | dmarc-reports-unauthorised
          a record lives for a second             | mx A 192.0.2.1    | mx 1 A 192.0.2.1                     | ttl-short
          a record lives for a week               | mx A 192.0.2.1    | mx 604800 A 192.0.2.1                | ttl-long
          that a record is missing lives long     | @ SOA ns1 hostmaster SERIAL 3600 600 86400 60 | @ 86400 SOA ns1 hostmaster SERIAL 3600 600 86400 7200 | negative-ttl-long
          a TLSA record of no use                 | @ MX 10 mx        | @ MX 10 mx^_25._tcp.mx TLSA 3 1 1 00 | dane-unusable
          """)
  void found(String words, String from, String to, String tag) {
    assertThat(DnsScene.HEALTHY).as(words).contains(from);
    scene.corp(
        DnsScene.HEALTHY.replace(from, to.replace('^', '\n').replace("%LONG%", "x".repeat(240))));
    soon(tag, () -> look(scene));
  }

  /// What stands at each of the two servers, or at their parent.
  @ParameterizedTest(name = "{0}: {3}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          the MX is gone at one of two servers          | @ MX 10 mx       | ; no MX              | servers-disagree
          an alias stands beside an MX                  | hop A 192.0.2.7  | hop MX 10 mx;hop CNAME mx | cname-conflict
          """)
  void atOneOfTwo(String words, String from, String to, String tag) {
    String[] both = to.split(";(?=hop)", 2);
    scene.one.zone(
        "corp.test", both.length == 2 ? DnsScene.HEALTHY.replace(from, both[0]) : DnsScene.HEALTHY);
    scene.two.zone("corp.test", DnsScene.HEALTHY.replace(from, both[both.length - 1]));
    soon(
        tag,
        () -> look(scene, both.length == 2 ? "hop.corp.test" : "corp.test", Surroundings.NONE));
  }

  @Test
  void aMailDomainThatBecameAnAliasLostItsMx() {
    scene.corp(DnsScene.HEALTHY + "sub CNAME hop\n");
    soon("mx-missing", () -> look(scene, "sub.corp.test", Surroundings.NONE));
    scene.corp(DnsScene.HEALTHY + "sub CNAME corp.test.\n");
    soon("domain-alias", () -> look(scene, "sub.corp.test", Surroundings.NONE));
  }

  @Test
  void serialsThatDifferAndOneThatIsStuck() {
    scene.corp(DnsScene.HEALTHY);
    scene.one.zone("corp.test", DnsScene.HEALTHY);
    while (scene.one.serial("corp.test") <= scene.two.serial("corp.test")) {
      scene.one.zone("corp.test", DnsScene.HEALTHY);
    }
    soon("serials-differ", () -> look(scene));
    while (scene.two.serial("corp.test") <= scene.one.serial("corp.test")) {
      scene.two.zone("corp.test", DnsScene.HEALTHY);
    }
    soon("serial-stuck", () -> look(scene));
  }

  /// By TCP nobody answers there; by UDP it takes its time, and that is no fault.
  @Test
  void aSlowServerWithoutTcp() {
    String third = DnsScene.HEALTHY.replace("@ NS ns2", "@ NS ns2\n@ NS ns3\nns3 A @25");
    try (SlowDns _ = scene.lab.slow(25, 21, Duration.ofMillis(100))) {
      scene.corp(third);
      soon("server-without-tcp", () -> look(scene));
      assertThat(look(scene))
          .extracting(Finding::tag)
          .doesNotContain("server-silent", "server-lame", "servers-disagree");
    }
    scene.corp(DnsScene.HEALTHY);
  }

  @Test
  void theParentHandsOutNoAddress() {
    scene.corp(DnsScene.HEALTHY);
    scene.delegate(DnsScene.DELEGATION.replace("ns2.corp A @22\n", ""), false);
    soon("glue-missing", () -> look(scene));
    scene.delegate("", false);
    soon("name-missing", () -> look(scene));
    scene.delegate(DnsScene.DELEGATION, false);
    scene.corp(DnsScene.HEALTHY.replace("@ MX 10 mx", "@ MX 10 mx.lame.test."));
    soon("mx-target-unresolvable", () -> look(scene));
  }

  @Test
  void noServerKnowsTheZone() {
    scene.corp(DnsScene.HEALTHY);
    scene.one.drop("corp.test");
    scene.two.drop("corp.test");
    soon("servers-all-silent", () -> look(scene));
    soon("lookup-failing", () -> look(scene));
    scene.corp(DnsScene.HEALTHY);
  }

  @Test
  void theNamesOfAHostThatSends() {
    scene.corp(DnsScene.HEALTHY.replace("ip4:192.0.2.0/24", "ip4:198.51.100.0/24"));
    scene.parent.zone("2.0.192.in-addr.arpa", REVERSE.formatted("mx.corp.test."));
    Surroundings around =
        new Surroundings() {
          @Override
          public List<Sender> senders(DomainName domain, Vantage dns) {
            return List.of(
                new Sender(
                    InetAddress.ofLiteral("192.0.2.7"), Optional.of(DnsName.of("ns1.corp.test"))));
          }
        };
    soon("ptr-mismatch", () -> look(scene, "corp.test", around));
    soon("helo-mismatch", () -> look(scene, "corp.test", around));
    soon("spf-sender-unlisted", () -> look(scene, "corp.test", around));
    scene.parent.zone("2.0.192.in-addr.arpa", REVERSE.formatted("x").replace("7 PTR x\n", ""));
    soon("ptr-missing", () -> look(scene, "corp.test", around));
  }

  @Test
  void twoResolversSeeDifferentRecords() {
    scene.one.zone("corp.test", DnsScene.HEALTHY);
    scene.two.zone("corp.test", DnsScene.HEALTHY.replace("MX 10 mx", "MX 20 mx"));
    Plan plan = scene.plan(Duration.ofSeconds(60));
    Map<String, Resolver> resolvers = new LinkedHashMap<>(plan.resolvers());
    for (int host : new int[] {21, 22}) {
      resolvers.put("view-" + host, new Resolver("view-" + host, List.of(scene.lab.socket(host))));
    }
    Plan both =
        new Plan(
            plan.relays(),
            plan.mailboxes(),
            resolvers,
            plan.paths(),
            plan.service(),
            plan.dns(),
            plan.queues());
    soon("resolvers-disagree", () -> look(both, "corp.test", Surroundings.NONE));
  }
}
