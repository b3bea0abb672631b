package io.mailcanary.watch;

import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Meaning;
import io.mailcanary.mail.EnhancedStatus;
import io.mailcanary.queue.QueueListing;
import io.mailcanary.queue.QueuedMessage;
import io.mailcanary.queue.QueuedMessage.State;
import io.mailcanary.queue.QueuedMessage.Waiting;
import io.mailcanary.verdict.ReplyClassifier;
import io.mailcanary.verdict.ReplyVerdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why the messages of a queue wait: reasons that differ in numbers and addresses alone are one.
final class QueueReasons {
  private static final Pattern ADDRESS = Pattern.compile("<[^<>\\s]*>|[^\\s<>]+@[^\\s<>]+");
  private static final Pattern DIGITS = Pattern.compile("\\d+");
  private static final Pattern REPLY =
      Pattern.compile("(?:said: |^)([245]\\d\\d)[ -](?:([245]\\.\\d{1,3}\\.\\d{1,3})(?!\\d))?");
  private static final Pattern HOST = Pattern.compile("^host (\\S{1,255}?)\\[");

  private final Map<String, QueueReason> groups = new LinkedHashMap<>();
  private final Map<String, Meaning> meanings = new HashMap<>();
  private final EnumMap<Cause, Integer> causes = new EnumMap<>(Cause.class);

  static QueueReasons of(QueueListing listing) {
    QueueReasons reasons = new QueueReasons();
    listing.messages().forEach(reasons::add);
    int untold = listing.count() - listing.messages().size();
    if (untold > 0) {
      reasons.causes.merge(Cause.UNKNOWN, untold, Integer::sum);
    }
    return reasons;
  }

  private void add(QueuedMessage message) {
    Optional<Waiting> told =
        message.recipients().stream().filter(one -> !one.reason().isEmpty()).findFirst();
    Cause cause = told.map(one -> meaning(one.reason()).cause()).orElseGet(() -> silent(message));
    causes.merge(cause, 1, Integer::sum);
    told.ifPresent(one -> {
      String destination = domain(one.address());
      String key = destination + '\0' + masked(one.reason());
      QueueReason known = groups.get(key);
      groups.put(
          key,
          new QueueReason(
              cause,
              destination,
              known == null ? one.reason() : known.words(),
              known == null ? 1 : known.messages() + 1));
    });
  }

  /// What waits without a word: nobody has refused it, or the list does not tell.
  private static Cause silent(QueuedMessage message) {
    return message.state() == State.ACTIVE ? Cause.NONE : Cause.UNKNOWN;
  }

  /// What stands behind a reason.
  Meaning meaning(String reason) {
    return meanings.computeIfAbsent(masked(reason), _ -> classified(reason));
  }

  private static Meaning classified(String reason) {
    Matcher reply = REPLY.matcher(reason);
    boolean quoted = reply.find();
    Matcher host = HOST.matcher(reason);
    ReplyVerdict verdict =
        ReplyClassifier.of(
            new ReplyClassifier.Said(
                quoted ? Integer.valueOf(reply.group(1)) : null,
                quoted && reply.group(2) != null
                    ? EnhancedStatus.opening(reply.group(2)).orElse(null)
                    : null,
                reason,
                host.find() ? host.group(1) : ""),
            ReplyClassifier.Context.NONE);
    return new Meaning(verdict.cause(), verdict.persistence().word(), verdict.reason());
  }

  /// The largest groups first.
  List<QueueReason> groups() {
    List<QueueReason> sorted = new ArrayList<>(groups.values());
    sorted.sort(Comparator.comparingInt(QueueReason::messages).reversed());
    return sorted;
  }

  /// How many messages wait for which cause.
  Map<Cause, Integer> causes() {
    return new EnumMap<>(causes);
  }

  static String masked(String reason) {
    return DIGITS.matcher(ADDRESS.matcher(reason).replaceAll("<>")).replaceAll("#");
  }

  private static String domain(String address) {
    return address.substring(address.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
  }
}
