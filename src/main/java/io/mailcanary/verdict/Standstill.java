package io.mailcanary.verdict;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells an endless refusal for now from a passing one: who says the same thing again and again
/// will go on saying it, long before a queue gives up after days.
public final class Standstill {
  /// Greylisting is over by then, and so is a restart.
  private static final Duration LONG = Duration.ofMinutes(30);

  private static final int OFTEN = 4;

  private static final Pattern LINK_OR_ADDRESS =
      Pattern.compile("https?://\\S{1,500}|<[^<>]{0,320}>|[^\\s<>@]{1,64}@[^\\s<>@]{1,255}");

  /// Ids, addresses, times: words with a digit in them.
  private static final Pattern NUMBERED = Pattern.compile("\\S{0,100}\\d\\S{0,100}");

  private static final Pattern CODE =
      Pattern.compile("(?<!\\S)[245](?:\\d\\d|\\.\\d\\.\\d{1,3})(?!\\S)");

  /// What the server itself said, whoever quotes it: a report, a queue, ourselves.
  private static final Pattern REPLY =
      Pattern.compile("(?<![\\w.])[45]\\d\\d[ -].*", Pattern.DOTALL);

  /// What others add to it.
  private static final Pattern ADDED =
      Pattern.compile("\\(in reply to [^()]{0,60}\\)|\\(\\S{1,260} says: .*", Pattern.DOTALL);

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private Standstill() {}

  /// A refusal for now.
  ///
  /// @param words all of the reply, its code in front
  public record Refusal(Instant at, String words) {}

  /// Says in a sentence that these refusals are no passing ones.
  ///
  /// @param refusals of one message, or of one path towards one server, oldest first; without an
  ///   acceptance in between
  /// @return empty as long as they may pass
  public static Optional<String> of(List<Refusal> refusals) {
    if (refusals.size() < OFTEN) {
      return Optional.empty();
    }
    String last = mask(refusals.getLast().words());
    int first = refusals.size() - 1;
    while (first > 0 && mask(refusals.get(first - 1).words()).equals(last)) {
      first--;
    }
    int times = refusals.size() - first;
    Duration span = Duration.between(refusals.get(first).at(), refusals.getLast().at());
    return times >= OFTEN && span.compareTo(LONG) >= 0
        ? Optional.of(
            "blocked: refused %d times over %s with the same words"
                .formatted(times, Words.of(span)))
        : Optional.empty();
  }

  /// The words without what differs from one refusal to the next.
  static String mask(String words) {
    String cut = words.length() > 1000 ? words.substring(0, 1000) : words;
    Matcher reply = REPLY.matcher(cut);
    String said = ADDED.matcher(reply.find() ? reply.group() : cut).replaceAll("");
    String text = LINK_OR_ADDRESS.matcher(said.toLowerCase(Locale.ROOT)).replaceAll("…");
    StringBuilder kept = new StringBuilder();
    for (String word : SPACE.split(text.strip())) {
      boolean varies = NUMBERED.matcher(word).matches() && !CODE.matcher(word).matches();
      kept.append(varies ? "#" : word).append(' ');
    }
    return kept.toString().strip();
  }
}
