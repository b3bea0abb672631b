package io.mailcanary.dns;

import static io.mailcanary.dns.ReceiverSettingTest.resource;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.NextHopForecast.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a relay is said to do with mail is what the real one did.
class NextHopForecastTest {
  private static final Vantage NAMES =
      TestZone.of(
          """
          empty.hop TXT x
          servfail.hop * !SERVFAIL
          silent.hop * !SILENT
          deaf.hop * !TIMEOUT
          bogus.hop * !BOGUS
          dead.hop MX 10 target.gone
          null.hop MX 0 .
          good.hop A 192.0.2.1
          mixed.hop MX 10 target.gone
          mixed.hop MX 20 good.hop
          """);

  record Cell(RelayKind relay, String state, Outcome outcome, String status, String words) {
    @Override
    public String toString() {
      return relay + " " + state;
    }
  }

  static Stream<Cell> measured() {
    return resource("next-hops-measured.tsv")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> Arrays.asList(Arrays.copyOf(line.split("\t"), 5)))
        .map(cell -> {
          cell.replaceAll(text -> text == null ? "" : text);
          return new Cell(
              RelayKind.valueOf(cell.get(0)),
              cell.get(1),
              Outcome.valueOf(cell.get(2)),
              cell.get(3),
              cell.get(4));
        });
  }

  @Test
  void everyRelayWasMeasured() {
    List<Cell> cells = measured().toList();
    assertThat(cells).hasSize(126);
    assertThat(cells.stream().map(Cell::relay).distinct()).hasSize(RelayKind.values().length);
  }

  @ParameterizedTest
  @MethodSource("measured")
  void theForecastIsWhatWasMeasured(Cell cell) {
    String hop = cell.state + ".hop";
    NextHopForecast forecast = NextHopForecast.of(cell.relay, new DnsName(hop), NAMES);
    assertThat(forecast.outcome()).isEqualTo(cell.outcome);
    assertThat(forecast.status()).isEqualTo(cell.status);
    if (!cell.words.equals("?")) {
      assertThat(forecast.words())
          .isEqualTo(
              cell.words.replace("HOP", hop).replace("DOM", hop).replace("TARGET", "target.gone"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNameThatResolvesIsNoMatter(RelayKind relay) {
    for (String hop : List.of("good.hop", "192.0.2.1", "[192.0.2.1]")) {
      assertThat(NextHopForecast.of(relay, new DnsName(hop), NAMES).outcome())
          .isEqualTo(Outcome.DELIVERS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoHoldsDoesNotBounceWhenTheNameIsGone(RelayKind relay) {
    assertThat(NextHopForecast.of(relay, new DnsName("gone.hop"), NAMES).outcome())
        .satisfies(outcome -> assertThat(outcome == Outcome.BOUNCES).isEqualTo(!relay.holds()));
  }

  @Test
  void oneGoodTargetIsEnough() {
    assertThat(NextHopForecast.of(RelayKind.POSTFIX, new DnsName("mixed.hop"), NAMES).outcome())
        .isEqualTo(Outcome.DELIVERS);
  }

  @Test
  void itIsSaidInOneLine() {
    assertThat(NextHopForecast.of(RelayKind.OPENSMTPD, new DnsName("gone.hop"), NAMES).sentence())
        .isEqualTo(
            "OpenSMTPD (relay host smtp://HOP): mail is held and tried again, Host not found");
  }
}
