package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainNameTest {
  @ParameterizedTest
  @CsvSource({
    "campus.example, campus.example",
    "Campus.EXAMPLE., campus.example",
    "localhost, localhost",
    "_dmarc.campus.example, _dmarc.campus.example",
    "münchen.example, xn--mnchen-3ya.example",
    "xn--mnchen-3ya.example, xn--mnchen-3ya.example",
    "1.2.3.4, 1.2.3.4"
  })
  void aNameIsAsciiAndLowerCase(String text, String name) {
    assertThat(new DomainName(text)).hasToString(name).isEqualTo(new DomainName(name));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        ".a",
        "a..",
        "-a.test",
        "a-.test",
        "a b.test",
        "a@b.test",
        "a\r\nb",
        "a\u0000b",
        "[1.2.3.4]",
        "a/b"
      })
  void whatIsNoNameIsRefused(String text) {
    assertThatThrownBy(() -> new DomainName(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lengthsAreBounded() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "a".repeat(61));
    assertThat(new DomainName(longest).name()).hasSize(253);
    assertThatThrownBy(() -> new DomainName(longest + "a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DomainName("a".repeat(64) + ".test"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "a.test, a.test, true",
    "b.a.test, a.test, true",
    "ba.test, a.test, false",
    "test, a.test, false"
  })
  void within(String name, String parent, boolean within) {
    assertThat(new DomainName(name).isWithin(new DomainName(parent))).isEqualTo(within);
  }

  @Test
  void whateverComesIsRefusedWithASentenceAtWorst() {
    Fuzz.bounded(new Random(12), "mx1.münchen.campus-3.example.", DomainNameTest::read);
  }

  @Test
  void aLongNameTakesNoTime() {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 200_000; i++) {
      many.append((char) (0x4e00 + i % 20_000));
    }
    Fuzz.within(
        Duration.ofSeconds(2),
        () -> {
          read(many.toString());
          read("a.".repeat(100_000));
          read("xn--" + "a".repeat(200_000));
        });
  }

  private static void read(String text) {
    try {
      assertThat(new DomainName(text).name()).hasSizeLessThanOrEqualTo(253).isNotEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
