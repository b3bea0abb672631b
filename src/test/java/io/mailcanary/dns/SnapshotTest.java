package io.mailcanary.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Two looks at a name, and what is made of their difference.
class SnapshotTest {
  private static final DnsName NAME = new DnsName("example.org");
  private static final List<RecordType> TYPES =
      List.of(RecordType.MX, RecordType.A, RecordType.AAAA, RecordType.TXT, RecordType.SOA);

  /// Records of the name, separated by semicolons.
  private static Snapshot snapshot(String records) {
    StringBuilder zone = new StringBuilder("sub.other.test TXT x\nother.test A 192.0.2.80\n");
    for (String record : records.split(";", -1)) {
      if (!record.isBlank()) {
        zone.append(record.strip().startsWith("@") ? record.strip().replace("@", NAME.text()) : "")
            .append('\n');
      }
    }
    TestZone world = TestZone.of(zone.toString());
    return Snapshot.of(
        NAME,
        "192.0.2.53",
        OptionalLong.of(7),
        TYPES.stream().map(type -> world.ask(NAME, type)).toList());
  }

  @ParameterizedTest(name = "{0} -> {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          @ MX 10 a.test; @ MX 20 b.test | @ MX 20 b.test; @ MX 10 a.test | nothing
          @ MX 10 a.test; @ A 192.0.2.1  | @ A 192.0.2.1                  | MX REMOVED PAGE
          @ MX 10 a.test; @ MX 20 b.test | @ MX 20 b.test                 | MX REMOVED PAGE
          @ MX 10 a.test                 | @ MX 10 b.test                 | MX CHANGED WARN
          @ MX 10 a.test                 | @ MX 10 a.test; @ MX 20 b.test | MX ADDED INFO
          @ A 192.0.2.1                  | @ A 192.0.2.1; @ AAAA 2001:db8::1 | AAAA ADDED INFO
          @ A 192.0.2.1; @ TXT x         | @ TXT x                        | A REMOVED PAGE
          @ TXT "v=spf1 -all"; @ A 192.0.2.1 | @ A 192.0.2.1              | TXT REMOVED PAGE
          @ TXT "token=1"; @ A 192.0.2.1 | @ A 192.0.2.1                  | TXT REMOVED INFO
          @ TXT "v=spf1 -all"            | @ TXT "v=spf1 ~all"            | TXT CHANGED WARN
          @ MX 10 a.test                 | @ CNAME other.test             | MX TYPES_CHANGED PAGE, A TYPES_CHANGED PAGE, AAAA TYPES_CHANGED PAGE, TXT TYPES_CHANGED PAGE
          @ MX 10 a.test                 |                                | MX TYPES_CHANGED PAGE, A TYPES_CHANGED INFO, AAAA TYPES_CHANGED INFO, TXT TYPES_CHANGED INFO
                                         | @ MX 10 a.test                 | MX TYPES_CHANGED INFO, A TYPES_CHANGED INFO, AAAA TYPES_CHANGED INFO, TXT TYPES_CHANGED INFO
          @ A 192.0.2.1; @ MX !SERVFAIL  | @ A 192.0.2.1; @ MX 10 a.test  | nothing
          @ A 192.0.2.1; @ MX 10 a.test  | @ * !TIMEOUT                   | nothing
          @ SOA example.org 1            | @ SOA example.org 2            | nothing
          """)
  void whatChangedAndHowMuchItWeighs(String before, String after, String expected) {
    String seen =
        SnapshotDifference.between(
                snapshot(before == null ? "" : before), snapshot(after == null ? "" : after))
            .stream()
            .map(one -> one.type() + " " + one.kind() + " " + one.severity())
            .collect(Collectors.joining(", "));
    assertThat(seen.isEmpty() ? "nothing" : seen).isEqualTo(sorted(expected));
  }

  private static String sorted(String expected) {
    List<String> parts = new ArrayList<>(List.of(expected.split(", ")));
    parts.sort((a, b) ->
        expected.equals("nothing")
            ? 0
            : RecordType.valueOf(type(a)).compareTo(RecordType.valueOf(type(b))));
    return String.join(", ", parts);
  }

  private static String type(String part) {
    return part.substring(0, part.indexOf(' '));
  }

  @Test
  void aChangeSaysWhatItWas() {
    assertThat(
            SnapshotDifference.between(
                    snapshot("@ MX 10 a.test; @ A 192.0.2.1"), snapshot("@ CNAME other.test"))
                .stream()
                .map(SnapshotDifference::sentence))
        .contains(
            "MX of example.org was 10 a.test, now an alias of other.test",
            "A of example.org was 192.0.2.1, now an alias of other.test");
  }

  @Test
  void whatIsStoredIsReadBack() {
    Snapshot snapshot =
        snapshot(
            "@ MX 10 a.test; @ MX 20 b.test; @ TXT \"v=spf1 ip4:192.0.2.1 -all\" \"a = b > c\"");
    assertThat(Snapshot.fromText(NAME, "192.0.2.53", snapshot.toText())).isEqualTo(snapshot);
    Snapshot alias = snapshot("@ CNAME other.test");
    assertThat(Snapshot.fromText(NAME, "192.0.2.53", alias.toText())).isEqualTo(alias);
    assertThatThrownBy(() -> Snapshot.fromText(NAME, "x", "nonsense"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void silenceKeepsWhatWasKnown() {
    Snapshot known = snapshot("@ MX 10 a.test; @ A 192.0.2.1");
    Snapshot half = snapshot("@ MX !TIMEOUT; @ A 192.0.2.1");
    assertThat(half.over(known).saysTheSameAs(known)).isTrue();
    assertThat(snapshot("@ * !TIMEOUT").isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, true",
    "0, 1, false",
    "5, 5, false",
    "0, 4294967295, true",
    "4294967295, 0, false",
    "2147483648, 0, false",
    "0, 2147483648, false",
    "2147483647, 0, true"
  })
  void serialsGoRound(long a, long b, boolean newer) {
    assertThat(Serial.isNewer(a, b)).isEqualTo(newer);
  }
}
