package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.api.CanaryResource;
import io.mailcanary.api.Evidences;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.Finding;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.verdict.Health;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service in front of a real Postfix whose certificate ends soon, and whose words on
/// authentication count.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
class TransportTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void whatIsWrongWithACertificateAndWithAuthenticationDegradesThePathsThatNeedIt(
      @TempDir Path folder) throws IOException {
    CertificateAuthority authority = CertificateAuthority.in(folder);
    try (Dovecot dovecot = Dovecot.builder().users(2).start();
        Postfix postfix =
            Postfix.builder()
                .hostname("mx.canary.test")
                .certificate(authority.until(Instant.now().plus(Duration.ofDays(6)), "127.0.0.1"))
                .deliver("canary.test", dovecot.lmtpPort())
                // As a filter on the last host would write it.
                .line(
                    "smtpd_data_restrictions = check_client_access inline:{ { 127.0.0.1 = PREPEND"
                        + " Authentication-Results: mx.canary.test;"
                        + " dkim=fail header.d=campus.example } }")
                .start()) {
      Path probes = Files.createDirectory(folder.resolve("probes"));
      Files.writeString(probes.resolve("all.yaml"), probes(postfix, dovecot, authority.caFile()));
      try (Service service =
          new Service(plan(probes), folder.resolve("data"), new DatabaseSettings.InMemory())) {
        service.start();
        await()
            .atMost(LIMIT)
            .untilAsserted(() -> assertThat(reason(service, "signed")).contains("DKIM is fail"));
        String port = "127.0.0.1:" + postfix.port();
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(service.findings().of("tls:" + port))
                    .extracting(Finding::tag)
                    .contains("certificate-expires-soon"));
        // Its domain is nobody's, which outweighs the certificate.
        assertThat(service.board().path("plain").orElseThrow().health().health())
            .isEqualTo(Health.DEGRADED);
        assertThat(service.tls().ofPath("plain"))
            .singleElement()
            .satisfies(view -> {
              assertThat(view.port().name()).isEqualTo(port);
              assertThat(view.findings()).isNotEmpty();
            });

        assertThat(service.findings().of("authentication:signed"))
            .extracting(Finding::tag)
            .containsExactly("authentication-lost");
        assertThat(service.metrics().scrape("text/plain"))
            .contains(
                "mailcanary_certificate_expiry_timestamp_seconds{host=\"127.0.0.1\",port=\"%d\"}"
                    .formatted(postfix.port()));
        CanaryResource canary = newest(service, "signed");
        assertThat(canary.authentication()).containsEntry("dkim", "fail");
        assertThat(canary.events())
            .filteredOn(event -> event.containsValue("authenticated"))
            .singleElement()
            .asString()
            .contains("method=dkim, result=fail, by=mx.canary.test, domain=campus.example");
      }
    }
  }

  private static CanaryResource newest(Service service, String path) {
    Canary canary = service.store().page(path, null, null, 1).getFirst();
    CanaryId id = canary.id();
    return Evidences.resource(
        service.prober().inMemory(id).orElse(canary), service.prober().events(id));
  }

  private static String reason(Service service, String path) {
    return service.board().path(path).orElseThrow().health().reason();
  }

  private static Plan plan(Path probes) {
    return switch (ProbeFolder.read(probes, _ -> Optional.empty())) {
      case Reading.Valid valid -> valid.plan();
      case Reading.Invalid invalid -> throw new AssertionError(invalid.problems());
    };
  }

  private static String probes(Postfix postfix, Dovecot dovecot, Path caFile) {
    return """
    relays:
      out: { host: 127.0.0.1, port: %1$d, tls: starttls, ca-file: %3$s, helo: probe.canary.test }
    mailboxes:
      one: { host: 127.0.0.1, port: %2$d, tls: none, username: user1, password: %4$s }
      two:
        { host: 127.0.0.1, port: %2$d, tls: none, username: user2, password: %4$s, trusted-hosts: [mx.canary.test] }
    paths:
      plain: { via: out, from: canary@campus.example, to: user1@canary.test, arrives-in: one, every: 1h }
      signed:
        via: out
        from: canary@campus.example
        to: user2@canary.test
        arrives-in: two
        every: 1h
        expect: { authentication: { dkim: pass } }
    """
        .formatted(postfix.port(), dovecot.imapPort(), caFile, Dovecot.PASSWORD);
  }
}
