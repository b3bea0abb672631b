package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeaderBlockTest {
  private static final String MESSAGE =
      "Received: from a.test\r\n\tby b.test;\r\n Sat, 21 Nov 2026 10:00:00 +0000\r\n"
          + "Subject:  hello \r\n"
          + "no field at all\r\n"
          + "X-Empty:\r\n"
          + "received: by c.test\n"
          + "\r\n"
          + "Subject: not this\r\n\r\nbody\r\n";

  @Test
  void fieldsAreUnfoldedAndFoundByNameWhateverItsCase() {
    HeaderBlock header = HeaderBlock.of(MESSAGE);
    assertThat(header.fields())
        .containsExactly(
            new HeaderBlock.Field(
                "Received", "from a.test\tby b.test; Sat, 21 Nov 2026 10:00:00 +0000"),
            new HeaderBlock.Field("Subject", "hello"),
            new HeaderBlock.Field("X-Empty", ""),
            new HeaderBlock.Field("received", "by c.test"));
    assertThat(header.first("SUBJECT")).contains("hello");
    assertThat(header.first("X-None")).isEmpty();
    assertThat(header.all("Received")).hasSize(2);
    assertThat(header.bodyOf(MESSAGE)).isEqualTo("Subject: not this\r\n\r\nbody\r\n");
  }

  @Test
  void aMessageMayBeCutAnywhere() {
    for (int i = 0; i <= MESSAGE.length(); i++) {
      String cut = MESSAGE.substring(0, i);
      HeaderBlock header = HeaderBlock.of(cut);
      assertThat(cut).endsWith(header.bodyOf(cut));
      assertThat(header.fields()).hasSizeLessThanOrEqualTo(4);
    }
  }

  @Test
  void withoutAHeaderEverythingIsBody() {
    assertThat(HeaderBlock.of("\r\nx").bodyOf("\r\nx")).isEqualTo("x");
    assertThat(HeaderBlock.of("").fields()).isEmpty();
    assertThat(HeaderBlock.of("").bodyOf("")).isEmpty();
  }

  @Test
  void fieldsAreBoundedInNumberAndLength() {
    assertThat(HeaderBlock.of("a: b\r\n".repeat(5000)).fields()).hasSize(1000);
    String folded = "a: b\r\n" + (" " + "x".repeat(900) + "\r\n").repeat(500);
    assertThat(HeaderBlock.of(folded).first("a").orElseThrow()).hasSizeLessThan(33 * 1024);
    assertThat(HeaderBlock.of("a: " + "x".repeat(500_000)).first("a").orElseThrow())
        .hasSizeLessThan(17 * 1024);
  }

  @Test
  void whateverComesIsReadWithinBounds() {
    Fuzz.bounded(
        new Random(14),
        MESSAGE,
        text -> {
          HeaderBlock header = HeaderBlock.of(text);
          assertThat(text).endsWith(header.bodyOf(text));
          assertThat(HopTrace.of(text).hops()).hasSize(header.all("Received").size());
        });
  }

  @Test
  void aLongHeaderTakesNoTime() {
    Fuzz.within(
        Duration.ofSeconds(3),
        () -> {
          HeaderBlock.of("\n \n".repeat(500_000));
          HeaderBlock.of("a:\n ".repeat(500_000));
          HeaderBlock.of(" ".repeat(2_000_000));
          HeaderBlock.of("a".repeat(2_000_000));
          HeaderBlock.of("x\n".repeat(1_000_000));
        });
  }
}
