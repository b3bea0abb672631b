package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Faults of signatures, in zones that are really signed, before a resolver that really validates.
@NeedsServer({Server.BIND, Server.UNBOUND})
class SignedOnBindTest {
  static final String ZONE =
      """
      $TTL 300
      @ SOA ns1 hostmaster SERIAL 3600 600 86400 60
      @ NS ns1
      ns1 A @21
      @ MX 10 mx
      @ TXT "v=spf1 ip4:192.0.2.0/24 -all"
      _dmarc TXT "v=DMARC1; p=reject"
      mx A 192.0.2.1
      """;
  static final String DELEGATION = "corp NS ns1.corp\nns1.corp A @21\n%s\n";

  private static DnsScene scene;
  private static String ds;

  @BeforeAll
  static void start() {
    scene = new DnsScene();
    ds = scene.one.signed("corp.test", ZONE);
    scene.delegate(DELEGATION.formatted(ds), true);
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @BeforeEach
  void mend() {
    scene.one.signed("corp.test", ZONE);
    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(grave()).isEmpty());
  }

  private static List<Finding> grave() {
    return StagedOnBindTest.look(scene).stream()
        .filter(finding -> finding.severity() != Severity.INFO)
        .toList();
  }

  private static void soon(String... tags) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(grave()).extracting(Finding::tag).contains(tags));
  }

  @Test
  void aSignatureIsBroken() {
    scene.one.tamper("corp.test", "MX\t10 mx", "MX\t20 mx");
    soon("dnssec-bogus");
    assertThat(grave().toString()).contains("dnssec-bogus").contains("corp.test");
  }

  @Test
  void signaturesHaveExpired() {
    scene.one.signed("corp.test", ZONE, "-P", "-s", "now-864000", "-e", "now-3600");
    soon("dnssec-expired");
  }

  @Test
  void signaturesAreAboutToExpire() {
    scene.one.signed("corp.test", ZONE, "-s", "now-2592000", "-e", "now+172800");
    soon("dnssec-expiring");
    assertThat(grave()).extracting(Finding::tag).doesNotContain("dnssec-bogus", "lookup-failing");
  }

  @Test
  void theParentVouchesForAnotherKey() {
    scene.delegate(DELEGATION.formatted("corp DS 4711 13 2 " + "ab".repeat(32)), true);
    soon("dnssec-ds-mismatch");
    scene.delegate(DELEGATION.formatted(ds), true);
  }

  @Test
  void tlsaRecordsThatCannotBeAskedFor() {
    scene.one.signed("corp.test", ZONE + "_25._tcp.mx TLSA 3 1 1 " + "ab".repeat(32) + "\n");
    scene.one.tamper("corp.test", "TLSA\t3 1 1", "TLSA\t3 0 1");
    soon("dane-unresolvable");
  }

  @Test
  void tlsaRecordsThatNobodyMayBelieve() {
    scene.two.zone(
        "plain.test",
        ZONE.replace("@21", "@22") + "_25._tcp.mx TLSA 3 1 1 " + "ab".repeat(32) + "\n");
    scene.delegate(DELEGATION.formatted(ds) + "plain NS ns1.plain\nns1.plain A @22\n", true);
    scene.one.signed("corp.test", ZONE.replace("@ MX 10 mx", "@ MX 10 mx.plain.test."));
    soon("dane-insecure");
    scene.delegate(DELEGATION.formatted(ds), true);
  }
}
