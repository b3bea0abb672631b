package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpReplyTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          one line                              | 250 2.1.0 Ok                                    | 250 | 2.1.0 | 2.1.0 Ok
          ended by CRLF                         | 250 2.1.0 Ok\\r\\n                              | 250 | 2.1.0 | 2.1.0 Ok
          a code alone                          | 250                                             | 250 | -     | ''
          several lines                         | 450-4.2.0 Greylisted\\r\\n450 4.2.0 later\\r\\n | 450 | 4.2.0 | 4.2.0 Greylisted\\n4.2.0 later
          the first code counts                 | 450-first\\r\\n550 last                         | 450 | -     | first\\nlast
          a line without a code stays           | 550-no\\r\\nsee https://x.test                  | 550 | -     | no\\nsee https://x.test
          without a blank behind the code       | 550no                                           | 550 | -     | no
          with bare line feeds                  | 550-a\\n550 b                                   | 550 | -     | a\\nb
          with control characters               | 550 a\\tb\\0c                                   | 550 | -     | a\\x09b\\x00c
          with a carriage return in the middle  | 250 a\\rb                                       | 250 | -     | a\\x0db
          with a line separator in the text     | 250 a\\u2028b\\u0085c                           | 250 | -     | a\\u2028b\\u0085c
          a status code within is none          | 550 see 5.1.1                                   | 550 | -     | see 5.1.1
          a version is no status code           | 220 2.0.0.1 ready                               | 220 | -     | 2.0.0.1 ready
          """)
  void aReplyIsRead(
      String sentence, String wire, int code, @Nullable String enhanced, String text) {
    SmtpReply reply = SmtpReply.parse(unescaped(wire)).orElseThrow();
    assertThat(reply.code()).isEqualTo(code);
    assertThat(reply.enhanced().map(EnhancedStatus::toString).orElse(null)).isEqualTo(enhanced);
    assertThat(reply.text()).isEqualTo(unescaped(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\r\n",
        "HTTP/1.1 400 Bad Request",
        "25",
        "099 x",
        "650 x",
        " 250 ok",
        "x\r\n250 ok"
      })
  void whatIsNoReplyIsNone(String wire) {
    assertThat(SmtpReply.parse(wire)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "250, true, false, false",
    "354, false, false, false",
    "421, false, true, false",
    "554, false, false, true"
  })
  void whatACodeMeans(int code, boolean positive, boolean forNow, boolean forGood) {
    SmtpReply reply = SmtpReply.parse(code + " x").orElseThrow();
    assertThat(reply.isPositive()).isEqualTo(positive);
    assertThat(reply.isTransient()).isEqualTo(forNow);
    assertThat(reply.isPermanent()).isEqualTo(forGood);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          Postfix  | 250 2.0.0 Ok: queued as 4XYZ1abcd                               | 4XYZ1abcd
          Exim     | 250 OK id=1vABCD-000001-2x                                      | 1vABCD-000001-2x
          Exchange | 250 2.6.0 <a@b.test> [InternalId=1] Queued mail for delivery    | -
          Sendmail | 250 2.0.0 5ALA0123 Message accepted for delivery                | delivery
          nobody   | 250 2.0.0 Ok                                                    | -
          """)
  void theQueueIdIsFoundWhereTheWordsGiveOne(String server, String wire, @Nullable String id) {
    assertThat(SmtpReply.parse(wire).orElseThrow().queueId().orElse(null)).isEqualTo(id);
  }

  @Test
  void whateverComesIsReadWithinBounds() {
    Fuzz.bounded(
        new Random(11),
        "550-5.1.1 <a@b.test>: Recipient rejected\r\n550 5.1.1 queued as 4XYZ id=1vABCD-1\r\n",
        text ->
            SmtpReply.parse(text)
                .ifPresent(reply -> {
                  assertThat(reply.code()).isBetween(200, 599);
                  assertThat(reply.text().chars().filter(c -> c != '\n').noneMatch(c -> c < 0x20))
                      .isTrue();
                  var _ = reply.queueId();
                  var _ = reply.toString();
                }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"message accepted", "queued mail for delivery", "queued as", " ", "id=", ":"})
  void aLongReplyTakesNoTime(String part) {
    String wire = "250 message accepted " + part.repeat(200_000 / part.length());
    Fuzz.within(
        Duration.ofSeconds(2),
        () -> assertThat(SmtpReply.parse(wire).orElseThrow().queueId()).isNotNull());
  }

  private static String unescaped(String text) {
    return text.replace("\\r", "\r")
        .replace("\\n", "\n")
        .replace("\\t", "\t")
        .replace("\\0", "\0")
        .replace("\\u2028", "\u2028")
        .replace("\\u0085", "\u0085");
  }
}
