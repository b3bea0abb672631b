package io.mailcanary.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// That Angus' IMAP takes these sockets.
@Timeout(60)
class AngusImapTest {
  @ParameterizedTest
  @EnumSource(
      value = TlsMode.class,
      names = {"NONE", "IMPLICIT"})
  void itReadsAMailbox(TlsMode mode) throws Exception {
    boolean tls = mode == TlsMode.IMPLICIT;
    GreenMail mail =
        new GreenMail(
            new ServerSetup(
                0, "127.0.0.1", tls ? ServerSetup.PROTOCOL_IMAPS : ServerSetup.PROTOCOL_IMAP));
    mail.start();
    try {
      mail.setUser("box@there.example", "box", "secret");
      int port = (tls ? mail.getImaps() : mail.getImap()).getPort();
      try (Store store = store(mode, false, port)) {
        store.connect("0.0.0.0", port, "box", "secret");
        assertThat(store.getFolder("INBOX").exists()).isTrue();
      }
    } finally {
      mail.stop();
    }
  }

  @Test
  void itHearsWhyThereIsNoTrust() throws Exception {
    GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_IMAPS));
    mail.start();
    try (Store store = store(TlsMode.IMPLICIT, true, mail.getImaps().getPort())) {
      assertThatThrownBy(() -> store.connect("0.0.0.0", mail.getImaps().getPort(), "box", "secret"))
          .cause()
          .isInstanceOf(WireException.class)
          .hasMessageMatching("the certificate for .* is self-signed and not trusted");
    } finally {
      mail.stop();
    }
  }

  private static Store store(TlsMode mode, boolean verify, int port) throws Exception {
    Target target =
        new Target(
            "imap.example",
            port,
            new Tls(mode, verify, Optional.empty()),
            Optional.empty(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            1_000_000);
    BoundedSocketFactory sockets =
        new BoundedSocketFactory(
            host -> List.of(InetAddress.getLoopbackAddress()), new Trust(), target);
    Properties properties = new Properties();
    properties.put("mail.imap.socketFactory", sockets);
    properties.put("mail.imap.ssl.socketFactory", sockets.startTls());
    properties.put("mail.imap.socketFactory.fallback", "false");
    return Session.getInstance(properties).getStore("imap");
  }
}
