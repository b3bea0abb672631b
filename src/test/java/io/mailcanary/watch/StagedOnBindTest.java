package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each fault that the records of a zone on BIND can have, and what is said of it.
@NeedsServer({Server.BIND, Server.UNBOUND})
class StagedOnBindTest {
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
    return new OneLook(
            new NetworkSources(scene.plan(Duration.ofSeconds(60))),
            Executors.newVirtualThreadPerTaskExecutor())
        .domain(new DomainName("corp.test"), DnsScene.ROUTABLE, Instant.now())
        .view()
        .findings();
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
          a name server does not know the zone    | @ NS ns2          | @ NS ns2^@ NS ns3^ns3 A @10          | server-lame
          a TLSA record of no use                 | @ MX 10 mx        | @ MX 10 mx^_25._tcp.mx TLSA 3 1 1 00 | dane-unusable
          """)
  void found(String words, String from, String to, String tag) {
    assertThat(DnsScene.HEALTHY).as(words).contains(from);
    scene.corp(DnsScene.HEALTHY.replace(from, to.replace('^', '\n')));
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(look(scene)).extracting(Finding::tag).contains(tag));
  }
}
