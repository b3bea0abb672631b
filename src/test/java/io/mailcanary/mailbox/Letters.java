package io.mailcanary.mailbox;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;

/// Messages for tests.
final class Letters {
  private static final String DIGITS = "0123456789abcdefghijklmnopqrstuv";

  private Letters() {}

  /// Something with the form of a tag, another for each number.
  static String tag(int number) {
    Random random = new Random(number);
    StringBuilder tag = new StringBuilder("k1-");
    for (int i = 0; i < 48; i++) {
      tag.append(DIGITS.charAt(random.nextInt(32)));
    }
    return tag.toString();
  }

  static byte[] canary(int number) {
    return bytes(
        """
        Received: from probe.test by store.test with ESMTP id 1; %s
        From: canary@probe.test
        To: canary@store.test
        Subject: canary
        Message-ID: <%s@probe.test>
        X-Mailcanary: %s

        A canary.
        """
            .formatted(now(), tag(number), tag(number)));
  }

  /// A canary with a body of so many bytes at least, a line that begins with a dot among them.
  static byte[] large(int number, int bytes) {
    String lines = "x".repeat(70) + "\n..\n" + "y".repeat(70) + "\n";
    String body = "The first line.\n" + lines.repeat(bytes / lines.length() + 1);
    return bytes(new String(canary(number), StandardCharsets.ISO_8859_1).replace("\r", "") + body);
  }

  static byte[] strange(int number) {
    return bytes(
        """
        Received: from other.test by store.test with ESMTP id 1; %s
        From: somebody@other.test
        To: canary@store.test
        Subject: strange %d
        Message-ID: <%d@other.test>

        Not yours.
        """
            .formatted(now(), number, number));
  }

  static byte[] bytes(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String now() {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
  }
}
