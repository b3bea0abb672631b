package io.mailcanary.prober;

import static io.mailcanary.canary.Canaries.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Sight;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SightLogTest {
  private final SightLog log = new SightLog(START, "not yet");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          blind from the beginning until it sees        | 0   | 10  | false | 5
          a spell that began before counts from then on | 12  | 30  | false | 3
          two spells add up                             | 0   | 100 | false | 25
          none within                                   | 21  | 39  | false | 0
          a spell that goes on counts until now         | 150 | 230 | true  | 30
          all of them                                   | 0   | 300 | true  | 125
          nothing of a time that is still to come       | 400 | 300 | true  | 0
          """)
  void blindTimeIsAddedUp(String sentence, long from, long to, boolean blind, long seconds) {
    log.seeing(at(5));
    log.blind(at(10), "gone");
    log.seeing(at(15));
    log.blind(at(40), "gone again");
    log.seeing(at(55));
    if (to > 100) {
      log.blind(at(200), "still gone");
    }

    Sight sight = log.since(at(from), at(to));

    assertThat(sight.blind()).isEqualTo(blind);
    assertThat(sight.blindFor()).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void blindTwiceIsBlindSinceTheFirst() {
    log.seeing(at(1));
    log.blind(at(10), "login refused");
    log.blind(at(20), "no connection");
    assertThat(log.blindness()).contains(new SightLog.Blindness(at(10), "no connection"));
    log.blind(at(5), "longer than thought");
    assertThat(log.blindness()).contains(new SightLog.Blindness(at(5), "longer than thought"));
  }

  @Test
  void itSaysWhetherSightIsNew() {
    assertThat(log.seeing(at(1))).isTrue();
    assertThat(log.seeing(at(2))).isFalse();
    assertThat(log.since(at(0), at(3)))
        .isEqualTo(new Sight(false, Duration.ofSeconds(1), "not yet"));
    assertThat(log.since(at(2), at(3))).isEqualTo(Sight.CLEAR);
  }

  @Test
  void aTimeInWhichWeStoodStillCountsUnlessItWasBlindAnyway() {
    log.seeing(at(0));
    log.missed(at(10), at(20), "stood still");
    assertThat(log.blindness()).isEmpty();
    assertThat(log.since(at(0), at(60)).blindFor()).isEqualTo(Duration.ofSeconds(10));
    log.blind(at(30), "gone");
    log.missed(at(40), at(50), "stood still");
    assertThat(log.since(at(0), at(60)).blindFor()).isEqualTo(Duration.ofSeconds(40));
  }

  @Test
  void aMailboxThatFlickersKeepsItsNewestSpells() {
    log.seeing(at(0));
    for (int i = 0; i < 100_000; i++) {
      log.blind(at(10 * i), "gone");
      log.seeing(at(10 * i + 1));
    }
    assertThat(log.since(at(0), at(1_000_000)).blindFor()).isEqualTo(Duration.ofSeconds(200));
  }

  private static Instant at(long seconds) {
    return START.plusSeconds(seconds);
  }
}
