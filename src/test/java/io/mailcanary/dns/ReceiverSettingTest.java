package io.mailcanary.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is predicted of each receiver is what the real one was seen to do.
class ReceiverSettingTest {
  private static final TestZone STATES = TestZone.of(resource("receiver-states.zone"));
  private static final EmailAddress RECIPIENT = EmailAddress.parse("root@mta21.example");

  record Cell(ReceiverSetting setting, String state, String command, int code, String text) {
    @Override
    public String toString() {
      return setting + " " + state;
    }
  }

  static Stream<Cell> measured() {
    return resource("receivers-measured.tsv")
        .lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> {
          String[] cell = Arrays.copyOf(line.split("\t"), 5);
          return new Cell(
              ReceiverSetting.byId(cell[0]).orElseThrow(),
              cell[1],
              cell[2],
              Integer.parseInt(cell[3]),
              cell[4] == null ? "" : cell[4]);
        });
  }

  @Test
  void everyCellThatWasMeasuredIsThere() {
    List<Cell> cells = measured().toList();
    assertThat(cells).hasSize(764);
    assertThat(cells.stream().map(Cell::setting).distinct()).hasSize(19);
    // The 46 of the matrix, and the one with a resolver that holds the alias.
    assertThat(cells.stream().map(Cell::state).distinct()).hasSize(47);
    assertThat(cells.stream().filter(cell -> cell.code >= 400)).hasSizeGreaterThan(300);
  }

  @ParameterizedTest
  @MethodSource("measured")
  void thePredictionIsWhatWasMeasured(Cell cell) {
    Prediction prediction =
        cell.setting.judge(sender(cell.state), RECIPIENT, vantage(cell.state), STATES);
    if (cell.code < 400) {
      assertThat(prediction.verdict()).as("%s", prediction).isEqualTo(Verdict.ACCEPT);
      assertThat(prediction.reply()).isEmpty();
      return;
    }
    assertThat(prediction.reply()).as("accepted, not %d", cell.code).isPresent();
    assertThat(prediction.reply().orElseThrow().code()).isEqualTo(cell.code);
    assertThat(prediction.reply().orElseThrow().text().replace("\n", " / ")).isEqualTo(cell.text);
    assertThat(prediction.stage()).hasToString(cell.command);
    assertThat(prediction.verdict())
        .isEqualTo(cell.code < 500 ? Verdict.TEMPORARY : Verdict.REJECT);
  }

  private static Vantage vantage(String state) {
    return state.equals("s17") ? Vantages.holdingAliases(STATES) : STATES;
  }

  private static EmailAddress sender(String state) {
    return switch (state) {
      case "s16", "s17" -> EmailAddress.parse("user%s@both.%s.example".formatted("17", state));
      default -> EmailAddress.parse("user@" + state + ".example");
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          s1  | ACCEPT    | ACCEPT | ACCEPT
          s2  | ACCEPT    | ACCEPT | ACCEPT
          s5  | REJECT    | ACCEPT | ACCEPT
          s6  | REJECT    | REJECT | TEMPORARY
          s7  | REJECT    | TEMPORARY | TEMPORARY
          s4  | REJECT    | ACCEPT | TEMPORARY
          s9  | TEMPORARY | ACCEPT | TEMPORARY
          s10 | TEMPORARY | TEMPORARY | TEMPORARY
          s12 | ACCEPT    | ACCEPT | TEMPORARY
          s13 | ACCEPT    | ACCEPT | TEMPORARY
          s14 | ACCEPT    | TEMPORARY | ACCEPT
          """)
  void theThreeThatWereNotMeasuredFollowWhatIsPublished(
      String state, Verdict cisco, Verdict yahoo, Verdict spamdyke) {
    assertThat(
            Stream.of(ReceiverSetting.CISCO, ReceiverSetting.YAHOO, ReceiverSetting.SPAMDYKE)
                .map(one -> one.judge(sender(state), STATES, STATES).verdict()))
        .containsExactly(cisco, yahoo, spamdyke);
  }

  @Test
  void anAliasBesideAnMxFlaps() {
    ReceiversView view =
        ReceiversView.of(new DomainName("both.s16.example"), "resolver", STATES, STATES);
    assertThat(view.isFlapping()).isTrue();
    assertThat(view.worst(Profile.R5).verdict()).isEqualTo(Verdict.REJECT);
    assertThat(view.worst(Profile.R5).flaps().orElseThrow()).contains("alias");
    assertThat(view.worst(Profile.R1).verdict()).isEqualTo(Verdict.ACCEPT);
    assertThat(view.summary())
        .isEqualTo(
            "2 of 9 receiver behaviours would defer (1) or would reject (1) this domain now,"
                + " coming and going");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          127.0.0.1 |             | 5 of 9 receiver behaviours would defer (2) or would reject (3) this domain now
          127.0.0.1 | 127.0.0.0/8 | 9 of 9 receiver behaviours accept this domain now
          127.0.0.1 | 10.0.0.0/8  | 5 of 9 receiver behaviours would defer (2) or would reject (3) this domain now
          10.1.2.3  | 10.0.0.0/8  | 9 of 9 receiver behaviours accept this domain now
          """)
  void whatIsDeclaredPublicCountsAsAnotherHost(
      String address, @Nullable String network, String said) {
    TestZone zone = TestZone.of("lab.example MX 10 mx.lab.example\nmx.lab.example A " + address);
    MailHosts hosts = MailHosts.untried(network == null ? List.of() : List.of(network));
    assertThat(ReceiversView.of(new DomainName("lab.example"), "resolver", zone, hosts).summary())
        .isEqualTo(said);
  }

  @Test
  void anAliasOfAGoodMxDoesNot() {
    assertThat(
            ReceiversView.of(new DomainName("s3m.example"), "resolver", STATES, STATES)
                .isFlapping())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          s1  | 9 of 9 receiver behaviours accept this domain now
          s10 | 9 of 9 receiver behaviours would defer this domain now
          """)
  void aSentenceSaysHowMany(String state, String sentence) {
    assertThat(ReceiversView.of(sender(state).domain(), "resolver", STATES, STATES).summary())
        .isEqualTo(sentence);
  }

  @Test
  void everyProfileHasItsServers() {
    for (Profile profile : Profile.values()) {
      assertThat(profile.settings()).contains(profile.representative());
    }
    assertThat(ReceiverSetting.byIdOrProfile("r5")).contains(ReceiverSetting.M15);
    assertThat(ReceiverSetting.byIdOrProfile("m18")).contains(ReceiverSetting.M18);
    assertThat(ReceiverSetting.byIdOrProfile("R10")).isEmpty();
    assertThat(
            Arrays.stream(ReceiverSetting.values())
                .filter(one -> one.profile().isEmpty())
                .map(ReceiverSetting::id)
                .collect(Collectors.joining(" ")))
        .isEqualTo("M12 M13");
  }

  static String resource(String name) {
    try (InputStream in = ReceiverSettingTest.class.getResourceAsStream("/dns/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
