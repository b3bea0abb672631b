package io.mailcanary.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.lab.CertificateAuthority.ServerCertificate;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.transport.MailPort;
import io.mailcanary.transport.MailPort.Mode;
import io.mailcanary.transport.MailPort.Speech;
import io.mailcanary.transport.PortLook;
import io.mailcanary.transport.PortLook.Served;
import io.mailcanary.transport.TlsFindings;
import io.mailcanary.transport.TlsVersion;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Trust;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real servers with good certificates and with bad ones.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PortProbeTest {
  private static final String HOST = "mx.canary.test";

  @TempDir Path folder;

  @Test
  void nothingIsWrongWithAPostfixThatShowsAGoodCertificate() {
    ServerCertificate good = authority().until(Instant.now().plus(Duration.ofDays(60)), HOST);
    try (Postfix postfix = modern().certificate(good).start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      List<PortLook> looks = look(port, good.caFile());

      assertThat(findings(port, looks)).isEmpty();
      assertThat(looks)
          .singleElement()
          .isInstanceOfSatisfying(
              Served.class,
              served -> {
                assertThat(served.version()).isEqualTo("TLSv1.3");
                assertThat(served.versions())
                    .containsExactlyInAnyOrder(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3);
                assertThat(served.untrusted()).isEmpty();
                assertThat(served.certificate().names()).contains(HOST);
                assertThat(served.certificate().keyAlgorithm()).isEqualTo("EC");
                assertThat(served.certificate().keyBits()).isEqualTo(256);
              });
    }
  }

  @Test
  void eachPortOfADovecotIsLookedAtInItsOwnLanguage() {
    ServerCertificate good = authority().until(Instant.now().plus(Duration.ofDays(60)), HOST);
    try (Dovecot dovecot = Dovecot.builder().user("eve").certificate(good).start()) {
      List<MailPort> ports =
          List.of(
              port(dovecot.imapPort(), Speech.IMAP, Mode.REQUIRED),
              port(dovecot.imapsPort(), Speech.IMAP, Mode.IMPLICIT),
              port(dovecot.pop3Port(), Speech.POP3, Mode.REQUIRED),
              port(dovecot.pop3sPort(), Speech.POP3, Mode.IMPLICIT));
      for (MailPort port : ports) {
        List<PortLook> looks = look(port, good.caFile());
        assertThat(looks).as(port.toString()).singleElement().isInstanceOf(Served.class);
        assertThat(findings(port, looks)).as(port.toString()).isEmpty();
      }
    }
  }

  @Test
  void anExpiredCertificateIsToldAsThatAlone() {
    ServerCertificate expired = authority().expired(HOST);
    try (Postfix postfix = modern().certificate(expired).start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      assertThat(findings(port, look(port, expired.caFile())))
          .singleElement()
          .satisfies(finding -> {
            assertThat(finding.tag()).isEqualTo("certificate-expired");
            assertThat(finding.severity()).isEqualTo(Severity.PAGE);
            assertThat(finding.name()).isEqualTo(port.name());
            assertThat(finding.evidence().getFirst()).contains("127.0.0.1", HOST, "SHA-256");
          });
    }
  }

  @Test
  void aCertificateThatExpiresInSixDaysIsAWarning() {
    ServerCertificate ending = authority().until(Instant.now().plus(Duration.ofDays(6)), HOST);
    try (Postfix postfix = modern().certificate(ending).start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      assertThat(findings(port, look(port, ending.caFile())))
          .singleElement()
          .satisfies(finding -> {
            assertThat(finding.tag()).isEqualTo("certificate-expires-soon");
            assertThat(finding.severity()).isEqualTo(Severity.WARN);
            assertThat(finding.message()).contains("5 days (within 7 days)");
          });
    }
  }

  @Test
  void aCertificateForAnotherNameAndOneOfAStrangerAreToldApart() {
    CertificateAuthority authority = authority();
    ServerCertificate other =
        authority.until(Instant.now().plus(Duration.ofDays(60)), "other.canary.test");
    CertificateAuthority stranger = CertificateAuthority.in(sub("stranger"));
    ServerCertificate strange = stranger.until(Instant.now().plus(Duration.ofDays(60)), HOST);
    try (Postfix postfix = modern().certificate(other).start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      assertThat(tags(port, look(port, other.caFile())))
          .containsExactly("certificate-name-mismatch");
    }
    try (Postfix postfix = modern().certificate(strange).start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      assertThat(tags(port, look(port, authority.caFile())))
          .containsExactly("certificate-untrusted");
      MailPort careless =
          new MailPort(HOST, postfix.port(), Speech.SMTP, Mode.REQUIRED, false, List.of());
      assertThat(
              findings(
                  careless, look(careless, new Tls(TlsMode.STARTTLS, false, Optional.empty()))))
          .isEmpty();
    }
  }

  @Test
  void aServerThatSpeaksNothingNewerThanTls10IsSaidToDoSo() {
    ServerCertificate good = authority().until(Instant.now().plus(Duration.ofDays(60)), HOST);
    try (Postfix postfix =
        Postfix.builder()
            .certificate(good)
            .line("smtpd_tls_protocols = TLSv1")
            .line("smtpd_tls_mandatory_protocols = TLSv1")
            .line("smtpd_tls_ciphers = high")
            .line("tls_high_cipherlist = ALL:@SECLEVEL=0")
            .start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      List<PortLook> looks = look(port, good.caFile());
      assertThat(looks)
          .singleElement()
          .isInstanceOfSatisfying(
              PortLook.Failed.class,
              failed -> assertThat(failed.versions()).containsExactly(TlsVersion.TLS_1_0));
      assertThat(tags(port, looks)).containsExactly("tls-handshake-failed", "tls-old-version");
    }
  }

  @Test
  void oldVersionsBesideNewOnesAreGoodToKnow() {
    ServerCertificate good = authority().until(Instant.now().plus(Duration.ofDays(60)), HOST);
    try (Postfix postfix =
        Postfix.builder()
            .certificate(good)
            .line("smtpd_tls_protocols = >=TLSv1")
            .line("smtpd_tls_ciphers = high")
            .line("tls_high_cipherlist = ALL:@SECLEVEL=0")
            .start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      List<PortLook> looks = look(port, good.caFile());
      assertThat(((Served) looks.getFirst()).versions()).containsExactly(TlsVersion.values());
      assertThat(findings(port, looks))
          .filteredOn(finding -> finding.tag().equals("tls-old-version"))
          .singleElement()
          .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.INFO));
    }
  }

  @Test
  void aCipherThatHidesNothingIsFound() {
    ServerCertificate good = authority().until(Instant.now().plus(Duration.ofDays(60)), HOST);
    try (Postfix postfix =
        Postfix.builder()
            .certificate(good)
            .line("smtpd_tls_ciphers = high")
            .line("tls_high_cipherlist = ALL:eNULL:@SECLEVEL=0")
            .start()) {
      MailPort port = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      assertThat(findings(port, look(port, good.caFile())))
          .filteredOn(finding -> finding.tag().equals("tls-weak-cipher"))
          .singleElement()
          .satisfies(
              finding -> assertThat(finding.message()).contains("TLS_ECDHE_ECDSA_WITH_NULL_SHA"));
    }
  }

  @Test
  void starttlsThatIsNotOfferedIsAFaultWhereItIsAskedForAndANoteElsewhere() {
    try (Postfix postfix = Postfix.builder().start()) {
      MailPort required = port(postfix.port(), Speech.SMTP, Mode.REQUIRED);
      MailPort offered = port(postfix.port(), Speech.SMTP, Mode.OFFERED);
      assertThat(findings(required, look(required, caFile())))
          .singleElement()
          .satisfies(finding -> {
            assertThat(finding.tag()).isEqualTo("starttls-missing");
            assertThat(finding.severity()).isEqualTo(Severity.PAGE);
            assertThat(finding.evidence().getFirst()).contains("PIPELINING");
          });
      assertThat(findings(offered, look(offered, caFile())))
          .singleElement()
          .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.INFO));
    }
  }

  @Test
  void twoAddressesOfOneNameMayShowTwoCertificates() throws Exception {
    CertificateAuthority authority = authority();
    ServerCertificate good = authority.until(Instant.now().plus(Duration.ofDays(60)), HOST);
    ServerCertificate expired = authority.expired(HOST);
    int shared = Ports.free();
    try (Postfix _ =
        modern()
            .port(shared)
            .certificate(good)
            .service(
                "127.0.0.2:%d inet n - n - - smtpd -o smtpd_tls_cert_file=%s -o smtpd_tls_key_file=%s"
                    .formatted(shared, expired.certificate(), expired.key()))
            .start()) {
      MailPort port = port(shared, Speech.SMTP, Mode.REQUIRED);
      HostLookup both =
          _ -> List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("127.0.0.2"));
      List<PortLook> looks =
          new PortProbe(both, new Trust(), InstantSource.system())
              .look(target(port, good.caFile()));

      assertThat(looks).extracting(PortLook::address).containsExactly("127.0.0.1", "127.0.0.2");
      assertThat(findings(port, looks))
          .extracting(Finding::tag)
          .containsExactly("certificate-expired", "certificates-differ");
      assertThat(findings(port, looks).getFirst().evidence())
          .singleElement()
          .asString()
          .startsWith("127.0.0.2");
    }
  }

  @Test
  void whatCannotBeReachedIsNoFinding() {
    MailPort port = port(Ports.free(), Speech.SMTP, Mode.REQUIRED);
    List<PortLook> looks = look(port, caFile());
    assertThat(looks).singleElement().isInstanceOf(PortLook.Unknown.class);
    assertThat(findings(port, looks)).isEmpty();
  }

  /// Debian's still speaks TLS 1.0.
  private static Postfix.Builder modern() {
    return Postfix.builder().line("smtpd_tls_protocols = >=TLSv1.2");
  }

  private CertificateAuthority authority() {
    return CertificateAuthority.in(sub("authority"));
  }

  private Path caFile() {
    return authority().caFile();
  }

  private Path sub(String name) {
    Path sub = folder.resolve(name);
    assertThat(sub.toFile().mkdirs() || sub.toFile().isDirectory()).isTrue();
    return sub;
  }

  private static MailPort port(int number, Speech speech, Mode mode) {
    return new MailPort(HOST, number, speech, mode, true, List.of("relay campus"));
  }

  private static PortTarget target(MailPort port, Path caFile) {
    return target(port, new Tls(TlsMode.STARTTLS, true, Optional.of(caFile)));
  }

  private static PortTarget target(MailPort port, Tls tls) {
    return new PortTarget(
        port,
        tls,
        Optional.of("probe.canary.test"),
        Optional.empty(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10));
  }

  private static List<PortLook> look(MailPort port, Path caFile) {
    return look(port, new Tls(TlsMode.STARTTLS, true, Optional.of(caFile)));
  }

  private static List<PortLook> look(MailPort port, Tls tls) {
    HostLookup loopback = _ -> List.of(InetAddress.ofLiteral("127.0.0.1"));
    return new PortProbe(loopback, new Trust(), InstantSource.system()).look(target(port, tls));
  }

  private static List<Finding> findings(MailPort port, List<PortLook> looks) {
    return TlsFindings.of(port, looks, Instant.now());
  }

  private static List<String> tags(MailPort port, List<PortLook> looks) {
    return findings(port, looks).stream().map(Finding::tag).toList();
  }
}
