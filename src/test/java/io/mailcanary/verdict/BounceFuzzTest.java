package io.mailcanary.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.Corpus;
import io.mailcanary.mail.MailReport;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Spoils real bounces and reads them: nothing may crash, hang or grow.
///
/// A million of them: `-Dmailcanary.fuzz=1000000`.
class BounceFuzzTest {
  private static final int MUTATIONS = Integer.getInteger("mailcanary.fuzz", 20_000);
  private static final Duration SLOWEST = Duration.ofMillis(500);
  private static final int MOST_RECIPIENTS = 250;
  private static final int MOST_CLUES = 100;
  private static final String SPICE =
      "\r\n\t \0:;,.<>()@\"\\-_+=*%{}[]0259azAZ\u007f\u0085\u00e4\u00ff";
  private static final List<String> PIECES =
      List.of(
          "\r\n\r\n",
          "\n--",
          "Content-Type: multipart/mixed; boundary=x\n\n--x\n",
          "Content-Type: message/delivery-status\n\n",
          "Content-Transfer-Encoding: base64\n",
          "charset=\"ISO-2022-JP\"",
          "=?utf-8?B?",
          "\u001b$B",
          "<a@b.c>: ",
          "<<< 550 5.1.1 ",
          "Final-Recipient: rfc822; a@b.c\nAction: failed\n",
          "<style><!--");

  private final Random random = new Random(20_261_122);
  private final List<String> seeds =
      Corpus.mails().values().stream()
          .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
          .toList();

  @Test
  void spoiledBouncesAreBorne() {
    long worst = 0;
    String slowest = "";
    for (int i = 0; i < MUTATIONS; i++) {
      String text = mutated();
      long began = System.nanoTime();
      read(text);
      long took = System.nanoTime() - began;
      if (took > worst && i > 1000) {
        worst = took;
        slowest = text;
      }
    }
    System.out.printf("fuzz: %d mutations, slowest %.1f ms%n", MUTATIONS, worst / 1e6);
    String again = slowest;
    assertThat(bestOfThree(again)).isLessThan(SLOWEST);
  }

  @Test
  void whatGrowsWithoutBoundIsCut() {
    List<String> floods = new ArrayList<>();
    for (String piece : PIECES) {
      floods.add("Subject: x\n\n" + piece.repeat(400_000 / piece.length()));
      floods.add(
          "From: mailer-daemon@a.b\nSubject: failure notice\n\n"
              + piece.repeat(300_000 / piece.length()));
      floods.add("Content-Type: " + piece.repeat(300_000 / piece.length()) + "\n\nx");
    }
    for (char c : SPICE.toCharArray()) {
      floods.add(
          "From: mailer-daemon@a.b\nSubject: failure notice\n\n"
              + String.valueOf(c).repeat(300_000));
      floods.add("Received: " + String.valueOf(c).repeat(300_000) + "\n\nfailed");
      floods.add(
          "From: mailer-daemon@a.b\nSubject: failure notice\n\na@b.c "
              + (c + "x@y ").repeat(50_000));
      floods.add(
          "From: mailer-daemon@a.b\nSubject: failure notice\n\n"
              + (c + "1.1.1 550 ").repeat(90)
              + "\n");
    }
    StringBuilder deep = new StringBuilder("X: y\n");
    for (int i = 0; i < 5000; i++) {
      deep.append("Content-Type: multipart/mixed; boundary=b")
          .append(i)
          .append("\n\n--b")
          .append(i)
          .append('\n');
    }
    floods.add(deep.toString());
    for (String flood : floods) {
      assertThat(bestOfThree(flood))
          .as(
              "%s…, %d characters",
              flood.substring(0, Math.min(flood.length(), 80)), flood.length())
          .isLessThan(SLOWEST);
    }
  }

  @Test
  void noRealMessageTakesFiftyMilliseconds() {
    seeds.forEach(BounceFuzzTest::read);
    for (String seed : seeds) {
      assertThat(bestOfThree(seed)).isLessThan(Duration.ofMillis(50));
    }
  }

  private static Duration bestOfThree(String text) {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      long began = System.nanoTime();
      read(text);
      best = Math.min(best, System.nanoTime() - began);
    }
    return Duration.ofNanos(best);
  }

  private static void read(String text) {
    try {
      MailReport report = MailReport.of(text);
      assertThat(report.dsn().recipients().size()).isLessThanOrEqualTo(MOST_RECIPIENTS);
      assertThat(report.clues().size()).isLessThanOrEqualTo(MOST_CLUES);
      report
          .dsn()
          .recipients()
          .forEach(one ->
              ReplyClassifier.of(ReplyClassifier.Said.of(one), ReplyClassifier.Context.of(one)));
    } catch (RuntimeException | Error e) {
      throw new AssertionError("spoiled by " + text, e);
    }
  }

  private String mutated() {
    String seed = pick(seeds);
    StringBuilder text = new StringBuilder(seed);
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(40));
      char spice = SPICE.charAt(random.nextInt(SPICE.length()));
      switch (random.nextInt(9)) {
        case 0 -> text.insert(at, spice);
        case 1 -> text.delete(at, end);
        case 2 -> text.insert(at, text.substring(at, end));
        case 3 -> text.insert(at, String.valueOf(spice).repeat(random.nextInt(3000)));
        case 4 -> text.replace(at, end, String.valueOf((char) random.nextInt(256)));
        case 5 -> text.insert(at, pick(PIECES));
        case 6 -> text.insert(at, pick(PIECES).repeat(random.nextInt(60)));
        case 7 -> {
          String other = pick(seeds);
          text.insert(at, other, random.nextInt(other.length()), other.length());
        }
        default -> text.setLength(random.nextInt(4) == 0 ? at : text.length());
      }
    }
    return text.toString();
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
