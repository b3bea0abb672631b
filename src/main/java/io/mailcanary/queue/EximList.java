package io.mailcanary.queue;

import io.mailcanary.queue.QueuedMessage.State;
import io.mailcanary.queue.QueuedMessage.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `exim -bp`: a line with age, size, id and sender, then a line for each recipient, then an empty
/// one. It tells no reasons; those stand in Exim's message logs.
final class EximList {
  private static final Pattern MESSAGE =
      Pattern.compile(
          "\\s{0,9}(\\d{1,6})([smhdw])\\s+(\\d{1,12}(?:\\.\\d{1,3})?)([KMG]?)\\s+"
              + "([0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4})\\s+<([^>]{0,1000})>(.*)");
  private static final Pattern RECIPIENT = Pattern.compile("\\s{6,}(\\+?D\\s+)?(\\S.*)");
  private static final int MOST_RECIPIENTS = 50;
  private static final int SECONDS_DIGITS = 6;
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private EximList() {}

  static void read(Lines lines, ListingBuilder listing, Instant now) throws IOException {
    Optional<String> line = lines.next();
    while (line.isPresent()) {
      Matcher head = MESSAGE.matcher(line.get());
      if (head.matches()) {
        List<Waiting> recipients = new ArrayList<>();
        line = recipients(lines, recipients, listing);
        listing.add(message(head, recipients, now));
      } else {
        if (!line.get().isBlank()) {
          listing.unread();
        }
        line = lines.next();
      }
    }
  }

  /// @return the line after the recipients
  private static Optional<String> recipients(
      Lines lines, List<Waiting> recipients, ListingBuilder listing) throws IOException {
    Optional<String> line = lines.next();
    while (line.isPresent()) {
      String text = line.get();
      Matcher recipient = RECIPIENT.matcher(text);
      if (text.isBlank() || MESSAGE.matcher(text).matches()) {
        return line;
      }
      if (!recipient.matches()) {
        listing.unread();
      } else if (recipient.group(1) == null && recipients.size() < MOST_RECIPIENTS) {
        recipients.add(new Waiting(ListingBuilder.text(recipient.group(2)), ""));
      }
      line = lines.next();
    }
    return line;
  }

  private static QueuedMessage message(Matcher head, List<Waiting> recipients, Instant now) {
    Duration age = age(Long.parseLong(head.group(1)), head.group(2));
    boolean frozen = head.group(7).contains("*** frozen ***");
    return new QueuedMessage(
        head.group(5),
        // It does not tell whether it was tried; within the first minute it may be on its way.
        frozen ? State.FROZEN : age.isPositive() ? State.DEFERRED : State.ACTIVE,
        ListingBuilder.text(head.group(6)),
        arrived(head.group(5), now.minus(age), age(1, head.group(2))),
        bytes(Double.parseDouble(head.group(3)), head.group(4)),
        recipients);
  }

  /// A message's id begins with the second in which it came, in base 62. It is believed where it
  /// fits the age, which is told in whole units; some systems count in base 36.
  private static Instant arrived(String id, Instant told, Duration unit) {
    long seconds = 0;
    for (int i = 0; i < SECONDS_DIGITS; i++) {
      seconds = seconds * DIGITS.length() + DIGITS.indexOf(id.charAt(i));
    }
    Instant exact = Instant.ofEpochSecond(seconds);
    boolean fits = Duration.between(told, exact).abs().compareTo(unit.plusSeconds(5)) <= 0;
    return fits ? exact : told;
  }

  private static Duration age(long count, String unit) {
    return switch (unit) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> Duration.ofDays(7 * count);
    };
  }

  private static long bytes(double count, String unit) {
    return switch (unit) {
      case "K" -> (long) (count * 1024);
      case "M" -> (long) (count * 1024 * 1024);
      case "G" -> (long) (count * 1024 * 1024 * 1024);
      default -> (long) count;
    };
  }
}
