package io.mailcanary.receiver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox.Receiver;
import io.mailcanary.path.Mailbox.Receiver.Policy;
import io.mailcanary.path.Mailbox.Receiver.Protocol;
import io.mailcanary.path.Paths;
import io.mailcanary.path.ServerCertificate;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.Trust;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// STARTTLS at receivers of our own, and what they keep over a restart.
class ReceiverTlsTest {
  private static final MailPath PATH = Paths.to("canary@probe.test", "canary@strict.test", "own");

  @TempDir Path folder;
  private final Heard heard = new Heard();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-21T10:00:00Z"));
  private Receivers receivers = receivers();

  private Receivers receivers() {
    InstantSource clock = now::get;
    return new Receivers(ReceiverPolicy.NONE, clock, Limits.USUAL, Optional.empty());
  }

  @AfterEach
  void close() {
    receivers.close();
  }

  private static Receiver receiver(Policy policy, Optional<ServerCertificate> certificate) {
    return new Receiver(
        "own",
        Protocol.SMTP,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        policy,
        Map.of(),
        Duration.ofSeconds(60),
        Duration.ZERO,
        Optional.empty(),
        false,
        certificate);
  }

  private Client client(Receiver receiver) throws Exception {
    receivers.follow(List.of(receiver), List.of(PATH));
    receivers.hear("own", heard);
    return client();
  }

  private Client client() {
    Client client = new Client(receivers.port("own").orElseThrow());
    assertThat(client.reply()).startsWith("220 ");
    return client;
  }

  private static SSLContext anybody() throws Exception {
    return new Trust().context(new Tls(TlsMode.STARTTLS, false, Optional.empty()));
  }

  @Test
  void withoutAFileItShowsACertificateOfItsOwnAndTheTraceTellsOfTls() throws Exception {
    try (Client client = client(receiver(Policy.ACCEPT, Optional.empty()))) {
      assertThat(client.say("EHLO sender.test")).contains("STARTTLS");
      assertThat(client.say("STARTTLS")).startsWith("220 ");
      SSLSession session = client.secure(anybody());
      X509Certificate shown = (X509Certificate) session.getPeerCertificates()[0];
      assertThat(shown.getSubjectX500Principal().getName())
          .isEqualTo("CN=own.receiver.mailcanary.invalid");
      // All begins anew (RFC 3207 §4.2).
      assertThat(client.say("MAIL FROM:<canary@probe.test>")).startsWith("503 ");
      assertThat(client.say("EHLO sender.test")).doesNotContain("STARTTLS");
      assertThat(client.say("STARTTLS")).startsWith("503 ");
      assertThat(client.say("MAIL FROM:<canary@probe.test>")).startsWith("250 ");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("250 ");
      assertThat(client.say("DATA")).startsWith("354 ");
      assertThat(client.say("Subject: x\r\n\r\nx\r\n.")).startsWith("250 ");
    }
    assertThat(heard.attempts.getFirst().tls()).isEqualTo("TLSv1.3");
    assertThat(heard.messages.getFirst().head()).contains("with ESMTPS id ");
  }

  @Test
  void whatIsSentBeforeTheHandshakeIsForgotten() throws Exception {
    try (Client client = client(receiver(Policy.ACCEPT, Optional.empty()))) {
      client.say("EHLO sender.test");
      client.write("STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<evil@probe.test>\r\n");
      assertThat(client.reply()).startsWith("220 ");
      try {
        client.secure(anybody());
        assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("503 ");
      } catch (javax.net.ssl.SSLException | java.net.SocketException _) {
        // It may also take the plain text for a broken handshake.
      }
    }
    assertThat(heard.attempts).noneMatch(one -> one.sender().contains("evil"));
  }

  @Test
  void whoBreaksTheHandshakeOffHarmsNobody() throws Exception {
    try (Client client = client(receiver(Policy.ACCEPT, Optional.empty()))) {
      client.say("EHLO sender.test");
      assertThat(client.say("STARTTLS")).startsWith("220 ");
      client.write("EHLO sender.test\r\n");
      assertThat(client.reply()).doesNotStartWith("250");
    }
    try (Client client = client()) {
      assertThat(client.say("EHLO sender.test")).startsWith("250-");
    }
  }

  @Test
  void filesAreShownAndTakenUpWhenTheyAreRenewed() throws Exception {
    CertificateAuthority authority = CertificateAuthority.in(folder);
    var first = authority.forNames("first.test", "localhost");
    var second = authority.forNames("second.test", "localhost");
    Path chain = Files.copy(first.certificate(), folder.resolve("chain"));
    Path key = Files.copy(first.key(), folder.resolve("key"));
    Receiver receiver = receiver(Policy.ACCEPT, Optional.of(new ServerCertificate(chain, key)));
    SSLContext trusting =
        new Trust().context(new Tls(TlsMode.STARTTLS, true, Optional.of(authority.caFile())));
    try (Client client = client(receiver)) {
      assertThat(shown(client, trusting)).isEqualTo("CN=first.test");
    }
    Files.copy(second.certificate(), chain, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(second.key(), key, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(key, FileTime.from(Instant.now().plusSeconds(5)));
    try (Client client = client()) {
      assertThat(shown(client, trusting)).isEqualTo("CN=second.test");
    }
    Files.copy(first.key(), key, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> receivers.follow(List.of(receiver), List.of(PATH)))
        .hasMessageContaining("mailboxes.own.key-file: the key in " + key + " is not that of");
    Files.setLastModifiedTime(key, FileTime.from(Instant.now().plusSeconds(9)));
    try (Client client = client()) {
      assertThat(client.say("EHLO sender.test")).startsWith("250-").doesNotContain("STARTTLS");
      assertThat(client.say("STARTTLS")).startsWith("454 ");
    }
  }

  private static String shown(Client client, SSLContext context) throws Exception {
    client.say("EHLO sender.test");
    assertThat(client.say("STARTTLS")).startsWith("220 ");
    X509Certificate shown = (X509Certificate) client.secure(context).getPeerCertificates()[0];
    return shown.getSubjectX500Principal().getName();
  }

  @Test
  void whoWasPutOffBeforeARestartNeedNotBeginAnew() throws Exception {
    InstantSource clock = now::get;
    for (String expected : List.of("451 ", "250 ", "250 ")) {
      receivers.close();
      receivers = new Receivers(ReceiverPolicy.NONE, clock, Limits.USUAL, Optional.of(folder));
      try (Client client = client(receiver(Policy.GREYLIST, Optional.empty()))) {
        client.say("EHLO sender.test");
        client.say("MAIL FROM:<canary@probe.test>");
        assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith(expected);
      }
      receivers.close();
      now.updateAndGet(at -> at.plusSeconds(61));
    }
    Files.writeString(folder.resolve("own.greylist"), "garbage\n1 2\n9 9 passed %zz\n");
    receivers = new Receivers(ReceiverPolicy.NONE, clock, Limits.USUAL, Optional.of(folder));
    try (Client client = client(receiver(Policy.GREYLIST, Optional.empty()))) {
      client.say("EHLO sender.test");
      client.say("MAIL FROM:<canary@probe.test>");
      assertThat(client.say("RCPT TO:<canary@strict.test>")).startsWith("451 ");
    }
  }
}
