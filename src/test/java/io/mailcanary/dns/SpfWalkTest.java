package io.mailcanary.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.RecordData.Txt;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// SPF records walked to their end, whoever wrote them.
class SpfWalkTest {
  private static final DnsName DOMAIN = new DnsName("d.test");

  /// Every name has the SPF record that is given for it; nothing else is there.
  private static Vantage world(java.util.function.Function<DnsName, Optional<String>> records) {
    return question -> {
      Optional<String> text =
          question.type() == RecordType.TXT ? records.apply(question.name()) : Optional.empty();
      return text.<DnsAnswer>map(one ->
              new DnsAnswer.Records(
                  question,
                  Origin.of("resolver"),
                  List.of(),
                  List.of(new DnsRecord(question.name(), 60, new Txt(split(one)))),
                  List.of()))
          .orElseGet(() ->
              new DnsAnswer.NoSuchName(
                  question, Origin.of("resolver"), List.of(), Optional.empty()));
    };
  }

  private static List<String> split(String text) {
    List<String> strings = new ArrayList<>();
    for (int i = 0; i < text.length(); i += 255) {
      strings.add(text.substring(i, Math.min(text.length(), i + 255)));
    }
    return strings;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v=spf1 -all                                        | 0 | 0
          v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all     | 0 | 0
          v=spf1 a mx ptr -all                               | 3 | 1
          v=spf1 include:one.test include:two.test -all      | 6 | 0
          v=spf1 redirect=one.test                           | 2 | 0
          v=spf1 -all redirect=one.test                      | 0 | 0
          v=spf1 -all include:one.test                       | 0 | 0
          v=spf1 exists:%{i}.list.test -all                  | 1 | 0
          v=spf1 a:gone.test a:gone2.test -all               | 2 | 2
          v=spf1 include:%{d}.macro.test -all                | 1 | 0
          v=spf1 a:here.test/24 mx:here.test//64 -all        | 2 | 1
          """)
  void lookupsAndVoidOnesAreCounted(String record, int lookups, int voids) {
    TestZone world =
        TestZone.of(
            """
            d.test A 192.0.2.1
            here.test A 192.0.2.2
            one.test TXT "v=spf1 a:here.test ~all"
            two.test TXT "v=spf1 a:here.test include:one.test ~all"
            """
                + "d.test TXT \""
                + record
                + "\"");
    SpfWalk walk = SpfWalk.of(world, DOMAIN);
    assertThat(walk.lookups()).hasSize(lookups);
    assertThat(walk.voids()).hasSize(voids);
  }

  @Test
  void aThousandIncludesEndSoon() {
    List<Question> asked = new ArrayList<>();
    Vantage world =
        world(name ->
            Optional.of(
                "v=spf1 "
                    + IntStream.range(0, 1_000)
                        .mapToObj(i -> "include:i%d.%s".formatted(i, cut(name)))
                        .collect(Collectors.joining(" "))));
    SpfWalk walk = SpfWalk.of(counting(world, asked), DOMAIN);
    assertThat(walk.isCut()).isTrue();
    assertThat(asked).hasSizeLessThan(100);
  }

  @Test
  void aChainWithoutEndEnds() {
    List<Question> asked = new ArrayList<>();
    Vantage world =
        world(name -> Optional.of("v=spf1 include:x.%s redirect=y.%s".formatted(name, name)));
    assertThat(SpfWalk.of(counting(world, asked), DOMAIN).isCut()).isTrue();
    assertThat(asked).hasSizeLessThan(100);
  }

  @ParameterizedTest
  @CsvSource({"v=spf1 include:d.test -all", "v=spf1 redirect=d.test"})
  void whatComesBackToItselfIsALoop(String record) {
    SpfWalk walk = SpfWalk.of(world(_ -> Optional.of(record)), DOMAIN);
    assertThat(walk.problems())
        .extracting(SpfWalk.Problem::kind)
        .containsExactly(FindingKind.SPF_LOOP);
  }

  static List<Integer> seeds() {
    return IntStream.range(0, 300).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void noRecordHoldsItUp(int seed) {
    Random random = new Random(seed);
    List<Question> asked = new ArrayList<>();
    Vantage world =
        counting(
            world(_ ->
                random.nextInt(5) == 0
                    ? Optional.empty()
                    : Optional.of("v=spf1 " + garbage(random))),
            asked);
    SpfWalk walk = SpfWalk.of(world, DOMAIN);
    assertThat(walk.lookups()).hasSizeLessThanOrEqualTo(41);
    assertThat(asked).hasSizeLessThan(200);
    SpfEvaluation.of(world, DOMAIN, InetAddress.ofLiteral("192.0.2.1"));
    walk.problems().forEach(problem -> assertThat(problem.message()).hasSizeLessThan(3_000));
  }

  private static String garbage(Random random) {
    List<String> pieces =
        List.of(
            "include:",
            "redirect=",
            "a",
            "a:",
            "mx",
            "mx:",
            "ip4:",
            "ip6:",
            "exists:",
            "ptr",
            "all",
            "-all",
            "/24",
            "//64",
            "%{i}",
            "%",
            " ",
            " ",
            " ",
            "192.0.2.1",
            "::1",
            "x.test",
            "y.test",
            "..",
            ".",
            ":",
            "=",
            "é",
            "\u0000",
            "\\",
            "\"",
            "9".repeat(40),
            "a".repeat(300),
            "+",
            "~",
            "?",
            "exp=",
            "[",
            "/",
            "v=spf1");
    int length = random.nextInt(120);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v=spf1 ip4:192.0.2.0/24 -all               | PASS
          v=spf1 ip4:198.51.100.1 -all               | FAIL
          v=spf1 ?all                                | NEUTRAL
          v=spf1 a:here.test/24 ~all                 | PASS
          v=spf1 mx:here.test ~all                   | SOFT_FAIL
          v=spf1 include:one.test -all               | PASS
          v=spf1 include:no.test -all                | ERROR
          v=spf1 -ip4:192.0.2.1 +all                 | FAIL
          v=spf1 redirect=one.test                   | PASS
          v=spf1 exists:%{i}.x.test -all             | UNKNOWN
          v=spf1 ptr -all                            | UNKNOWN
          v=spf1 ip4:192.0.2.300 -all                | ERROR
          v=spf1                                     | NEUTRAL
          """)
  void anAddressIsJudged(String record, SpfEvaluation.Result result) {
    TestZone world =
        TestZone.of(
            """
            here.test A 192.0.2.77
            one.test TXT "v=spf1 ip4:192.0.2.1 -all"
            """
                + "d.test TXT \""
                + record
                + "\"");
    assertThat(SpfEvaluation.of(world, DOMAIN, InetAddress.ofLiteral("192.0.2.1")))
        .isEqualTo(result);
  }

  private static String cut(DnsName name) {
    return name.text().length() > 60 ? "z.test" : name.text();
  }

  private static Vantage counting(Vantage vantage, List<Question> asked) {
    return question -> {
      asked.add(question);
      return vantage.ask(question);
    };
  }
}
