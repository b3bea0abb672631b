package io.mailcanary.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.MailPath;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What people read when it happens as it happened.
class StoriesTest {
  private static final Instant T = Instant.parse("2026-11-21T10:00:00Z");
  private static final String REFUSED =
      "450 4.1.8 <canary@notify.corp.test>: Sender address rejected: Domain not found";

  private final IncidentRules rules = new IncidentRules(RuleSettings.DEFAULT);
  private final List<Decision> decisions = new ArrayList<>();
  private int serial;

  private static List<Leg> receivers() {
    List<Leg> legs = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      legs.add(
          Legs.leg(
              "to-peer" + i,
              MailPath.Kind.OUTBOUND,
              Optional.of("receivers"),
              "out",
              "box" + i,
              "notify.corp.test",
              "peer" + i + ".test"));
    }
    return legs;
  }

  private void outcome(
      String path,
      Duration sent,
      Duration known,
      Result result,
      Cause cause,
      String words,
      String host) {
    rules.note(
        new Outcome(
            path,
            "",
            Legs.canary(serial++),
            T.plus(sent),
            T.plus(known),
            result,
            cause,
            words,
            host,
            result == Result.GOOD ? known.minus(sent) : null));
    decide(known);
  }

  private void decide(Duration when) {
    decisions.addAll(rules.decide(T.plus(when)));
  }

  private void good(String path, Duration at) {
    outcome(path, at, at.plusMillis(600), Result.GOOD, Cause.NONE, "", "");
  }

  private void refused(String path, Duration at) {
    outcome(
        path,
        at,
        at.plusMillis(200),
        Result.DEFERRED,
        Cause.SENDER_DOMAIN,
        REFUSED,
        "mx.peer.test:25");
  }

  private Incident last() {
    return switch (decisions.getLast()) {
      case Decision.Open(Incident incident, _) -> incident;
      case Decision.Update(Incident incident, _, _) -> incident;
      case Decision.Acknowledge(Incident incident, _) -> incident;
      case Decision.Resolve(Incident incident, _) -> incident;
      case Decision.Correct(_, Incident incident, _) -> incident;
      case Decision.Remind(Incident incident, _) -> incident;
      case Decision.Nothing nothing -> throw new AssertionError(nothing.reason());
    };
  }

  private static Duration at(String time) {
    return Duration.parse("PT" + time);
  }

  private static Finding mxMissing() {
    return new Finding(
        "mx-missing",
        Severity.PAGE,
        "notify.corp.test",
        "MX",
        "MX of notify.corp.test is missing, an address is there",
        "RFC 5321 §5.1",
        List.of("ns1.corp.test: MX notify.corp.test: NOERROR, no MX"),
        "Put the MX records back beside the address records.");
  }

  private static Change gone() {
    return gone(at("-2M"));
  }

  private static Change gone(Duration when) {
    return new Change(
        "c1",
        Change.Kind.RECORD,
        Severity.PAGE,
        T.plus(when),
        T.plus(when).plusSeconds(60),
        "notify.corp.test",
        "MX",
        "MX of notify.corp.test is gone",
        "",
        List.of("10 mx"),
        List.of(),
        List.of(new Change.Seen("ns1", 2026112101L), new Change.Seen("ns2", 2026112101L)));
  }

  private static Change marker() {
    return new Change(
        "c0",
        Change.Kind.MARKER,
        Severity.INFO,
        T.minus(at("4M")),
        T.minus(at("4M")),
        "",
        "",
        "certificate ordered",
        "tls team",
        List.of(),
        List.of(),
        List.of());
  }

  /// All receivers but one go on as ever.
  private void othersAreGood(String but, Duration at) {
    for (Leg leg : receivers()) {
      if (!leg.path().name().equals(but)) {
        good(leg.path().name(), at);
      }
    }
  }

  /// How the newest incident of a path stands.
  private Incident of(String path) {
    return decisions.stream()
        .flatMap(one ->
            switch (one) {
              case Decision.Open(Incident incident, _) -> Stream.of(incident);
              case Decision.Update(Incident incident, _, _) -> Stream.of(incident);
              case Decision.Acknowledge(Incident incident, _) -> Stream.of(incident);
              case Decision.Resolve(Incident incident, _) -> Stream.of(incident);
              case Decision.Correct(_, Incident incident, _) -> Stream.of(incident);
              case Decision.Remind _, Decision.Nothing _ -> Stream.empty();
            })
        .filter(incident -> incident.paths().contains(path))
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "UNCAUGHT, ' lets through what should be caught'",
    "ALTERED, ' changes mail on the way'",
    "UNAUTHENTICATED, ' loses authentication'",
  })
  void whatIsWrongWithMailThatArrivesIsToldAsThat(Result wrong, String told) {
    rules.watch(receivers(), T);
    for (int minute = 0; minute < 6; minute++) {
      Duration at = Duration.ofMinutes(minute);
      othersAreGood("to-peer1", at);
      Result result = minute < 3 ? Result.GOOD : wrong;
      outcome("to-peer1", at, at.plusSeconds(1), result, Cause.NONE, "", "");
    }
    assertThat(of("to-peer1").title()).contains(told);
  }

  /// The others promise nothing of their authentication, so they go on.
  @Test
  void aSignerThatIsGoneIsOneIncidentOfThePathsThatShowIt() {
    rules.watch(receivers(), T);
    for (int minute = 0; minute < 8; minute++) {
      Duration at = Duration.ofMinutes(minute);
      for (Leg leg : receivers()) {
        String path = leg.path().name();
        boolean promised = path.equals("to-peer1") || path.equals("to-peer2");
        Result result = promised && minute >= 2 ? Result.UNAUTHENTICATED : Result.GOOD;
        outcome(path, at, at.plusSeconds(1), result, Cause.NONE, "", "");
        if (result == Result.UNAUTHENTICATED) {
          rules.findings(
              "authentication:" + path, List.of(unsigned(path)), T.plus(at.plusSeconds(1)));
          decide(at.plusSeconds(1));
        }
      }
    }
    assertThat(of("to-peer1")).isEqualTo(of("to-peer2"));
    assertThat(of("to-peer1").paths()).containsExactly("to-peer1", "to-peer2");
    assertThat(decisions).filteredOn(Decision.Open.class::isInstance).hasSize(1);
  }

  private static Finding unsigned(String path) {
    return new Finding(
        "authentication-lost",
        Severity.WARN,
        "notify.corp.test",
        "",
        "mail on path %s is not authenticated as promised: DKIM is none".formatted(path),
        "RFC 6376 §3.9",
        List.of("canary: dkim none"),
        "Look at the key that signs.");
  }

  @Test
  void aBounceThatWasWrongIsTakenBackInTheIncident() {
    rules.watch(receivers(), T);
    int wrong = 0;
    for (int minute = 0; minute < 30; minute++) {
      Duration at = Duration.ofMinutes(minute);
      othersAreGood("to-peer1", at);
      if (minute == 3 || minute == 4) {
        wrong = minute == 3 ? serial : wrong;
        outcome("to-peer1", at, at.plusSeconds(1), Result.BOUNCED, Cause.SYSTEM, "550 gone", "mx");
      } else {
        good("to-peer1", at);
      }
      if (minute == 5) {
        arrivesAfterAll(wrong, at("3M"), at("5M2S"));
      }
    }
    assertThat(of("to-peer1").state()).isEqualTo(IncidentState.RESOLVED);
    assertThat(of("to-peer1").timeline())
        .extracting(TimelineEntry::text)
        .contains(
            "1 of the canaries that were held up, missing or given up arrived after all: late,"
                + " not lost");
  }

  private void arrivesAfterAll(int canary, Duration sent, Duration known) {
    int next = serial;
    serial = canary;
    outcome("to-peer1", sent, known, Result.GOOD, Cause.NONE, "", "");
    serial = next;
  }

  /// Three addresses behind one relay.
  private static List<Leg> fronts() {
    List<Leg> legs = new ArrayList<>();
    for (String address : List.of("192.0.2.1", "192.0.2.2", "192.0.2.3")) {
      Leg plain = Legs.outbound("fronts", "front", "box", "peer.test");
      EnumMap<Trait, String> traits = new EnumMap<>(plain.traits());
      traits.put(Trait.RECEIVER, address);
      legs.add(
          new Leg(
              plain.path(),
              "address=" + address,
              traits,
              plain.names(),
              plain.hosts(),
              plain.silentAfter(),
              false));
    }
    return legs;
  }

  private Incident unknownUserAt(Set<String> addresses) {
    List<Leg> legs = fronts();
    List<Leg> all = new ArrayList<>(legs);
    all.addAll(receivers());
    rules.watch(all, T);
    for (int minute = 0; minute < 9; minute++) {
      Duration at = Duration.ofMinutes(minute);
      othersAreGood("", at);
      for (Leg leg : legs) {
        boolean bad = minute > 2 && addresses.contains(leg.traits().get(Trait.RECEIVER));
        Instant sent = T.plus(at);
        rules.note(
            new Outcome(
                "fronts",
                leg.leg(),
                Legs.canary(serial++),
                sent,
                sent.plusSeconds(1),
                bad ? Result.REJECTED : Result.GOOD,
                bad ? Cause.RECIPIENT : Cause.NONE,
                bad ? "front:25 at rcpt: 550 5.1.1 <canary@peer.test>: User unknown" : "",
                bad ? "front:25" : "",
                bad ? null : Duration.ofSeconds(1)));
        decide(at.plusSeconds(1));
      }
    }
    return of("fronts");
  }

  @Test
  void oneFrontThatKnowsTheUserNoMoreIsNamedAndNotTheMailbox() {
    Attribution attribution = unknownUserAt(Set.of("192.0.2.2")).attribution();
    assertThat(attribution.component()).isEqualTo("192.0.2.2");
    assertThat(attribution.side()).isEqualTo(Attribution.Side.OURS);
  }

  @Test
  void aUserWhomAllFrontsKnowNoMoreIsTheMailboxs() {
    Attribution attribution =
        unknownUserAt(Set.of("192.0.2.1", "192.0.2.2", "192.0.2.3")).attribution();
    assertThat(attribution.component()).isEqualTo("mailbox box");
    assertThat(attribution.side()).isEqualTo(Attribution.Side.THEIRS);
  }

  @Test
  void whatARelayPassesOnIsHeldAgainstTheServerThatSaidIt() {
    List<Leg> legs = new ArrayList<>(receivers());
    // That mail from there is probed, too, does not make the partner's hosts ours.
    legs.add(
        Legs.leg(
            "from-peer3",
            MailPath.Kind.INBOUND,
            Optional.empty(),
            "peer3-out",
            "ours",
            "peer3.test",
            "notify.corp.test"));
    rules.watch(legs, T);
    for (int minute = 0; minute < 6; minute++) {
      for (Leg leg : legs) {
        Duration at = Duration.ofMinutes(minute);
        if (minute > 3 && leg.path().name().equals("to-peer3")) {
          outcome(
              "to-peer3",
              at,
              at.plusSeconds(6),
              Result.DEFERRED,
              Cause.SYSTEM,
              "mx.peer3.test: 451 4.3.2 System not accepting network messages",
              "mx.peer3.test");
        } else {
          good(leg.path().name(), at);
        }
      }
    }
    Incident incident =
        decisions.stream()
            .flatMap(one ->
                one instanceof Decision.Open(Incident opened, _)
                    ? Stream.of(opened)
                    : Stream.empty())
            .findFirst()
            .orElseThrow();
    assertThat(incident.attribution().component()).isEqualTo("mx.peer3.test");
    assertThat(incident.attribution().side()).isEqualTo(Attribution.Side.THEIRS);
    assertThat(incident.paths()).containsExactly("to-peer3");
  }

  @Test
  void someReceiversDeferSinceOurMxIsGone() {
    rules.watch(receivers(), T.minus(at("30S")));
    for (int i = 1; i <= 8; i++) {
      good("to-peer" + i, at("-5M").plusSeconds(i));
    }
    rules.changed(marker());
    rules.changed(gone());
    for (int round = 0; round < 2; round++) {
      for (int i = 1; i <= 8; i++) {
        Duration when = at("4M").plusSeconds(60L * round + i);
        if (i % 3 == 0 || i == 8) {
          refused("to-peer" + i, when);
        } else {
          good("to-peer" + i, when);
        }
      }
    }
    assertThat(decisions).filteredOn(Decision.Open.class::isInstance).hasSize(1);
    Incident first = last();
    assertThat(first.paths()).containsExactly("to-peer3", "to-peer6", "to-peer8");
    assertThat(first.share()).isEqualTo(new Share(3, 8));
    assertThat(first.title())
        .isEqualTo(
            "3 of 8 receivers of group receivers defer mail:"
                + " sender domain notify.corp.test, all 450 4.1.8");
    assertThat(first.attribution().side()).isEqualTo(Attribution.Side.OURS);
    assertThat(first.changesBefore().getFirst().sentence())
        .isEqualTo(
            "MX of notify.corp.test is gone since 09:58 (serial 2026112101, both servers);"
                + " 2 min after marker 'certificate ordered'; deferring since 10:04, 6 min 3 s later");

    rules.findings("dns:notify.corp.test", List.of(mxMissing()), T.plus(at("5M30S")));
    decide(at("5M31S"));
    Incident proven = last();
    assertThat(proven.id()).isEqualTo(first.id());
    assertThat(proven.attribution().confidence()).isEqualTo(Attribution.Confidence.PROVEN);
    assertThat(proven.attribution().component()).isEqualTo("MX of notify.corp.test");

    Notification page =
        PageWriter.of(
            Notification.Event.OPENED,
            proven,
            "it is so",
            "https://probe.example",
            T.plus(at("6M")));
    assertThat(page.text().headline())
        .contains("MX of notify.corp.test")
        .contains("3 of 8 receivers")
        .contains("since 10:04 UTC")
        .endsWith("our side, proven");
    assertThat(page.text().complete())
        .contains(REFUSED)
        .contains("marker 'certificate ordered'")
        .contains("Put the MX records back")
        .contains("https://wiki.example/mail")
        .contains("https://probe.example/api/v1/incidents/" + proven.id());
    assertThat(page.text().brief()).hasSizeLessThanOrEqualTo(300);
  }

  /// The first look saw one of two servers before the change.
  @Test
  void whatIsFoundNowLeadsAndNotWhatWasFoundAMomentAgo() {
    rules.watch(receivers(), T);
    Finding half = found("servers-disagree", Severity.PAGE, "A");
    Finding whole = found("cname-conflict", Severity.PAGE, "CNAME");
    Finding lesser = found("domain-alias", Severity.WARN, "CNAME");
    rules.findings("dns:notify.corp.test", List.of(half), T);
    decide(at("0S"));
    assertThat(last().attribution().component()).isEqualTo("A of notify.corp.test");
    rules.findings("dns:notify.corp.test", List.of(whole, lesser), T.plus(at("2S")));
    decide(at("3S"));
    assertThat(last().attribution().component()).isEqualTo("CNAME of notify.corp.test");
    assertThat(last().title()).contains("CNAME");
    assertThat(decisions).filteredOn(Decision.Open.class::isInstance).hasSize(1);

    // One look that shows less takes nothing back,
    rules.findings("dns:notify.corp.test", List.of(lesser), T.plus(at("4S")));
    decide(at("5S"));
    assertThat(last().attribution().confidence()).isEqualTo(Attribution.Confidence.PROVEN);
    // and what is there again leads again.
    rules.findings("dns:notify.corp.test", List.of(half, lesser), T.plus(at("6S")));
    decide(at("7S"));
    assertThat(last().attribution().component()).isEqualTo("A of notify.corp.test");
    rules.findings("dns:notify.corp.test", List.of(), T.plus(at("10S")));
    decide(at("11S"));
    assertThat(last().isOpen()).as("held on to").isTrue();
    decide(at("1M11S"));
    assertThat(last().isOpen()).isFalse();
  }

  private static Finding found(String tag, Severity severity, String type) {
    return new Finding(
        tag,
        severity,
        "notify.corp.test",
        type,
        "%s of notify.corp.test: %s".formatted(type, tag),
        "",
        List.of(),
        "");
  }

  @ParameterizedTest(name = "gone at {0}, back at {1}")
  @CsvSource({"-2M, 4M, 10:04", "0S, 50S, 10:00"})
  void whatWasPutBackIsNoCauseAndWhatWasDoneAfterwardsIsNone(
      String lost, String found, String shown) {
    rules.watch(receivers(), T.minus(at("30S")));
    Change gone = gone(at(lost));
    rules.changed(gone);
    for (int round = 0; round < 2; round++) {
      for (int i = 1; i <= 8; i++) {
        Duration when = Duration.ofSeconds(60L * round + i);
        if (i == 3) {
          refused("to-peer3", when);
        } else {
          good("to-peer" + i, when);
        }
      }
    }
    rules.changed(
        new Change(
            "c2",
            Change.Kind.RECORD,
            Severity.INFO,
            T.plus(at(found)),
            T.plus(at(found)),
            gone.name(),
            gone.type(),
            "MX of notify.corp.test is back",
            "",
            gone.after(),
            gone.before(),
            gone.servers()));
    rules.changed(
        new Change(
            "c3",
            Change.Kind.MARKER,
            Severity.INFO,
            T.plus(at("3M")),
            T.plus(at("3M")),
            "",
            "",
            "zone restored",
            "kim",
            List.of(),
            List.of(),
            List.of()));
    decide(at("5M"));
    assertThat(last().changesBefore()).extracting(ChangeBefore::id).containsExactly("c1");
    assertThat(last().timeline())
        .filteredOn(entry -> entry.kind() == TimelineEntry.Kind.RECOVERING)
        .extracting(TimelineEntry::text)
        .containsExactly(
            "MX of notify.corp.test is back since %s (serial 2026112101, both servers)"
                .formatted(shown));
  }

  @Test
  void anInternalPathPagesOnItsFirstBounce() {
    Leg leg =
        Legs.leg(
            "campus",
            MailPath.Kind.INTERNAL,
            Optional.empty(),
            "out",
            "hosted",
            "campus.test",
            "ugrad.campus.test");
    rules.watch(List.of(leg), T.minus(at("30S")));
    good("campus", at("-1M"));
    outcome(
        "campus",
        at("0S"),
        at("2S"),
        Result.BOUNCED,
        Cause.NEXT_HOP,
        "5.4.4 Host or domain name not found. Name service error for name=in.hosted.example",
        "out.corp.test:25");
    assertThat(decisions).hasSize(1);
    assertThat(last().severity()).isEqualTo(Severity.PAGE);
    assertThat(last().kind()).isEqualTo(IncidentKind.BOUNCING);
    assertThat(last().cause()).isEqualTo(Cause.NEXT_HOP);
    assertThat(last().attribution().component()).contains("relay out");
  }

  @Test
  void aBounceThatNamesAHostOnTheWayIsHeldAgainstThatHost() {
    Leg leg =
        Legs.leg(
            "campus",
            MailPath.Kind.INTERNAL,
            Optional.empty(),
            "out",
            "hosted",
            "campus.test",
            "ugrad.campus.test");
    Leg depending =
        new Leg(
            leg.path(),
            leg.leg(),
            leg.traits(),
            Set.of("campus.test", "ugrad.campus.test", "out.corp.test", "in.campus.test"),
            leg.hosts(),
            leg.silentAfter(),
            false);
    rules.watch(List.of(depending), T.minus(at("30S")));
    good("campus", at("-1M"));
    outcome(
        "campus",
        at("0S"),
        at("2S"),
        Result.BOUNCED,
        Cause.NEXT_HOP,
        "5.4.4 Host or domain name not found. Name service error for name=in.campus.test type=A",
        "out.corp.test:25");
    assertThat(last().title()).contains("in.campus.test");
    assertThat(last().attribution().component()).contains("in.campus.test");
    assertThat(last().attribution().side()).isEqualTo(Attribution.Side.OURS);
  }

  @Test
  void aSecondCauseOpensItsOwnIncident() {
    rules.watch(receivers(), T.minus(at("30S")));
    for (int round = 0; round < 2; round++) {
      refused("to-peer1", Duration.ofMinutes(round));
      outcome(
          "to-peer2",
          Duration.ofSeconds(60L * round + 3),
          Duration.ofSeconds(60L * round + 4),
          Result.BOUNCED,
          Cause.MAILBOX_FULL,
          "552 5.2.2 full",
          "mx.peer2.test");
      good("to-peer3", Duration.ofSeconds(60L * round + 5));
    }
    assertThat(decisions)
        .filteredOn(Decision.Open.class::isInstance)
        .extracting(one -> ((Decision.Open) one).incident().cause())
        .containsExactly(Cause.SENDER_DOMAIN, Cause.MAILBOX_FULL);
  }

  @Test
  void recoveryTakesThreeInARowAndAcknowledgingKeepsTheKey() {
    rules.watch(receivers(), T.minus(at("30S")));
    refused("to-peer1", at("0S"));
    refused("to-peer1", at("1M"));
    String key = last().dedupKey();
    Decision acknowledged = rules.acknowledge(last().id(), "ada", T.plus(at("90S")));
    assertThat(acknowledged).isInstanceOf(Decision.Acknowledge.class);
    good("to-peer1", at("2M"));
    good("to-peer1", at("3M"));
    assertThat(decisions).noneMatch(Decision.Resolve.class::isInstance);
    good("to-peer1", at("4M"));
    assertThat(decisions.getLast()).isInstanceOf(Decision.Resolve.class);
    assertThat(last().dedupKey()).isEqualTo(key);
    assertThat(last().acknowledgedAt()).isEqualTo(T.plus(at("90S")));
    assertThat(last().timeline())
        .extracting(TimelineEntry::kind)
        .containsExactly(
            TimelineEntry.Kind.OPENED,
            TimelineEntry.Kind.ACKNOWLEDGED,
            TimelineEntry.Kind.RESOLVED);
  }

  @Test
  void whatWasOpenBeforeARestartGoesOnUnderItsKeyAndEnds() {
    rules.watch(receivers(), T.minus(at("30S")));
    refused("to-peer1", at("0S"));
    refused("to-peer1", at("1M"));
    Incident open = last();
    IncidentRules after = new IncidentRules(RuleSettings.DEFAULT);
    after.watch(receivers(), T.plus(at("2M")));
    after.restore(open);
    assertThat(after.decide(T.plus(at("2M")))).noneMatch(Decision.Open.class::isInstance);
    List<Decision> seen = new ArrayList<>();
    for (int i = 3; i < 6; i++) {
      Instant sent = T.plus(Duration.ofMinutes(i));
      after.note(
          new Outcome(
              "to-peer1",
              "",
              Legs.canary(-i),
              sent,
              sent.plusSeconds(1),
              Result.GOOD,
              Cause.NONE,
              "",
              "",
              Duration.ofSeconds(1)));
      seen.addAll(after.decide(sent.plusSeconds(1)));
    }
    assertThat(seen.getLast()).isInstanceOf(Decision.Resolve.class);
    assertThat(((Decision.Resolve) seen.getLast()).incident().dedupKey())
        .isEqualTo(open.dedupKey());
  }

  @Test
  void tenThousandPathsWithOneCauseAreOneIncident() {
    List<Leg> legs = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      legs.add(Legs.outbound("p" + i, "out", "box" + i % 50, "peer" + i % 200 + ".test"));
    }
    legs.add(Legs.outbound("other", "second", "box-other", "other.test"));
    rules.watch(legs, T.minus(at("30S")));
    good("other", at("1S"));
    long began = System.nanoTime();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 10_000; i++) {
        Instant sent = T.plusSeconds(60L * round).plusMillis(i);
        rules.note(
            new Outcome(
                "p" + i,
                "",
                Legs.canary(round * 10_000L + i),
                sent,
                sent.plusMillis(100),
                Result.DEFERRED,
                Cause.CONNECTION,
                "out.corp.test:25 at connect: connection refused",
                "out.corp.test:25",
                null));
      }
    }
    List<Decision> made = rules.decide(T.plusSeconds(120));
    System.out.printf(
        "10,000 paths with one cause: %d decision in %.0f ms%n",
        made.size(), (System.nanoTime() - began) / 1e6);
    assertThat(made).hasSize(1);
    Incident incident = ((Decision.Open) made.getFirst()).incident();
    assertThat(incident.paths()).hasSize(10_000);
    assertThat(incident.dedupKey()).isEqualTo("mailcanary:relay:out");
    assertThat(incident.attribution().side()).isEqualTo(Attribution.Side.OURS);
    assertThat(incident.attribution().confidence()).isEqualTo(Attribution.Confidence.PROVEN);
  }
}
