package io.mailcanary.submission;

import static io.mailcanary.submission.Relays.what;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import io.mailcanary.canary.Evidence;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.Trust;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Against a server that somebody else wrote.
@Timeout(60)
class GreenMailTest {
  @Test
  void canariesArriveByPlainTextAndByTlsWithLogin() throws Exception {
    ServerSetup plain = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
    ServerSetup secure = new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS);
    GreenMail mail = new GreenMail(new ServerSetup[] {plain, secure});
    mail.start();
    try (Submission submission =
        new Submission(Relays.LOOPBACK, new Trust(), InstantSource.system())) {
      mail.setUser("canary", "canary", "tweet");
      Relays relay = Relays.at(mail.getSmtp().getPort());
      Evidence first = submission.submit(relay.relay(), Relays.canary());
      Evidence second = submission.submit(relay.relay(), Relays.canary());
      assertThat(what(first)).as(first.toString()).isEqualTo("250");
      assertThat(second.reused()).isTrue();

      Relays implicit =
          Relays.at(mail.getSmtps().getPort())
              .named("secure")
              .tls(TlsMode.IMPLICIT, false, Optional.empty());
      Evidence third =
          submission.submit(implicit.login("tweet", Optional.empty()).relay(), Relays.canary());
      assertThat(what(third)).as(third.toString()).isEqualTo("250");
      assertThat(third.tlsVersion()).startsWith("TLSv1.");
      Evidence wrong =
          submission.submit(implicit.login("crow", Optional.empty()).relay(), Relays.canary());
      assertThat(what(wrong)).as(wrong.toString()).isEqualTo("535");

      assertThat(mail.waitForIncomingEmail(10_000, 3)).isTrue();
      assertThat(GreenMailUtil.getBody(mail.getReceivedMessages()[0])).isEqualTo("tweet");
    } finally {
      mail.stop();
    }
  }
}
