package io.mailcanary.incident;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.incident.Simulation.Fate;
import io.mailcanary.incident.Simulation.Fault;
import io.mailcanary.incident.Simulation.Noise;
import io.mailcanary.incident.Simulation.Told;
import io.mailcanary.mail.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Each class of faults, injected into the same noise that wakes nobody by itself.
class FaultsTest {
  private static final long WARM = 6 * 3600;
  private static final String DNS_WORDS =
      "450 4.1.8 <canary@notify.corp.test>: Sender address rejected: Domain not found";

  private static Simulation simulation(long seed) {
    return new Simulation(RuleSettings.DEFAULT, Simulation.forty(), Noise.USUAL, seed);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            "a relay refuses connections",
            70L,
            on(
                "relay1",
                Fate.refused(
                    Result.DEFERRED,
                    Cause.CONNECTION,
                    "connection refused",
                    "relay1.corp.test:25"))),
        Arguments.of(
            "a receiver defers everything",
            70L,
            at(
                "peer3.test",
                Fate.refused(
                    Result.DEFERRED, Cause.SYSTEM, "451 4.3.0 try later", "mx.peer3.test"))),
        Arguments.of(
            "some receivers refuse our sender domain",
            70L,
            (Fault)
                (leg, _, _) ->
                    "notify.corp.test".equals(leg.traits().get(Trait.SENDER_DOMAIN))
                            && List.of("peer1.test", "peer3.test")
                                .contains(leg.traits().get(Trait.RECIPIENT_DOMAIN))
                        ? Fate.refused(
                            Result.DEFERRED, Cause.SENDER_DOMAIN, DNS_WORDS, "mx.peer.test")
                        : null),
        Arguments.of(
            "an internal next hop is gone, so mail bounces",
            70L,
            path(
                "p01",
                Fate.refused(
                    Result.BOUNCED,
                    Cause.NEXT_HOP,
                    "5.4.4 Host or domain name not found",
                    "relay1.corp.test"))),
        Arguments.of(
            "a login is refused",
            70L,
            on(
                "relay2",
                Fate.refused(
                    Result.REJECTED, Cause.LOGIN, "535 5.7.8 no", "relay2.corp.test:587"))),
        Arguments.of("a mailbox's mail is swallowed", 100L, in("box3", Fate.lost())),
        Arguments.of("one path loses everything", 100L, path("p22", Fate.lost())),
        Arguments.of("a path takes minutes", 100L, path("p23", Fate.arrives(200_000))),
        Arguments.of(
            "mail goes to junk",
            100L,
            path("p24", new Fate(Result.MISFILED, 900, Cause.NONE, "in folder Junk", "", null))),
        Arguments.of(
            "a negative canary is let through",
            140L,
            path("p25", new Fate(Result.UNCAUGHT, 900, Cause.NONE, "", "", null))),
        Arguments.of(
            "greylisting without end",
            17 * 60L,
            path(
                "p26",
                new Fate(
                    Result.GREYLISTED,
                    100,
                    Cause.GREYLIST,
                    "450 4.2.0 Greylisted",
                    "mx.peer2.test",
                    null))));
  }

  private static Fault on(String relay, Fate fate) {
    return (leg, _, _) -> relay.equals(leg.traits().get(Trait.RELAY)) ? fate : null;
  }

  private static Fault at(String recipient, Fate fate) {
    return (leg, _, _) -> recipient.equals(leg.traits().get(Trait.RECIPIENT_DOMAIN)) ? fate : null;
  }

  private static Fault in(String mailbox, Fate fate) {
    return (leg, _, _) -> mailbox.equals(leg.traits().get(Trait.MAILBOX)) ? fate : null;
  }

  private static Fault path(String name, Fate fate) {
    return (leg, _, _) -> name.equals(leg.path().name()) ? fate : null;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void eachFaultPagesOnceInTimeAndEnds(String what, long within, Fault fault) {
    for (long seed = 1; seed <= 5; seed++) {
      Simulation run = simulation(seed).during(WARM, WARM + 4 * 3600, fault).run(WARM + 12 * 3600);
      assertThat(run.pages()).as("%s, run %d", what, seed).hasSize(1);
      assertThat(run.pages().getFirst().second()).isBetween(WARM, WARM + within);
      assertThat(run.ending()).isInstanceOf(Decision.Resolve.class);
    }
  }

  @Test
  void duplicatesAndLostAuthenticationAreToldButWakeNobody() {
    for (Result result : List.of(Result.DUPLICATED, Result.UNAUTHENTICATED)) {
      Simulation run =
          simulation(3)
              .during(
                  WARM, WARM + 3600, path("p24", new Fate(result, 900, Cause.NONE, "", "", null)))
              .run(WARM + 7200);
      assertThat(run.opened()).hasSize(1);
      assertThat(run.opened().getFirst().severity()).isEqualTo(Severity.WARN);
    }
  }

  @Test
  void aPathThatBecomesTenTimesSlowerWithinItsPromiseIsTold() {
    Simulation run =
        new Simulation(RuleSettings.DEFAULT, Simulation.forty(), new Noise(0, 0, false), 3)
            .during(
                4 * WARM,
                5 * WARM,
                (leg, _, random) ->
                    leg.path().name().equals("p30")
                        ? Fate.arrives(Math.round(8000 * Math.exp(0.3 * random.nextGaussian())))
                        : null)
            .run(5 * WARM);
    List<Incident> slow =
        run.opened().stream().filter(one -> one.kind() == IncidentKind.SLOW).toList();
    assertThat(slow).hasSize(1);
    assertThat(slow.getFirst().paths()).containsExactly("p30");
    assertThat(slow.getFirst().severity()).isEqualTo(Severity.WARN);
  }

  @Test
  void aBlindMailboxIsOneIncidentOfTheObserverAndBlamesNoPath() {
    Simulation run = simulation(4);
    run.blind("box2", WARM, WARM + 3600)
        .during(WARM, WARM + 3600, in("box2", Fate.lost()))
        .run(WARM + 3000);
    assertThat(run.opened()).hasSize(1);
    Incident incident = run.opened().getFirst();
    assertThat(incident.kind()).isEqualTo(IncidentKind.BLIND);
    assertThat(incident.attribution().side()).isEqualTo(Attribution.Side.OBSERVER);
    assertThat(incident.paths()).hasSize(8);
  }

  @Test
  void whatComesAndGoesIsDampedUnderOneKey() {
    for (long seed = 1; seed <= 5; seed++) {
      Simulation run =
          simulation(seed)
              .during(
                  WARM,
                  WARM + 4 * 3600,
                  (leg, _, random) ->
                      leg.path().name().equals("p22") && random.nextInt(3) == 0
                          ? Fate.lost()
                          : null)
              .run(WARM + 12 * 3600);
      assertThat(run.pages()).hasSizeBetween(1, 4);
      // It may begin as a warning that the path has become slow.
      assertThat(run.pages())
          .extracting(one -> Simulation.incident(one.decision()).dedupKey())
          .containsOnly("mailcanary:path:p22");
      assertThat(run.ending()).isInstanceOf(Decision.Resolve.class);
    }
  }

  @Test
  void ordinaryGreylistingWakesNobody() {
    Fate later = new Fate(Result.SLOW, 14 * 60_000, Cause.NONE, "", "", null);
    Simulation run =
        simulation(5)
            .during(
                WARM,
                WARM + 14 * 60,
                path(
                    "p26",
                    new Fate(Result.GREYLISTED, 100, Cause.GREYLIST, "450 4.2.0", "", later)))
            .run(WARM + 7200);
    assertThat(run.opened()).isEmpty();
  }

  @Test
  void aSteadyShareOfDeferralsIsFoundWithinTheHour() {
    List<Double> minutes = new ArrayList<>();
    for (int seed = 0; seed < 200; seed++) {
      Simulation run =
          new Simulation(
                  RuleSettings.DEFAULT, Simulation.forty().subList(8, 9), Noise.USUAL, 1000 + seed)
              .during(
                  WARM,
                  WARM + 86_400,
                  (_, _, random) ->
                      random.nextInt(10) == 0
                          ? new Fate(
                              Result.DEFERRED,
                              150,
                              Cause.SYSTEM,
                              "451 4.3.2 busy",
                              "mx.peer0.test",
                              Fate.arrives(61_000))
                          : null);
      run.run(WARM);
      for (int i = 0; i < 1440 && run.pages().isEmpty(); i++) {
        run.run(60);
      }
      Told page = run.pages().getFirst();
      minutes.add((page.second() - WARM) / 60.0);
    }
    minutes.sort(null);
    System.out.printf(
        "a steady 10 %% deferral at one a minute: median %.0f min, 95 %% within %.0f min%n",
        minutes.get(100), minutes.get(190));
    assertThat(minutes.get(100)).isLessThan(60);
    assertThat(minutes.get(190)).isLessThan(120);
  }
}
