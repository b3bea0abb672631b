package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.Finding;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// When bounces are no accident.
class BounceWatchTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        // sentence | bounced | paths | sent | told
        "two may be chance                         | 2 | 2 | 2   | 0",
        "three of three are none                   | 3 | 2 | 3   | 1",
        "three on one path are its own affair      | 3 | 1 | 3   | 0",
        "three of thirty are a tenth               | 3 | 3 | 30  | 1",
        "three of a hundred are not worth a word   | 3 | 3 | 100 | 0",
      })
  void ofRelay(String sentence, int bounced, int paths, int sent, int told) {
    assertThat(BounceVerdict.ofRelay("out", bounced, paths, sent, List.of("550 no", "550 no")))
        .as(sentence)
        .hasSize(told)
        .allSatisfy(finding -> assertThat(finding.evidence()).containsExactly("550 no"))
        .allSatisfy(finding -> assertThat(finding.name()).isEqualTo("out"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "bbbb, 0",
    "ddbd, 1",
    "bdddbdd, 2",
    "ddddb, 0",
    "dddbbd, 0",
    "dbdbbd, 1",
    "b, 0",
  })
  void aRunOfBouncesIsThePathsOwnAffair(String fates, int lone) {
    List<BounceWatch.Fate> ofPath =
        fates
            .chars()
            .mapToObj(one -> new BounceWatch.Fate(Instant.EPOCH, one == 'b', "campus", ""))
            .toList();
    assertThat(BounceWatch.lone(ofPath)).hasSize(lone).allMatch(BounceWatch.Fate::bounced);
  }

  @ParameterizedTest(name = "{0} bounces of others: {1}")
  @CsvSource({"9, 0", "10, 1", "500, 1"})
  void ofMailbox(int bounces, int told) {
    assertThat(BounceVerdict.ofMailbox("returns", bounces))
        .hasSize(told)
        .extracting(Finding::message)
        .allMatch(text -> text.contains("came into mailbox returns within 15 min"));
  }
}
