package io.mailcanary.dns;

import static io.mailcanary.dns.FindingScene.NOW;
import static io.mailcanary.dns.FindingScene.scene;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each finding on a domain that has the fault, and none on one that hasn't.
class FindingsTest {
  static Stream<FindingRow> broken() {
    return Stream.of(
            FaultyNames.names(),
            FaultyNames.targets(),
            FaultyServers.servers(),
            FaultySignatures.dnssec(),
            FaultySignatures.times(),
            FaultyPolicies.spf(),
            FaultyPolicies.dkim(),
            FaultyPolicies.dmarc(),
            FaultyPolicies.transport(),
            FaultyClients.clients())
        .flatMap(rows -> rows);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void theFaultIsFound(FindingRow row) {
    List<Finding> findings = row.scene().facts().findings();
    assertThat(findings)
        .as("%s", findings)
        .anySatisfy(finding -> {
          assertThat(finding.tag()).isEqualTo(row.tag());
          assertThat(finding.severity()).isEqualTo(row.severity());
          assertThat(finding.message()).contains(row.words());
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
    Set<String> staged = broken().map(FindingRow::tag).collect(Collectors.toSet());
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
            FaultyPolicies.dmarcOf("v=DMARC1; p=none; rua=mailto:d@reports.test")
                .with("example.org._report._dmarc.reports.test TXT \"v=DMARC1\"")
                .facts()
                .findings())
        .isEmpty();
  }

  @Test
  void shortLivedSignaturesAreNotAboutToExpire() {
    assertThat(
            scene()
                .zone(zone ->
                    FaultyServers.replaceSecond(
                        zone, old -> FaultySignatures.signed(old, -1, Duration.ofDays(1))))
                .facts()
                .findings())
        .isEmpty();
  }
}
