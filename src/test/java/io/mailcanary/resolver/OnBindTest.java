package io.mailcanary.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.lab.Bind;
import io.mailcanary.lab.DnsLab;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.lab.SlowDns;
import io.mailcanary.path.Resolver;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The seven answers, as real servers give them.
@NeedsServer({Server.BIND, Server.UNBOUND})
class OnBindTest {
  private static final String SOA = "@ 2 IN SOA ns1 hostmaster SERIAL 3600 600 86400 1\n";
  private static final DnsName CORP = DnsName.of("corp.test");

  private static DnsLab lab;
  private static Bind parent;
  private static Bind one;
  private static Bind two;
  private static Recursor recursor;
  private static final Asker ASKER =
      new Asker(
          new Asker.Limits(
              Duration.ofMillis(300), Duration.ofMillis(500), 100, 20, Duration.ofSeconds(5)));

  @BeforeAll
  static void start() {
    lab = DnsLab.open();
    parent = lab.bind(10);
    one = lab.bind(21);
    two = lab.bind(22);
    parent.zone(
        ".",
        "$TTL 2\n@ SOA a.root. h. SERIAL 60 60 60 1\n@ NS a.root.\na.root. A @10\ntest. NS ns.test.\nns.test. A @10\n");
    String anchor =
        parent.signed(
            "test",
            """
            $TTL 2
            @ SOA ns hostmaster SERIAL 3600 600 86400 1
            @ NS ns
            ns A @10
            corp NS ns1.corp
            corp NS ns2.corp
            ns1.corp A @21
            ns2.corp A @22
            lame NS ns1.corp
            lame NS ns1.lame
            ns1.lame A @21
            signed NS ns1.corp
            dead NS ns1.dead
            ns1.dead A @99
            %s
            """
                .formatted(
                    one.signed(
                        "signed.test",
                        "$TTL 2\n" + SOA + "@ NS ns1.corp.test.\n@ MX 10 mx\nmx A 192.0.2.1\n")));
    for (Bind server : List.of(one, two)) {
      server.zone(
          "corp.test",
          "$TTL 2\n"
              + SOA
              + """
              @ NS ns1
              @ NS ns2
              ns1 A @21
              ns2 A @22
              @ MX 10 mx
              mx A 192.0.2.1
              alias CNAME mx
              away CNAME mx.signed.test.
              dangling CNAME gone
              long TXT "%1$s" "%1$s" "%1$s" "%1$s" "%1$s" "%1$s" "%1$s" "%1$s"
              """
                  .formatted("x".repeat(250)));
    }
    recursor =
        new Recursor(
            new Resolver(
                "default",
                List.of(lab.unbound(53, 10, "trust-anchor: \"" + anchor + "\"").socket())),
            new Asker(Asker.Limits.RECURSIVE));
  }

  @AfterAll
  static void stop() {
    lab.close();
  }

  private static DnsAnswer ask(int host, String name, RecordType type) {
    return ASKER.ask(
        lab.socket(host), lab.address(host), Question.of(name, type), Look.AUTHORITATIVE);
  }

  @Test
  void records() {
    assertThat(ask(21, "corp.test", RecordType.MX).outcome()).isEqualTo("10 mx.corp.test");
    assertThat(ask(21, "alias.corp.test", RecordType.A).outcome())
        .isEqualTo("by alias of mx.corp.test: 192.0.2.1");
  }

  @Test
  void anAliasOutOfTheZoneIsOpen() {
    assertThat(ask(22, "away.corp.test", RecordType.A))
        .isInstanceOfSatisfying(
            DnsAnswer.Records.class, some -> assertThat(some.isOpen()).isTrue());
  }

  @Test
  void noSuchRecordAndNoSuchName() {
    assertThat(ask(21, "mx.corp.test", RecordType.MX)).isInstanceOf(DnsAnswer.NoSuchRecord.class);
    assertThat(ask(21, "gone.corp.test", RecordType.MX)).isInstanceOf(DnsAnswer.NoSuchName.class);
    assertThat(ask(21, "dangling.corp.test", RecordType.A))
        .isInstanceOfSatisfying(
            DnsAnswer.NoSuchName.class,
            none -> assertThat(none.end()).hasToString("gone.corp.test"));
  }

  @Test
  void aLongAnswerComesOverTcp() {
    assertThat(ask(21, "long.corp.test", RecordType.TXT).found()).hasSize(1);
  }

  @Test
  void refusedAndLame() {
    assertThat(ask(21, "lame.test", RecordType.SOA)).isInstanceOf(DnsAnswer.Refused.class);
    assertThat(ask(10, "corp.test", RecordType.MX))
        .isInstanceOfSatisfying(
            DnsAnswer.Lame.class, lame -> assertThat(lame.why()).isEqualTo("refers to corp.test"));
  }

  @Test
  void silence() {
    assertThat(ask(99, "corp.test", RecordType.SOA).outcome())
        .isEqualTo("no answer (not reachable over UDP and TCP)");
    try (SlowDns slow = lab.slow(98, 21, Duration.ofSeconds(3))) {
      assertThat(ask(98, "corp.test", RecordType.SOA)).isInstanceOf(DnsAnswer.Timeout.class);
      slow.delay(Duration.ofMillis(50));
      assertThat(ask(98, "corp.test", RecordType.SOA)).isInstanceOf(DnsAnswer.Records.class);
    }
  }

  @Test
  void aValidatingAndAPlainLook() {
    Question mx = Question.of("signed.test", RecordType.MX);
    assertThat(recursor.ask(mx, Look.VALIDATING).origin().authenticated()).isTrue();
    one.tamper("signed.test", "MX\t10 mx", "MX\t20 mx");
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() ->
            assertThat(recursor.ask(mx, Look.VALIDATING))
                .isInstanceOfSatisfying(
                    DnsAnswer.ServFail.class, fail -> assertThat(fail.isDnssec()).isTrue()));
    assertThat(recursor.ask(mx, Look.PLAIN).found()).hasSize(1);
  }

  @Test
  void theServersOfAZoneAreFound() {
    Authorities authorities = new Authorities(ASKER, recursor, 53);
    Zone zone = authorities.zoneOf(DnsName.of("_dmarc.corp.test")).orElseThrow();
    assertThat(zone.name()).isEqualTo(CORP);
    assertThat(zone.servers())
        .extracting(Zone.Server::label)
        .containsExactly(
            lab.address(21) + " (ns1.corp.test)", lab.address(22) + " (ns2.corp.test)");
    ZoneFacts.Delegation delegation = authorities.delegation(CORP).orElseThrow();
    assertThat(delegation.servers())
        .containsExactly(DnsName.of("ns1.corp.test"), DnsName.of("ns2.corp.test"));
    assertThat(delegation.glue()).hasSize(2);
  }

  @Test
  void aZoneThatTheResolverCannotReachIsFoundThroughItsParent() {
    Authorities authorities = new Authorities(ASKER, recursor, 53);
    Zone zone = authorities.zoneOf(DnsName.of("www.dead.test")).orElseThrow();
    assertThat(zone.name()).isEqualTo(DnsName.of("dead.test"));
    assertThat(zone.servers())
        .extracting(Zone.Server::label)
        .containsExactly(lab.address(99) + " (ns1.dead.test)");
  }
}
