package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.lab.CertificateAuthority.ServerCertificate;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Resolver;
import io.mailcanary.path.Tls;
import io.mailcanary.resolver.NameServers;
import io.mailcanary.tls.PortProbe;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.PortLook;
import io.mailcanary.wire.Trust;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What records promise of an MX host's TLS, against what a real Postfix serves at each address of
/// its name: a zone really signed, a resolver that validates, port 25.
@NeedsServer({Server.BIND, Server.UNBOUND, Server.POSTFIX})
class PromisesOnPostfixTest {
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir static Path folder;

  private static DnsScene scene;
  private static Postfix postfix;
  private static ServerCertificate good;
  private static String tlsa;
  private static PortProbe probe;

  @BeforeAll
  static void start() throws Exception {
    CertificateAuthority authority = CertificateAuthority.in(folder);
    good = authority.forNames("mx.corp.test");
    ServerCertificate other = authority.forNames("www.corp.test");
    tlsa = "_25._tcp.mx TLSA 3 1 1 " + digest(good.certificate()) + "\n";
    scene = new DnsScene();
    postfix =
        Postfix.builder()
            .certificate(good)
            .service(smtpd(31, ""))
            .service(
                smtpd(
                    32,
                    " -o smtpd_tls_cert_file=%s -o smtpd_tls_key_file=%s"
                        .formatted(other.certificate(), other.key())))
            .service(smtpd(33, " -o smtpd_tls_security_level=none"))
            .start();
    scene.delegate(
        SignedOnBindTest.DELEGATION.formatted(scene.one.signed("corp.test", SignedOnBindTest.ZONE)),
        true);
    probe =
        new PortProbe(
            new NameServers(new Resolver("default", List.of(scene.unbound().socket()))),
            new Trust(),
            CLOCK);
  }

  @AfterAll
  static void stop() {
    if (postfix != null) {
      postfix.close();
    }
    scene.close();
  }

  private static String smtpd(int host, String options) {
    return "%s:25 inet n - n - - smtpd%s".formatted(scene.lab.address(host), options);
  }

  private static String digest(Path certificate) throws Exception {
    try (InputStream in = Files.newInputStream(certificate)) {
      byte[] key =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(in)
              .getPublicKey()
              .getEncoded();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key));
    }
  }

  /// The authority of the lab stands for a public one.
  private static List<PortLook> look(PortTarget target) {
    return probe.look(
        new PortTarget(
            target.port(),
            new Tls(target.tls().mode(), false, Optional.of(good.caFile())),
            target.helo(),
            target.bindAddress(),
            target.connectTimeout(),
            target.replyTimeout()));
  }

  private static List<Finding> findings(String policy) {
    LooksNow now =
        new LooksNow(
            PromisesOnPostfixTest::look,
            _ -> new PolicyFetch("https://x", Optional.of(policy), Optional.empty()),
            _ -> Optional.empty(),
            CLOCK);
    return StagedOnBindTest.look(scene, "corp.test", now).stream()
        .filter(finding -> finding.severity() != Severity.INFO)
        .toList();
  }

  /// @param hosts of the lab, one for each address of the MX host
  private static void zone(String more, int... hosts) {
    StringBuilder addresses = new StringBuilder();
    for (int host : hosts) {
      addresses.append("mx A @").append(host).append('\n');
    }
    scene.one.signed(
        "corp.test",
        SignedOnBindTest.ZONE.replace("mx A 192.0.2.1\n", addresses.toString()) + more);
  }

  private static void soon(String policy, String... tags) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(findings(policy)).extracting(Finding::tag).containsExactly(tags));
  }

  @Test
  void tlsaIsHeldAgainstEachAddress() {
    zone(tlsa, 31);
    soon("");
    zone(tlsa, 31, 32);
    soon("", "dane-mismatch");
    assertThat(findings("").getFirst().message())
        .contains("mx.corp.test (" + scene.lab.address(32) + ")");
    zone(tlsa, 31, 33);
    soon("", "dane-no-tls");
    assertThat(findings("").getFirst().message())
        .contains("mx.corp.test (" + scene.lab.address(33) + ")");
  }

  @Test
  void anMtaStsPolicyIsHeldAgainstEachAddress() {
    String policy = "version: STSv1\nmode: enforce\nmx: mx.corp.test\nmax_age: 86400\n";
    String record = "_mta-sts TXT \"v=STSv1; id=1\"\n";
    zone(record, 31);
    soon(policy);
    zone(record, 31, 32);
    soon(policy, "mta-sts-certificate");
    assertThat(findings(policy).getFirst())
        .returns(Severity.PAGE, Finding::severity)
        .satisfies(finding ->
            assertThat(finding.evidence())
                .contains(
                    "mx.corp.test (%s): its certificate is for www.corp.test"
                        .formatted(scene.lab.address(32)))
                .noneMatch(line -> line.contains(scene.lab.address(31))));
    zone(record, 31, 33);
    soon(policy.replace("enforce", "testing"), "mta-sts-certificate");
  }
}
