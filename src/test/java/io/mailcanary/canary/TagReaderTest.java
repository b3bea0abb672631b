package io.mailcanary.canary;

import static io.mailcanary.canary.Canaries.KEYS;
import static io.mailcanary.canary.Canaries.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.Fuzz;
import io.mailcanary.path.Paths;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tags in messages as hostile servers and strangers may leave them.
class TagReaderTest {
  private static final CanaryTag TAG = KEYS.sign(Canaries.id(1), "campus");
  private static final CanaryMessage MESSAGE = CanaryMessage.of(Paths.path("campus"), TAG, START);
  private static final String RAW = new String(MESSAGE.bytes(), StandardCharsets.ISO_8859_1);

  @Test
  void whatWasSentIsKnownAgainUnchanged() {
    TagReader.Reading reading = read(RAW);
    assertThat(reading.tags()).containsExactly(TAG.text());
    assertThat(reading.report()).isFalse();
    assertThat(MESSAGE.content().differsFrom(reading.content())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Mailcanary: %s\r\n\r\n",
        "Message-ID: <%s@campus.example>\r\n\r\n",
        "Subject: x\r\n\r\nmailcanary: %s\r\n",
        "\r\n%s",
        "X-Mailcanary:\r\n %s\r\n\r\n"
      })
  void aTagIsFoundWhereACanaryCarriesIt(String form) {
    assertThat(read(form.formatted(TAG.text())).tags()).containsExactly(TAG.text());
    assertThat(read(form.formatted(TAG.text().toUpperCase(Locale.ROOT))).tags())
        .containsExactly(TAG.text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: %s\r\n\r\n",
        "References: <%s@campus.example>\r\n\r\nx",
        "X-Mailcanary: x%s0\r\n\r\n",
        "To: canary+%s@campus.example\r\n\r\n"
      })
  void aTagElsewhereIsNone(String form) {
    assertThat(read(form.formatted(TAG.text())).tags()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Type: multipart/report; report-type=delivery-status\r\n",
        "Content-Type: Multipart/Report\r\n",
        "In-Reply-To: <x@y.test>\r\n",
        "References: <x@y.test>\r\n",
        "X-Failed-Recipients: a@b.test\r\n",
        "Return-Path: <>\r\n"
      })
  void whatQuotesATagSpeaksAboutACanary(String field) {
    assertThat(read(field + "\r\n" + RAW).report()).isTrue();
    assertThat(read(field + RAW).report()).as("it has the marks of its own header").isFalse();
  }

  @Test
  void theSurestTagStandsFirst() {
    CanaryTag other = KEYS.sign(Canaries.id(2), "campus");
    assertThat(
            read("Message-ID: <%s@x>\r\nX-Mailcanary: %s\r\n\r\n%s"
                    .formatted(other.text(), TAG.text(), other.text()))
                .tags())
        .isEqualTo(List.of(TAG.text(), other.text()));
  }

  @Test
  void fewTagsAreLookedAt() {
    StringBuilder body = new StringBuilder("Subject: x\r\n\r\n");
    for (int i = 0; i < 100; i++) {
      body.append(KEYS.sign(Canaries.id(i), "p").text()).append("\r\n");
    }
    assertThat(read(body.toString()).tags()).hasSize(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Nobody needs|Everybody needs",
        "campus.example\r\nstill|evil.example\r\nstill",
        "\r\nmailcanary: |\r\nmailcanary:\t"
      })
  void aChangeOfTheTextIsSeen(String change) {
    String[] parts = change.split("\\|");
    assertThat(RAW).contains(parts[0]);
    assertThat(MESSAGE.content().differsFrom(read(RAW.replace(parts[0], parts[1])).content()))
        .isTrue();
  }

  @Test
  void whatRelaysMayDoIsNoChange() {
    String relayed =
        "Received: by x.test\n" + RAW.replace("\r\n", "\n").replace("mail from\n", "mail from  \n");
    assertThat(
            MESSAGE
                .content()
                .differsFrom(TagReader.read(relayed + "\n\n", RAW.length() + 20L).content()))
        .isFalse();
  }

  @Test
  void lessThanWasSentIsAChange() {
    assertThat(MESSAGE.content().differsFrom(TagReader.read(RAW, RAW.length() - 1L).content()))
        .isTrue();
  }

  @Test
  void whateverComesIsReadAndCheckedWithinBounds() {
    Fuzz.bounded(
        new Random(15),
        RAW,
        text -> {
          TagReader.Reading reading = read(text);
          assertThat(reading.tags()).hasSizeLessThanOrEqualTo(8);
          for (String tag : reading.tags()) {
            switch (KEYS.verify(tag)) {
              case TagCheck.Genuine(CanaryTag genuine) -> assertThat(genuine).isEqualTo(TAG);
              case TagCheck.Forged _, TagCheck.UnknownKey _ -> {}
            }
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "k1-",
        "a",
        "0-0",
        "k1-0123456789abcdef0123456789abcdef0123456789abcde",
        " \r\n",
        "\r\n",
        "-"
      })
  void aLongMessageTakesNoTime(String part) {
    String text = part.repeat(500_000 / part.length());
    Fuzz.within(
        Duration.ofSeconds(2),
        () -> {
          read(text);
          read("X-Mailcanary: " + text);
          read("Subject: x\r\n\r\n" + text);
        });
  }

  private static TagReader.Reading read(String raw) {
    return TagReader.read(raw, raw.length());
  }
}
