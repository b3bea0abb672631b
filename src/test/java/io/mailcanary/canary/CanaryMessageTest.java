package io.mailcanary.canary;

import static io.mailcanary.canary.Canaries.KEYS;
import static io.mailcanary.canary.Canaries.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.MailPath;
import io.mailcanary.path.Message;
import io.mailcanary.path.Paths;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/// What is sent, read back by Jakarta Mail.
class CanaryMessageTest {
  private static final CanaryTag TAG = KEYS.sign(Canaries.id(1), "campus");
  private static final MailPath PATH = Paths.path("campus");

  @Test
  void saysWhatItIsAndAsksForNoAnswer() throws Exception {
    CanaryMessage message = CanaryMessage.of(PATH, TAG, START);
    MimeMessage read = read(message);
    assertThat(read.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(read.getHeader("X-Auto-Response-Suppress"))
        .containsExactly("OOF, AutoReply, RN, NRN");
    assertThat(read.getHeader("X-Mailcanary")).containsExactly(TAG.text());
    assertThat(read.getMessageID()).isEqualTo("<" + TAG.text() + "@campus.example>");
    assertThat(read.getSentDate()).isEqualTo(java.util.Date.from(START));
    assertThat(read.getFrom()[0]).hasToString("canary@campus.example");
    assertThat(read.getContentType()).isEqualTo("text/plain; charset=us-ascii");
    assertThat((String) read.getContent()).contains("automatic test message").contains(TAG.text());
    assertThat(read.getHeader("List-Unsubscribe")).isNull();
    assertThat(read.getHeader("Precedence")).isNull();
  }

  @Test
  void isPlainAsciiInLinesOfDecentLengthEndedByCrLf() {
    String text =
        new String(CanaryMessage.of(PATH, TAG, START).bytes(), StandardCharsets.ISO_8859_1);
    assertThat(text.replace("\r\n", "")).doesNotContain("\r").doesNotContain("\n");
    assertThat(text.lines())
        .allMatch(
            line -> line.length() <= 78 || line.startsWith("X-") || line.startsWith("Message-ID"));
    assertThat(text.chars()).allMatch(c -> c < 127);
  }

  @Test
  void theSameCanaryIsTheSameBytes() {
    assertThat(CanaryMessage.of(PATH, TAG, START).bytes())
        .isEqualTo(CanaryMessage.of(PATH, TAG, START).bytes());
  }

  @Test
  void isAsLargeAsWished() {
    MailPath large = Paths.with(PATH, new Message(100_000, Optional.empty()));
    assertThat(CanaryMessage.of(large, TAG, START).bytes().length).isBetween(100_000, 100_100);
  }

  @Test
  void aReturnPathOfItsOwnCarriesTheTag() {
    MailPath verp = Paths.with(PATH, MailPath.ReturnPath.VERP);
    CanaryMessage message = CanaryMessage.of(verp, TAG, START);
    assertThat(message.sender()).hasToString("canary+" + TAG.text() + "@campus.example");
    assertThat(message.sender().local().length()).isLessThanOrEqualTo(64);
    assertThat(CanaryMessage.of(PATH, TAG, START).sender()).hasToString("canary@campus.example");
  }

  @Test
  void aTemplateKeepsItsBodyAndLosesWhatIsOurs() throws Exception {
    String template =
        """
        From: somebody@else.example
        Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
        Message-ID: <forged@else.example>
        Auto-Submitted: no
        MIME-Version: 1.0
        Content-Type: multipart/mixed;
         boundary="b"

        --b
        Content-Type: text/plain

        {tag} Grüße
        --b--
        """;
    MailPath path = Paths.with(PATH, new Message(0, Optional.of(template)));
    CanaryMessage message = CanaryMessage.of(path, TAG, START);
    MimeMessage read = read(message);
    assertThat(read.getSubject()).isEqualTo("Grüße");
    assertThat(read.getHeader("From")).containsExactly("<canary@campus.example>");
    assertThat(read.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    assertThat(read.getHeader("Message-ID")).hasSize(1);
    assertThat(read.getContentType()).contains("multipart/mixed").contains("boundary");
    assertThat(new String(message.bytes(), StandardCharsets.UTF_8)).contains(TAG.text() + " Grüße");
  }

  @Test
  void aTemplateWithoutABodyIsSentToo() throws Exception {
    MailPath path = Paths.with(PATH, new Message(0, Optional.of("Subject: x")));
    assertThat(read(CanaryMessage.of(path, TAG, START)).getSubject()).isEqualTo("x");
  }

  private static MimeMessage read(CanaryMessage message) throws Exception {
    return new MimeMessage(
        Session.getInstance(new Properties()), new ByteArrayInputStream(message.bytes()));
  }
}
