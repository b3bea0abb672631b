package io.mailcanary.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Evidence.Failure;
import io.mailcanary.canary.Stage;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource({
    "PT0S, 0 ms",
    "PT0.0004S, 0 ms",
    "PT0.042S, 42 ms",
    "PT0.999S, 999 ms",
    "PT1S, 1 s",
    "PT3.14S, 3.1 s",
    "PT30S, 30 s",
    "PT59.9S, 59.9 s",
    "PT59.99S, 60 s",
    "PT1M, 1 min",
    "PT5M10S, 5 min 10 s",
    "PT59M59.9S, 59 min 59 s",
    "PT1H, 1 h",
    "PT2H4M30S, 2 h 4 min",
    "P1D, 1 d",
    "P3DT1H59M, 3 d 1 h",
    "P10000D, 10000 d"
  })
  void aDurationHasTwoUnitsAtMost(Duration duration, String words) {
    assertThat(Words.of(duration)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          relay.example:25 at rcpt: 450 4.1.8 no                 | relay.example:25
          [2001:db8::1]:25 at end-of-data: 550 5.7.1 no          | [2001:db8::1]:25
          127.0.0.1:2525 at connect: no connection               | 127.0.0.1:2525
          mx.outside.example: 451 4.3.2 not accepting            | mx.outside.example
          campus.example: 4.4.1 connect to campus.example: no    | campus.example
          mx.outside.example: 550-first line                     | mx.outside.example
          451 4.3.2 not accepting                                | ''
          host mx.example said: 550 no                           | ''
          unrouteable: mail domain                               | ''
          our receiver own at rcpt: 450 later                    | ''
          ''                                                     | ''
          """)
  void theSpeakerIsWhoSaidTheWords(String words, String speaker) {
    assertThat(Words.speaker(words)).isEqualTo(speaker);
  }

  @Test
  void wordsAreTheSameEverywhere() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Words.of(Duration.ofMillis(3140))).isEqualTo("3.1 s");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void anAnswerIsToldInOneLine() {
    assertThat(Words.of(Canaries.answer(Stage.RCPT, "450-4.2.0 Greylisted\r\n450 4.2.0 later\r\n")))
        .isEqualTo("smtp.campus.example:25 at rcpt: 450 4.2.0 Greylisted 4.2.0 later");
  }

  @Test
  void aFailureIsToldInItsOwnWords() {
    assertThat(
            Words.of(
                Canaries.failure(Stage.CONNECT, Failure.Kind.CONNECTION, "connection refused")))
        .isEqualTo("smtp.campus.example:25 at connect: connection refused");
  }

  @Test
  void aLongAnswerIsCut() {
    String words = Words.of(Canaries.answer(Stage.RCPT, "550 " + "x".repeat(5000)));
    assertThat(words).hasSize(300).endsWith("x…");
  }
}
