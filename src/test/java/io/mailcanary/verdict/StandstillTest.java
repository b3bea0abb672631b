package io.mailcanary.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.verdict.Standstill.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StandstillTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void theSameWordsForAnHourAreABlock() {
    assertThat(
            Standstill.of(
                refusals(
                    6,
                    Duration.ofMinutes(12),
                    i ->
                        "450 4.1.8 <u%d@b.test>: Sender address rejected: Domain not found"
                            .formatted(i))))
        .hasValue("blocked: refused 6 times over 1 h with the same words");
  }

  @Test
  void whatDiffersByIdsAndTimesIsTheSame() {
    assertThat(
            Standstill.of(
                refusals(
                    5,
                    Duration.ofMinutes(10),
                    i ->
                        "451 4.7.1 Try later, ref x%dab7 at 10:0%d, see https://h.test/%d"
                            .formatted(i, i, i))))
        .isPresent();
  }

  @Test
  void whoQuotesAReplyMakesNoDifference() {
    String reply = "450 4.1.8 <canary@b.test>: Sender address rejected: Domain not found";
    List<String> quoted =
        List.of(
            "mx.c.test:25 at rcpt: " + reply,
            "192.0.2.7: "
                + reply
                + " (192.0.2.7 says: the sender's domain cannot be found; publish an MX.)",
            "queue campus of relay out: deferred: host mx.c.test[192.0.2.7] said: "
                + reply
                + " (in reply to RCPT TO command)");
    assertThat(Standstill.of(refusals(9, Duration.ofMinutes(5), i -> quoted.get(i % 3))))
        .hasValue("blocked: refused 9 times over 40 min with the same words");
  }

  @Test
  void greylistingPasses() {
    assertThat(Standstill.of(refusals(4, Duration.ofMinutes(5), _ -> "451 4.7.1 Greylisted")))
        .isEmpty();
  }

  @Test
  void differentReasonsAreNoBlock() {
    assertThat(
            Standstill.of(
                refusals(
                    8,
                    Duration.ofMinutes(10),
                    i -> i % 2 == 0 ? "451 4.3.0 disk full" : "421 4.3.2 shutting down")))
        .isEmpty();
  }

  @Test
  void anotherCodeIsAnotherReason() {
    assertThat(Standstill.mask("450 4.1.8 no")).isNotEqualTo(Standstill.mask("450 4.7.1 no"));
  }

  private static List<Refusal> refusals(int times, Duration apart, IntFunction<String> words) {
    return IntStream.range(0, times)
        .mapToObj(i -> new Refusal(START.plus(apart.multipliedBy(i)), words.apply(i)))
        .toList();
  }
}
