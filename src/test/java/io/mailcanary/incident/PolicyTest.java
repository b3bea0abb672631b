package io.mailcanary.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.MailPath;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private static Optional<MailPath> path(String name) {
    return Optional.of(
        Legs.path(
            name,
            MailPath.Kind.OUTBOUND,
            name.startsWith("u") ? Optional.of("undergraduate") : Optional.empty(),
            Legs.alert()));
  }

  private static Incident incident(String... paths) {
    return new Incident(
        "1",
        "key",
        IncidentState.OPEN,
        Severity.PAGE,
        IncidentKind.DEFERRING,
        "title",
        List.of(paths),
        new Share(1, 1),
        Cause.UNKNOWN,
        Attribution.UNKNOWN,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        NOW,
        null,
        null);
  }

  private static Match group(String group) {
    return new Match(
        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(group), Map.of());
  }

  private static Route route(Match match, String to, boolean goesOn) {
    return new Route(match, List.of(to), List.of(), Optional.of(Duration.ofHours(4)), goesOn);
  }

  @Test
  void theFirstRouteThatMatchesIsTakenAndThoseAfterItOnlyWhereItGoesOn() {
    Route warn =
        route(
            new Match(
                Optional.of(Severity.WARN),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of()),
            "chat",
            false);
    Route mine = route(group("undergraduate"), "desk", true);
    Route all = route(Match.EVERYTHING, "oncall", false);
    Route never = route(Match.EVERYTHING, "nobody", false);
    assertThat(
            Policy.routes(incident("u1", "x"), List.of(warn, mine, all, never), PolicyTest::path))
        .containsExactly(mine, all);
    assertThat(Policy.routes(incident("x"), List.of(warn, mine, all, never), PolicyTest::path))
        .containsExactly(all);
  }

  @Test
  void aSilenceForSomeOfThePathsSilencesNothingThatHitsOthersToo() {
    Silence silence =
        new Silence(
            "s", group("undergraduate"), NOW.minusSeconds(60), NOW.plusSeconds(60), "move", "ada");
    assertThat(Policy.silence(incident("u1"), List.of(silence), PolicyTest::path, NOW))
        .contains(silence);
    assertThat(Policy.silence(incident("u1", "x"), List.of(silence), PolicyTest::path, NOW))
        .isEmpty();
    assertThat(
            Policy.silence(incident("u1"), List.of(silence), PolicyTest::path, NOW.plusSeconds(60)))
        .isEmpty();
  }

  @Test
  void peopleAreRemindedOfWhatNobodyTookOn() {
    Route route = route(Match.EVERYTHING, "oncall", false);
    assertThat(Policy.reminder(incident("x"), route, NOW, NOW.plus(Duration.ofHours(3))))
        .isInstanceOf(Decision.Nothing.class);
    assertThat(Policy.reminder(incident("x"), route, NOW, NOW.plus(Duration.ofHours(4))))
        .isInstanceOf(Decision.Remind.class);
  }
}
