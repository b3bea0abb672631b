package io.mailcanary.world;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Refuses each message at first and takes it when it comes again later. It goes by the message, as
/// content filters do, so it hits every one and not only the first of a sender.
final class Greylist implements Script {
  private static final int MOST = 1_000;

  private final Duration wait;
  private final Map<String, Instant> seen =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > MOST;
        }
      };

  Greylist(Duration wait) {
    this.wait = wait;
  }

  @Override
  public synchronized Optional<SmtpRefusal> refusal(Stage stage, String argument) {
    if (stage != Stage.DATA) {
      return Optional.empty();
    }
    Instant now = Instant.now();
    Instant first = seen.computeIfAbsent(argument, _ -> now);
    return first.plus(wait).isAfter(now)
        ? Optional.of(new SmtpRefusal(450, "4.2.0 Greylisted, try again later"))
        : Optional.empty();
  }
}
