package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/// Throws spoiled text at a parser.
public final class Fuzz {
  private static final int MUTATIONS = 20_000;
  private static final String SPICE =
      "\r\n\t \0:;,.<>()@\"\\-_+=*%{}[]0259azAZ\u007f\u0085\u00e4\u00ff\u2028\ud83d\uffff";

  private Fuzz() {}

  /// Feeds 20,000 mutations of `seed`, which the parser must bear in a few seconds.
  public static void bounded(Random random, String seed, Consumer<String> parser) {
    within(
        Duration.ofSeconds(10),
        () -> {
          for (int i = 0; i < MUTATIONS; i++) {
            String text = mutated(random, seed);
            try {
              parser.accept(text);
            } catch (RuntimeException | Error e) {
              throw new AssertionError("spoiled by " + text, e);
            }
          }
        });
  }

  /// Runs a task that must not take longer.
  public static void within(Duration limit, Runnable task) {
    long began = System.nanoTime();
    task.run();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(limit);
  }

  static String mutated(Random random, String seed) {
    StringBuilder text = new StringBuilder(seed);
    for (int i = random.nextInt(8); i >= 0; i--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(12));
      char spice = SPICE.charAt(random.nextInt(SPICE.length()));
      switch (random.nextInt(6)) {
        case 0 -> text.insert(at, spice);
        case 1 -> text.delete(at, end);
        case 2 -> text.insert(at, text.substring(at, end));
        case 3 -> text.insert(at, String.valueOf(spice).repeat(random.nextInt(80)));
        case 4 -> text.replace(at, end, String.valueOf((char) random.nextInt(0x10000)));
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }
}
