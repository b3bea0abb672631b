package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.LegView;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.ServiceSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Several replicas, of one site or of several, write one record.
class SitesTest {
  private static final MailPath PATH = Paths.from(Scene.path("p"), "north", "south");

  private final Scene north = at("north").start();
  private final Scene south = at("south").start();

  private static Scene at(String site) {
    return new Scene(
        Scene.plan(site, ServiceSettings.DEFAULT.receiverLimit(), PATH, Scene.path("q")));
  }

  private static Canary found(Canary canary, Scene scene) {
    Arrival arrival =
        new Arrival(scene.now(), Duration.ZERO, scene.now(), "hosted", "INBOX", "elsewhere-1");
    return CanaryLifecycle.next(
        canary, new CanaryEvent.Sighted(scene.now(), arrival, false, List.of(), List.of()));
  }

  @Test
  void eachSiteIsJudgedByItselfAndTheyTogether() {
    assertThat(north.view("p").legs())
        .extracting(LegView::name)
        .containsExactly("site=north", "site=south");
    north.due("p").arrives(0);
    south.relays.script("campus-out", FakeRelays.refuses());
    south.due("p");

    north.prober.learned(south.canary(0), "campus-out at rcpt: 550 5.1.1 no such user");

    PathView view = north.view("p");
    assertThat(view.legs())
        .extracting(leg -> leg.name() + " " + leg.health().health().word())
        .containsExactly("site=north ok", "site=south failing");
    assertThat(view.health().health().word()).isEqualTo("degraded");
    assertThat(view.health().reason())
        .isEqualTo(
            "leg site=south (1 of 2 failing): rejected: campus-out at rcpt: 550 5.1.1 no such user");
  }

  @Test
  void aSiteThatFallsSilentIsBlind() {
    south.due("p");
    north.prober.learned(found(south.canary(0), south), "");
    for (int minute = 0; minute < 20; minute++) {
      north.at(minute + "m").due("p").arrives(minute);
    }
    assertThat(north.view("p").legs())
        .extracting(leg -> leg.name() + " " + leg.health().health().word())
        .containsExactly("site=north ok", "site=south blind");
  }

  /// Whoever finds it first books and deletes it.
  @Test
  void whatAnotherReplicaFoundIsNotLookedForInVain() {
    north.due("q").isStateOf(0, "in-transit").at("2s");

    north.prober.learned(found(north.canary(0), north), "");

    assertThat(north.isInMemory(0)).isFalse();
    north.isHealth("q", "ok").at("2h");
    assertThat(north.ledger.journal())
        .extracting(entry -> entry.canary().state().word())
        .doesNotContain("overdue", "lost");
  }

  @Test
  void whatWeKnowBetterIsKept() {
    north.due("q");
    Canary before = north.canary(0);
    north.relays.script("campus-out", FakeRelays.refuses());
    north.at("60s").due("q");
    assertThat(north.reason("q")).contains("550 5.1.1 no such user");

    north.prober.learned(before, "");
    north.prober.learned(north.canary(1), "");

    north.isStateOf(0, "in-transit").isHealth("q", "failing");
    assertThat(north.reason("q")).contains("550 5.1.1 no such user");
  }
}
