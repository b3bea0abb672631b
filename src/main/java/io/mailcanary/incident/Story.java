package io.mailcanary.incident;

import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// How an incident goes on, in words: what is new since people heard of it, and how it ended.
final class Story {
  private Story() {}

  /// Whether people who know the one know the other.
  static boolean isSame(Incident a, Incident b) {
    return a.severity() == b.severity()
        && a.cause() == b.cause()
        && a.attribution().side() == b.attribution().side()
        && a.attribution().component().equals(b.attribution().component())
        && a.attribution().confidence() == b.attribution().confidence()
        && a.changesBefore().size() == b.changesBefore().size()
        && b.paths().size() < 2 * Math.max(1, a.paths().size());
  }

  /// What became known between the two, a sentence each.
  static List<String> news(Incident before, Incident after) {
    List<String> news = new ArrayList<>();
    if (after.severity() != before.severity()) {
      news.add("it is a " + after.severity().word() + " now");
    }
    Set<String> more = new TreeSet<>(after.paths());
    before.paths().forEach(more::remove);
    if (!more.isEmpty()) {
      news.add(
          "%s %s concerned, too (%s)"
              .formatted(
                  Sentences.list(more), more.size() == 1 ? "is" : "are", failing(after.share())));
    }
    Attribution was = before.attribution();
    Attribution is = after.attribution();
    if (was.side() != is.side() || !was.component().equals(is.component())) {
      news.add("it points at " + is.whose());
    } else if (was.confidence() != is.confidence()) {
      news.add("%s is %s now".formatted(is.whose(), is.confidence().word()));
    }
    if (before.cause() != after.cause()) {
      news.add("the cause is " + after.cause().word());
    }
    after.changesBefore().stream()
        .filter(
            change -> before.changesBefore().stream().noneMatch(c -> c.id().equals(change.id())))
        .forEach(change -> news.add(change.sentence()));
    return news;
  }

  /// @param late how many canaries arrived after all
  /// @param outstanding how many have not arrived
  static String ending(Incident incident, int late, int outstanding, Instant now) {
    String took = Words.of(Duration.between(incident.openedAt(), now));
    String back =
        (late == 0 ? "" : "; %s in late".formatted(canaries(late, "came", "came")))
            + (outstanding == 0
                ? ""
                : "; %s not there yet: what still comes in is noted here"
                    .formatted(canaries(outstanding, "is", "are")));
    return switch (incident.kind()) {
      case DEFERRING, BOUNCING, LOSING, SLOW, MISFILED, DUPLICATED ->
          "canaries arrive as promised again, after " + took + back;
      case DNS, TLS, AUTHENTICATION, QUEUE -> "it is not found any more, after " + took + back;
      case BLIND -> "we can see again, after " + took;
      case SILENT -> "canaries are sent again, after " + took;
    };
  }

  private static String failing(Share share) {
    return share.of() == 1 ? "it fails" : share + (share.failing() == 1 ? " fails" : " fail");
  }

  private static String canaries(int count, String one, String more) {
    return count == 1 ? "1 canary " + one : count + " canaries " + more;
  }
}
