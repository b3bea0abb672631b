package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.dns.DnsName;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.Paths;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.CertificateBook;
import io.mailcanary.transport.PortLook;
import io.mailcanary.transport.ServedCertificate;
import io.mailcanary.transport.TlsVersion;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TlsWatchTest {
  private static final String PORT = "mx.campus.example:25";
  private static final PortLook FAILED =
      new PortLook.Failed("192.0.2.1", "hung up", EnumSet.noneOf(TlsVersion.class));

  private final VirtualAgenda time = new VirtualAgenda(Canaries.START);
  private final List<Instant> looks = new ArrayList<>();
  private final Map<String, List<Finding>> findings = new TreeMap<>();
  private final Map<String, Set<String>> needed = new TreeMap<>();
  private final List<Change> changes = new ArrayList<>();
  private final Map<String, CertificateBook> onRecord = new HashMap<>();
  private PortLook shown = served(Duration.ofDays(90));
  private TlsWatch watch;

  @BeforeEach
  void start() {
    watch = watch();
    watch.start();
    time.advanceTo(Canaries.START.plusSeconds(30));
  }

  @AfterEach
  void close() {
    watch.close();
  }

  @Test
  void aPortIsLookedAtAtOnceAndThenEveryHour() {
    assertThat(looks).hasSize(1);
    time.advanceTo(Canaries.START.plus(Duration.ofHours(10)));
    assertThat(looks).hasSizeBetween(10, 11);
    assertThat(findings).containsEntry("tls:" + PORT, List.of());
    assertThat(needed).containsEntry("a", Set.of("tls:" + PORT));
    assertThat(watch.expiries())
        .singleElement()
        .satisfies(expiry -> {
          assertThat(expiry.host()).isEqualTo("mx.campus.example");
          assertThat(expiry.port()).isEqualTo(25);
          assertThat(expiry.at()).isEqualTo(Canaries.START.plus(Duration.ofDays(90)));
        });
    assertThat(watch.ofPath("a"))
        .singleElement()
        .satisfies(view -> {
          assertThat(view.port().usedBy()).containsExactly("relay campus-out");
          assertThat(view.seen()).extracting(TlsWatch.Seen::look).containsExactly(shown);
        });
    assertThat(watch.ofPath("b")).isEmpty();
    assertThat(watch.served(DnsName.of("mx.campus.example"))).hasSize(1);
  }

  @Test
  void aChangedRecordIsAReasonToLookAtOnceButNotOnAndOn() {
    Instant now = time.instant();
    for (int i = 0; i < 100; i++) {
      watch.hostChanged("mx.campus.example");
    }
    watch.hostChanged("elsewhere.example");
    time.advanceTo(now.plus(Duration.ofMinutes(5)));
    assertThat(looks).hasSize(2);
    watch.hostChanged("mx.campus.example");
    time.advanceTo(now.plus(Duration.ofMinutes(5)).plusSeconds(2));
    assertThat(looks).hasSize(3);
  }

  @Test
  void aPortThatIsOutOfReachKeepsWhatItShowedForADay() {
    shown = served(Duration.ofDays(3));
    hour(1);
    assertThat(tags()).containsExactly("certificate-expires-soon");
    changes.clear();
    shown = new PortLook.Unknown("192.0.2.1", "refused");
    hour(12);
    assertThat(tags()).containsExactly("certificate-expires-soon");
    hour(30);
    assertThat(tags()).isEmpty();
    assertThat(changes).isEmpty();
  }

  @Test
  void anotherCertificateIsAChangeEvenWhenItCameWhileWeWereAway() {
    shown = served(Duration.ofDays(60));
    hour(1);
    assertThat(changes)
        .singleElement()
        .satisfies(change -> {
          assertThat(change.kind()).isEqualTo(Change.Kind.CERTIFICATE);
          assertThat(change.name()).isEqualTo(PORT);
          assertThat(change.servers()).containsExactly(new Change.Seen("192.0.2.1", 0));
        });
    watch.close();
    shown = served(Duration.ofDays(61));
    watch = watch();
    watch.start();
    hour(2);
    assertThat(changes).hasSize(2);
  }

  @Test
  void aPortThatNobodyUsesAnyMoreIsForgotten() {
    shown = served(Duration.ofDays(3));
    hour(1);
    assertThat(tags()).hasSize(1);
    watch.follow(new Plan(Map.of(), Map.of(), Map.of(), Map.of(), ServiceSettings.DEFAULT));
    hour(2);
    assertThat(tags()).isEmpty();
    assertThat(watch.expiries()).isEmpty();
    int before = looks.size();
    hour(9);
    assertThat(looks).hasSize(before);
  }

  @Test
  void aHandshakeThatFailsOnceIsLookedAtAgainBeforeItCounts() {
    Instant now = time.instant();
    shown = FAILED;
    watch.hostChanged("mx.campus.example");
    time.advanceTo(now.plusSeconds(40));
    assertThat(looks).hasSize(2);
    assertThat(tags()).isEmpty();
    shown = served(Duration.ofDays(90));
    hour(3);
    assertThat(tags()).isEmpty();
  }

  @Test
  void aHandshakeThatFailsAgainCountsUntilAMinuteAfterItsRepair() {
    Instant now = time.instant();
    shown = FAILED;
    watch.hostChanged("mx.campus.example");
    time.advanceTo(now.plusSeconds(80));
    assertThat(tags()).containsExactly("tls-handshake-failed");
    hour(1);
    assertThat(tags()).containsExactly("tls-handshake-failed");
    shown = served(Duration.ofDays(90));
    Instant repaired = time.instant();
    time.advanceTo(repaired.plusSeconds(61));
    assertThat(tags()).isEmpty();
    int before = looks.size();
    time.advanceTo(repaired.plus(Duration.ofHours(3)));
    assertThat(looks.size() - before).isLessThan(4);
  }

  private void hour(int hours) {
    time.advanceTo(Canaries.START.plus(Duration.ofHours(hours)).plusSeconds(60));
  }

  private List<String> tags() {
    return findings.getOrDefault("tls:" + PORT, List.of()).stream().map(Finding::tag).toList();
  }

  private TlsWatch watch() {
    return new TlsWatch(
        new TlsWatch.Ports(
            this::look,
            _ -> List.of(),
            findings::put,
            sources -> {
              needed.clear();
              needed.putAll(sources);
            },
            changes::add,
            () -> "change-" + changes.size(),
            _ -> true,
            new CertificateMemory() {
              @Override
              public Map<String, CertificateBook> recall() {
                return Map.copyOf(onRecord);
              }

              @Override
              public void remember(String port, CertificateBook book) {
                onRecord.put(port, CertificateBook.fromText(book.toText()));
              }
            },
            time,
            time::instant),
        plan());
  }

  private List<PortLook> look(PortTarget target) {
    assertThat(target.port().name()).isEqualTo(PORT);
    looks.add(time.instant());
    return List.of(shown);
  }

  private static Plan plan() {
    Relay plain = Paths.relay("campus-out");
    Relay relay =
        new Relay(
            plain.name(),
            plain.protocol(),
            "mx.campus.example",
            25,
            new Tls(TlsMode.STARTTLS, true, Optional.empty()),
            plain.login(),
            plain.helo(),
            plain.bindAddress(),
            plain.limit(),
            plain.eachAddress(),
            plain.connectTimeout(),
            plain.replyTimeout());
    return new Plan(
        Map.of(relay.name(), relay),
        Map.of(),
        Map.of(),
        Map.of("a", Paths.path("a")),
        ServiceSettings.DEFAULT);
  }

  private static PortLook served(Duration left) {
    Instant end = Canaries.START.plus(left);
    return new PortLook.Served(
        "192.0.2.1",
        "TLSv1.3",
        "TLS_AES_128_GCM_SHA256",
        List.of(
            new ServedCertificate(
                "CN=mx.campus.example",
                "CN=authority",
                List.of("mx.campus.example"),
                Canaries.START.minus(Duration.ofDays(30)),
                end,
                "EC",
                256,
                "SHA256withECDSA",
                false,
                "%016x".formatted(end.getEpochSecond()),
                "00")),
        Optional.empty(),
        EnumSet.of(TlsVersion.TLS_1_3),
        List.of());
  }
}
