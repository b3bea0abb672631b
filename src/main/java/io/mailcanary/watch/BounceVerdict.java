package io.mailcanary.watch;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.util.List;

/// When so much mail bounces that somebody should look. Pure.
final class BounceVerdict {
  static final String TAG = "bounce-rate";

  /// So many bounces are no accident, if they are this share of what was sent.
  static final int FEW = 3;

  static final double SHARE = 0.1;

  /// Bounces of mail that is not ours come by themselves now and then.
  static final int MANY = 10;

  private static final int MOST_EVIDENCE = 5;

  private BounceVerdict() {}

  /// What bounces on one path alone is that path's own affair.
  private static final int PATHS = 2;

  /// @param paths how many paths those are of
  /// @param sent how many canaries went by way of the relay and came to an end
  /// @param words what was said of those that bounced
  static List<Finding> ofRelay(String relay, int bounced, int paths, int sent, List<String> words) {
    if (bounced < FEW || paths < PATHS || bounced < SHARE * sent) {
      return List.of();
    }
    return List.of(
        finding(
            relay,
            "%d of the last %d canaries by way of relay %s bounced within %d min: on %d paths, most of whose mail arrives"
                .formatted(bounced, sent, relay, BounceWatch.WINDOW.toMinutes(), paths),
            words.stream().filter(one -> !one.isEmpty()).distinct().limit(MOST_EVIDENCE).toList(),
            "Bounced mail waits in no queue and is not tried again: stop what refuses it, then tell"
                + " the senders. The relay's log says what else bounced."));
  }

  static List<Finding> ofMailbox(String mailbox, int bounces) {
    if (bounces < MANY) {
      return List.of();
    }
    return List.of(
        finding(
            mailbox,
            "%d bounces of other mail than ours came into mailbox %s within %d min"
                .formatted(bounces, mailbox, BounceWatch.WINDOW.toMinutes()),
            List.of(),
            "Read some: either mail of others bounces here, or somebody sends in this address'"
                + " name."));
  }

  private static Finding finding(
      String name, String message, List<String> evidence, String advice) {
    return new Finding(TAG, Severity.WARN, name, "", message, "RFC 5321 §6.1", evidence, advice);
  }
}
