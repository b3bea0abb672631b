package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ControlMessageTest {
  private final ControlMessage control =
      ControlMessage.create(Instant.parse("2026-11-21T10:00:00.123Z"));
  private final String text = new String(control.bytes(), StandardCharsets.US_ASCII);

  @Test
  void oursIsKnownAgainWithItsTime() {
    assertThat(ControlMessage.read(Interest.header(text))).contains(control);
    assertThat(text).contains("Date: Sat, 21 Nov 2026 10:00:00 +0000\r\n");
  }

  @Test
  void anAlteredTokenIsSomebodyElses() {
    char last = control.token().charAt(control.token().length() - 1);
    String forged =
        text.replace(
            control.token(),
            control.token().substring(0, control.token().length() - 1) + (last == '0' ? '1' : '0'));

    assertThat(ControlMessage.read(forged)).isEmpty();
    assertThat(ControlMessage.isOne(forged)).isTrue();
  }

  @Test
  void anOrdinaryMessageIsNone() {
    assertThat(ControlMessage.isOne("Subject: X-Mailcanary-Control: 1-2-3\r\n")).isFalse();
  }
}
