package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EmailAddressTest {
  @ParameterizedTest
  @CsvSource({
    "canary@campus.example, canary@campus.example",
    "First.Last@Campus.EXAMPLE, First.Last@campus.example",
    "a+b/c=d@campus.example, a+b/c=d@campus.example",
    "a@münchen.example, a@xn--mnchen-3ya.example"
  })
  void anAddressKeepsTheCaseOfItsLocalPart(String text, String address) {
    assertThat(EmailAddress.parse(text)).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "a",
        "a@",
        "@b.test",
        ".a@b.test",
        "a.@b.test",
        "a..b@c.test",
        "a b@c.test",
        "a@b@c.test",
        "\"a\"@b.test",
        "ä@b.test",
        "a\r\n@b.test",
        "<a@b.test>",
        "a@b.test\r\nRCPT TO:<x@y.test>"
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> EmailAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDetailGoesBehindAPlusSignAsLongAsThereIsRoom() {
    EmailAddress address = EmailAddress.parse("canary@campus.example");
    assertThat(address.plus("x".repeat(57)).local()).hasSize(64);
    assertThatThrownBy(() -> address.plus("x".repeat(58)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more than 64");
    assertThatThrownBy(() -> address.plus("a b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whateverComesIsRefusedWithASentenceAtWorst() {
    Fuzz.bounded(new Random(13), "first.last+detail@mx.campus.example", EmailAddressTest::read);
  }

  @Test
  void aLongAddressTakesNeitherTimeNorStack() {
    Fuzz.within(
        Duration.ofSeconds(2),
        () -> {
          read("a.".repeat(200_000) + "a@b.test");
          read("a".repeat(400_000) + "@b.test");
          read("@".repeat(400_000));
        });
  }

  private static void read(String text) {
    try {
      EmailAddress address = EmailAddress.parse(text);
      assertThat(address.toString()).matches("[!-?A-~]+@[a-z0-9._-]+");
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
