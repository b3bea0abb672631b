package io.mailcanary.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.OpenDkim;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/// Mail that a real OpenDKIM signed in a real Postfix, as a real Dovecot filed it.
@NeedsServer({Server.POSTFIX, Server.DOVECOT, Server.OPENDKIM})
class RealSignaturesTest {
  @Test
  void aSignatureOfOpenDkimHoldsInTheMaildirAndTheClientIsReadFromPostfixsTraceLine()
      throws Exception {
    try (OpenDkim signer = OpenDkim.start("campus.example", "canary");
        Dovecot dovecot = Dovecot.builder().user("eve").start();
        Postfix postfix =
            Postfix.builder()
                .hostname("mx.hosted.example")
                .line(signer.milter())
                .deliver("canary.test", dovecot.lmtpPort())
                .start()) {
      send(postfix.port());
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !dovecot.messages("eve", "INBOX").isEmpty());
      Path filed = dovecot.messages("eve", "INBOX").getFirst();
      String text = Files.readString(filed, StandardCharsets.ISO_8859_1);
      Zone zone =
          new Zone()
              .txt("canary._domainkey.campus.example", signer.record())
              .txt("campus.example", "v=spf1 ip4:127.0.0.1 -all")
              .txt("_dmarc.campus.example", "v=DMARC1; p=reject; adkim=s; aspf=s");

      List<AuthenticationCheck> checks =
          new Authenticator(zone)
              .check(new Letter(text, Files.size(filed), List.of("mx.hosted.example"), "", ""));
      assertThat(checks)
          .extracting(AuthenticationCheck::method)
          .containsExactly(AuthenticationMethod.values());
      assertThat(checks)
          .as(checks.toString())
          .extracting(AuthenticationCheck::result)
          .containsOnly(AuthenticationResult.PASS);
    }
  }

  private static void send(int port) throws Exception {
    Properties properties = new Properties();
    properties.put("mail.smtp.localhost", "out.campus.example");
    properties.put("mail.smtp.from", "canary@campus.example");
    properties.put("mail.smtp.host", "127.0.0.1");
    properties.put("mail.smtp.port", Integer.toString(port));
    MimeMessage message = new MimeMessage(Session.getInstance(properties));
    message.setFrom(new InternetAddress("canary@campus.example"));
    message.setRecipients(MimeMessage.RecipientType.TO, "eve@canary.test");
    message.setSubject(
        "A canary, folded and with a long subject that goes over more than one line");
    message.setText("I am a canary.\r\n\r\n.a line that begins with a dot\r\n \r\n\r\n");
    Transport.send(message);
  }
}
