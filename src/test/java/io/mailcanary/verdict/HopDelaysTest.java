package io.mailcanary.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Received;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A path of two servers: the probe, relay.test, store.test, the mailbox.
class HopDelaysTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private final HopDelays delays = new HopDelays();
  private int minutes;

  /// @param relay when the relay wrote its line, by its own clock, in seconds from the start
  private List<HopDelay> canary(double relay, double store, double mailbox) {
    Instant start = START.plus(Duration.ofMinutes(minutes++));
    return delays.add(
        start,
        List.of(hop("relay.test", after(start, relay)), hop("Store.test", after(start, store))),
        after(start, mailbox));
  }

  @Test
  void timeIsSpentWhereItIsLongerThanEver() {
    canary(0, 1, 2);
    canary(0, 1, 2);

    List<HopDelay> slow = canary(0, 41, 42);

    assertThat(slow)
        .extracting(HopDelay::from)
        .containsExactly("probe", "relay.test", "store.test");
    assertThat(slow)
        .extracting(HopDelay::to)
        .containsExactly("relay.test", "store.test", "mailbox");
    assertThat(seconds(slow)).containsExactly(0.0, 40.0, 0.0);
  }

  @Test
  void aClockThatIsWrongDoesNotBlameItsHop() {
    canary(-120, 1, 2);
    canary(-120, 1, 2);

    assertThat(seconds(canary(-120, 1, 2))).containsExactly(0.0, 0.0, 0.0);
    assertThat(seconds(canary(-120, 31, 32))).containsExactly(0.0, 30.0, 0.0);
  }

  @Test
  void aClockThatRunsBehindIsAFinding() {
    for (int i = 0; i < 3; i++) {
      canary(-125, 1, 2);
    }

    assertThat(delays.skews())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.tag()).isEqualTo("clock-skew");
          assertThat(finding.name()).isEqualTo("relay.test");
          assertThat(finding.message())
              .isEqualTo("the clock of relay.test is at least 2 min 5 s behind");
          assertThat(finding.evidence()).hasSize(3);
        });
  }

  @Test
  void aClockThatRunsAheadIsAFinding() {
    for (int i = 0; i < 3; i++) {
      canary(0, 182, 2);
    }

    assertThat(delays.skews())
        .extracting(Finding::message)
        .containsExactly("the clock of store.test is at least 3 min ahead");
  }

  @Test
  void whereAllClocksGoWrongInOneDirectionOursIsDoubted() {
    for (int i = 0; i < 3; i++) {
      canary(-125, -90, 2);
    }

    assertThat(delays.skews())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.name()).isEqualTo("mailcanary");
          assertThat(finding.message())
              .isEqualTo(
                  "our own clock is at least 1 min 30 s ahead, as all 2 clocks on the way have it");
          assertThat(finding.evidence()).hasSize(6);
        });
  }

  @Test
  void oneMessageShowsAClockThatIsWrongButNotWhose() {
    assertThat(
            ClockSkew.within(List.of(hop("a.test", START), hop("b.test", START.minusSeconds(300)))))
        .singleElement()
        .satisfies(finding ->
            assertThat(finding.message())
                .isEqualTo(
                    "the clock of b.test is behind, or that of a.test ahead: together at least"
                        + " 5 min"));
    assertThat(
            ClockSkew.within(List.of(hop("a.test", START), hop("b.test", START.minusSeconds(50)))))
        .isEmpty();
  }

  @Test
  void oneWrongStampIsNoWrongClock() {
    canary(0, 1, 2);
    canary(-300, 1, 2);
    canary(0, 1, 2);

    assertThat(delays.skews()).isEmpty();
  }

  @Test
  void aSlowWayIsNoWrongClock() {
    for (int i = 0; i < 5; i++) {
      canary(300, 600, 900);
    }

    assertThat(delays.skews()).isEmpty();
  }

  @Test
  void aClockThatIsSetStartsAnew() {
    canary(0, 1, 2);
    canary(0, 1, 2);

    assertThat(seconds(canary(90, 1, 2))).containsExactly(0.0, 0.0, 0.0);
    assertThat(seconds(canary(90, 21, 22))).containsExactly(0.0, 20.0, 0.0);
  }

  @Test
  void whatWasUsualAWeekAgoDoesNotCount() {
    canary(0, 1, 2);
    minutes += 8 * 24 * 60;

    assertThat(seconds(canary(0, 5, 6))).containsExactly(0.0, 0.0, 0.0);
  }

  @Test
  void linesWithoutTimeOrNameAreLeftOut() {
    Instant start = START;

    List<HopDelay> found =
        delays.add(
            start,
            List.of(
                new Received(null, null, null, null, start),
                new Received("a.test", "b.test", null, null, null),
                hop("c.test", start)),
            start.plusSeconds(1));

    assertThat(found).extracting(HopDelay::to).containsExactly("c.test", "mailbox");
  }

  /// Whatever servers write: no excess is negative, and all of them together are no more than the
  /// whole took.
  @Test
  void theSumIsNeverMoreThanTheWhole() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      Instant start = START.plusSeconds(i * 60L);
      List<Received> hops = new ArrayList<>();
      for (int h = random.nextInt(6); h > 0; h--) {
        hops.add(hop("h" + random.nextInt(500), start.plusSeconds(random.nextInt(-4000, 4000))));
      }
      Instant arrival = start.plusMillis(random.nextInt(100_000));

      List<HopDelay> found = delays.add(start, hops, arrival);

      assertThat(found).allMatch(one -> !one.excess().isNegative());
      assertThat(found.stream().map(HopDelay::excess).reduce(Duration.ZERO, Duration::plus))
          .isLessThanOrEqualTo(Duration.between(start, arrival));
    }
  }

  private static Received hop(String by, Instant at) {
    return new Received(null, by, "ESMTP", null, at);
  }

  private static Instant after(Instant start, double seconds) {
    return start.plusMillis((long) (seconds * 1000));
  }

  private static List<Double> seconds(List<HopDelay> delays) {
    return delays.stream().map(one -> one.excess().toMillis() / 1000.0).toList();
  }
}
