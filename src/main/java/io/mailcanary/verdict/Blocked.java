package io.mailcanary.verdict;

import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Tells an endless "later" as what it is: nobody who says the same to all for so long changes his
/// mind by himself, however temporary his code. A queue would go on for days before it gave up.
final class Blocked {
  private static final int ENOUGH = 3;
  private static final Duration LONG = Duration.ofMinutes(10);

  /// Ids, times, addresses and codes differ from reply to reply.
  private static final Pattern PARTICULAR = Pattern.compile("\\S*[\\d@]\\S*");

  private Blocked() {}

  /// @param marks oldest first
  /// @return a sentence, if the newest canaries were all deferred with one text for long
  static Optional<String> by(List<Mark> marks, Instant now) {
    int alike = 0;
    String text = "";
    String words = "";
    Instant since = now;
    for (Mark mark : marks.reversed()) {
      if (saysNothing(mark)) {
        continue;
      }
      boolean counts =
          mark.state() instanceof CanaryState.Deferred
              && mark.cause() != Cause.GREYLIST
              && !mark.words().isEmpty()
              && (alike == 0 || text.equals(plain(mark.words())));
      if (!counts) {
        break;
      }
      words = alike == 0 ? mark.words() : words;
      alike++;
      text = plain(mark.words());
      since = mark.start();
    }
    if (alike < ENOUGH || since.plus(LONG).isAfter(now)) {
      return Optional.empty();
    }
    return Optional.of(
        "blocked: the last %d canaries were deferred with one text for %s: %s"
            .formatted(alike, Words.of(Duration.between(since, now)), words));
  }

  private static boolean saysNothing(Mark mark) {
    return switch (mark.state()) {
      case CanaryState.Pending _, CanaryState.InTransit _, CanaryState.Unobservable _ -> true;
      case CanaryState.Deferred _,
          CanaryState.Overdue _,
          CanaryState.Delivered _,
          CanaryState.DeliveredLate _,
          CanaryState.Misfiled _,
          CanaryState.Bounced _,
          CanaryState.Rejected _,
          CanaryState.Lost _ ->
          false;
    };
  }

  private static String plain(String words) {
    return PARTICULAR.matcher(words.toLowerCase(Locale.ROOT)).replaceAll("#");
  }
}
