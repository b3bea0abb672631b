package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Queue;
import io.mailcanary.queue.QueueListing;
import io.mailcanary.queue.QueuedMessage;
import io.mailcanary.queue.QueuedMessage.State;
import io.mailcanary.queue.QueuedMessage.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a queue shows that is wrong.
class QueueVerdictTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Queue QUEUE =
      new Queue(
          "campus",
          "out",
          Queue.Type.POSTFIX,
          new Queue.Source.Command(List.of("postqueue", "-j")),
          Duration.ofSeconds(60));
  private static final String DOMAIN_NOT_FOUND =
      "host mx%d.far.test[192.0.2.%d] said: 450 4.1.8 <user%d@campus.test>: Sender address"
          + " rejected: Domain not found (in reply to MAIL FROM command)";

  private final List<QueuedMessage> messages = new ArrayList<>();

  private void add(int count, String sender, String recipient, String reason) {
    for (int i = 0; i < count; i++) {
      String words = reason.contains("%d") ? reason.formatted(i, i, i) : reason;
      messages.add(
          new QueuedMessage(
              "ID" + messages.size(),
              State.DEFERRED,
              sender,
              NOW.minusSeconds(60),
              100,
              List.of(new Waiting(recipient.formatted(i), words))));
    }
  }

  private QueueListing listing() {
    int bounces = (int) messages.stream().filter(QueuedMessage::isBounce).count();
    return new QueueListing(
        NOW,
        messages,
        messages.size(),
        bounces,
        messages.stream().map(QueuedMessage::arrivedAt).min(Instant::compareTo),
        0,
        true);
  }

  private List<Finding> findings(Integer... counts) {
    QueueListing listing = listing();
    return QueueVerdict.of(QUEUE, listing, QueueReasons.of(listing), List.of(counts));
  }

  @Test
  void tenMessagesWithOneSenderDomainReasonPage() {
    add(10, "user@campus.test", "u%d@far.test", DOMAIN_NOT_FOUND);
    assertThat(findings(10))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.tag()).isEqualTo("queue-one-reason");
          assertThat(finding.severity()).isEqualTo(Severity.PAGE);
          assertThat(finding.name()).isEqualTo("campus");
          assertThat(finding.type()).isEqualTo("sender-domain");
          assertThat(finding.message())
              .isEqualTo(
                  "10 of 10 messages in the queue of relay out wait for one cause: sender-domain");
          assertThat(finding.evidence())
              .singleElement()
              .asString()
              .startsWith("10 to far.test: host mx0.far.test[192.0.2.0] said: 450 4.1.8");
        });
  }

  @Test
  void oneMessageThatSaysSoIsWorthAWarning() {
    add(1, "user@campus.test", "u@far.test", DOMAIN_NOT_FOUND);
    add(90, "user@campus.test", "u%d@slow%d.test".replace("%d@slow%d", "@slow"), "");
    assertThat(findings(91))
        .singleElement()
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.WARN));
  }

  @Test
  void reasonsThatDifferInNumbersAndAddressesAreOne() {
    add(3, "user@campus.test", "u%d@far.test", DOMAIN_NOT_FOUND);
    add(2, "user@campus.test", "u%d@near.test", DOMAIN_NOT_FOUND);
    QueueReasons reasons = QueueReasons.of(listing());
    assertThat(reasons.groups())
        .extracting(QueueReason::destination, QueueReason::messages)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("far.test", 3),
            org.assertj.core.groups.Tuple.tuple("near.test", 2));
    assertThat(reasons.causes()).containsOnly(java.util.Map.entry(Cause.SENDER_DOMAIN, 5));
  }

  @Test
  void tenTimesTheSameWordsOfAnyOtherCauseWarn() {
    add(
        10,
        "user@campus.test",
        "u%d@far.test",
        "connect to far.test[192.0.2.7]:25: Connection timed out");
    assertThat(findings(10))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.tag()).isEqualTo("queue-one-reason");
          assertThat(finding.severity()).isEqualTo(Severity.WARN);
          assertThat(finding.message()).startsWith("10 messages to far.test wait");
        });
  }

  @Test
  void growthOverThreeReadings() {
    add(1, "user@campus.test", "u@far.test", "");
    assertThat(findings(9, 10, 11, 12)).extracting(Finding::tag).containsExactly("queue-growing");
    assertThat(findings(10, 11, 12)).isEmpty();
    assertThat(findings(10, 11, 11, 12)).isEmpty();
    assertThat(findings(1, 2, 3, 4)).isEmpty();
  }

  @Test
  void anOldMessage() {
    add(1, "user@campus.test", "u@far.test", "");
    messages.add(
        new QueuedMessage(
            "OLD",
            State.FROZEN,
            "user@campus.test",
            NOW.minus(Duration.ofMinutes(61)),
            1,
            List.of(new Waiting("c@gone.test", ""))));
    assertThat(findings(2))
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.tag()).isEqualTo("queue-old");
          assertThat(finding.evidence())
              .containsExactly("OLD frozen from <user@campus.test> to <c@gone.test>");
        });
  }

  @Test
  void bouncesThatNobodyTakes() {
    add(10, "", "u%d@far.test", "");
    assertThat(findings(10)).extracting(Finding::tag).containsExactly("queue-bounces");
  }

  @Test
  void aQuietQueueIsNoFinding() {
    add(9, "user@campus.test", "u%d@far.test", "connect to far.test[192.0.2.7]:25: refused");
    assertThat(findings(9)).isEmpty();
    assertThat(listing().oldest()).isEqualTo(Optional.of(NOW.minusSeconds(60)));
  }
}
