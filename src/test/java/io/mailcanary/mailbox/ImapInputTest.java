package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImapInputTest {
  @Test
  void aLiteralThatLooksLikeASizeIsNone() throws IOException {
    String text = "* 1 FETCH (BODY[] {16}\r\n{99999999999}\r\n.)\r\nA1 OK {999999999} x\r\n";

    assertThat(read(text, 7)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "* OK {131073}\r\n",
        "* OK {{{{131073}\r\n",
        "* 1 FETCH (BODY[] {3}\r\nabc BODY[1] {999999}\r\n",
        "* OK {00000000000131073}\r\n"
      })
  void aLiteralThatIsTooLongIsRefusedBeforeItIsMadeRoomFor(String text) {
    for (int chunk = 1; chunk < text.length() + 1; chunk += 3) {
      int size = chunk;
      assertThatThrownBy(() -> read(text, size)).hasMessageContaining("a literal of more than");
    }
  }

  @Test
  void aLineWithoutAnEndIsRefused() {
    assertThatThrownBy(() -> read("x".repeat(70_000), 512)).hasMessageContaining("a line of more");
  }

  @Test
  void literalsOfTheLargestSizePassWhateverTheyHoldAndHoweverTheyCome() throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      String literal = "{}\r\n0123456789".repeat(random.nextInt(2000));
      text.append("* %d FETCH (BODY[] {%d}\r\n%s)\r\n".formatted(i, literal.length(), literal));
    }

    assertThat(read(text.toString(), 1)).isEqualTo(text.toString());
    assertThat(read(text.toString(), 1000)).isEqualTo(text.toString());
  }

  private static String read(String text, int chunk) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    InputStream in =
        new SequenceInputStream(InputStream.nullInputStream(), new ByteArrayInputStream(bytes));
    ImapInput input = new ImapInput(in);
    StringBuilder read = new StringBuilder();
    byte[] buffer = new byte[chunk];
    for (int count = input.read(buffer, 0, chunk);
        count >= 0;
        count = input.read(buffer, 0, chunk)) {
      read.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
    }
    return read.toString();
  }
}
