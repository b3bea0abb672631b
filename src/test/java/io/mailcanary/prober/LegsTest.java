package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Stage;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Family;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Paths;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Vary;
import io.mailcanary.runtime.LegView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.submission.Route;
import io.mailcanary.submission.RoutePlan.Exchangers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LegsTest {
  private static final String DOMAIN = "hosted.example";

  private static MailPath each() {
    return Paths.with(Scene.path("each"), MailPath.EACH_MX, Vary.NOTHING);
  }

  private static Scene twoExchangers(MailPath path) {
    Scene scene = new Scene(path);
    scene.routes.domain(DOMAIN, "mx1.hosted.example", "mx2.hosted.example");
    scene.routes.host("mx1.hosted.example", "192.0.2.1", "2001:db8::1");
    scene.routes.host("mx2.hosted.example", "192.0.2.2");
    return scene;
  }

  private static List<String> names(Scene scene, String path) {
    return scene.view(path).legs().stream().map(LegView::name).toList();
  }

  private static List<String> legsOfAttempts(Scene scene) {
    return scene.relays.attempts.stream()
        .map(attempt -> scene.canary(scene.relays.attempts.indexOf(attempt)).leg())
        .toList();
  }

  /// A slot each minute, from the first full one.
  private static void minutes(Scene scene, int from, int to, String path) {
    for (int i = from; i < to; i++) {
      scene.at(i + "m").due(path);
    }
  }

  @Test
  void everyExchangerAndAddressTakesItsTurn() {
    Scene scene = twoExchangers(each()).start();
    minutes(scene, 0, 6, "each");
    assertThat(legsOfAttempts(scene))
        .hasSize(6)
        .startsWith(legsOfAttempts(scene).subList(3, 6).toArray(String[]::new))
        .contains(
            "mx=mx1.hosted.example,address=192.0.2.1",
            "mx=mx1.hosted.example,address=2001:db8:0:0:0:0:0:1",
            "mx=mx2.hosted.example,address=192.0.2.2");
    assertThat(scene.relays.attempts.getFirst().to().host()).endsWith(".hosted.example");
    assertThat(scene.relays.attempts.getFirst().to().tls().verify()).isFalse();
  }

  @Test
  void aFaultThatSticksToOneLegIsThatLegs() {
    Scene scene = twoExchangers(each());
    scene.relays.script(
        "mx:mx2.hosted.example/192.0.2.2",
        FakeRelays.answers(Stage.RCPT, "550 5.7.1 relaying denied"));
    scene.relays.whenTaken(
        attempt -> scene.hosted().put("INBOX", FakeReader.delivered(attempt.bytes())));
    scene.start();
    minutes(scene, 0, 9, "each");
    scene.isHealth("each", "degraded");
    assertThat(scene.reason("each"))
        .startsWith("leg mx=mx2.hosted.example,address=192.0.2.2 (1 of 3 failing): rejected: ")
        .contains("550 5.7.1 relaying denied");
    assertThat(scene.view("each").legs())
        .filteredOn(leg -> leg.health().health().word().equals("ok"))
        .extracting(LegView::successShare)
        .containsExactly(1.0, 1.0);
    assertThat(scene.board.tally("each").entries())
        .anySatisfy((key, count) -> {
          assertThat(key.leg()).isEqualTo("mx=mx2.hosted.example,address=192.0.2.2");
          assertThat(key.outcome()).isEqualTo("rejected");
          assertThat(count).isEqualTo(3);
        });
  }

  @Test
  void onAnInternalPathOneBadLegFails() {
    MailPath path = Paths.of(MailPath.Kind.INTERNAL, each());
    Scene scene = twoExchangers(path);
    scene.relays.script("mx:mx2.hosted.example/192.0.2.2", FakeRelays.refuses());
    scene.relays.whenTaken(
        attempt -> scene.hosted().put("INBOX", FakeReader.delivered(attempt.bytes())));
    scene.start();
    minutes(scene, 0, 3, "each");
    scene.isHealth("each", "failing");
  }

  @Test
  void theBurstGoesToTheLegInDoubt() {
    MailPath path =
        Paths.with(
            Paths.path("each", Duration.ofMinutes(1), new Confirm(3, Duration.ofSeconds(5))),
            MailPath.EACH_MX,
            Vary.NOTHING);
    Scene scene = twoExchangers(path);
    scene.relays.script("mx:mx2.hosted.example/192.0.2.2", FakeRelays.refuses());
    scene.relays.whenTaken(
        attempt -> scene.hosted().put("INBOX", FakeReader.delivered(attempt.bytes())));
    scene.start();
    minutes(scene, 0, 3, "each");
    scene.at("2m59s");
    assertThat(legsOfAttempts(scene))
        .hasSize(6)
        .filteredOn(leg -> leg.startsWith("mx=mx2"))
        .hasSize(4);
  }

  @Test
  void aLegThatVanishedIsRetiredAndANewOneIsProbed() {
    Scene scene = twoExchangers(each()).start().at("1s");
    assertThat(names(scene, "each")).hasSize(3);
    scene.routes.domain(DOMAIN, "mx1.hosted.example", "mx3.hosted.example");
    scene.routes.host("mx1.hosted.example", "192.0.2.1");
    scene.routes.host("mx3.hosted.example", "192.0.2.3");
    scene.at("31s");
    assertThat(names(scene, "each"))
        .containsExactly(
            "mx=mx1.hosted.example,address=192.0.2.1", "mx=mx3.hosted.example,address=192.0.2.3");
  }

  @Test
  void anExchangerWithoutAnAddressIsALegThatShowsIt() {
    Scene scene = twoExchangers(each());
    scene.routes.noHost("mx2.hosted.example");
    scene.start().at("1s");
    assertThat(names(scene, "each")).last().isEqualTo("mx=mx2.hosted.example");
    minutes(scene, 1, 4, "each");
    assertThat(scene.relays.attempts)
        .filteredOn(attempt -> attempt.route() instanceof Route.Through)
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.to().host()).isEqualTo("mx2.hosted.example"));
  }

  @Test
  void aDomainThatTakesNoMailIsAskedAllTheSame() {
    Scene scene = new Scene(each());
    scene.routes.domain(DOMAIN, new Exchangers.None("hosted.example: takes no mail"));
    scene.start();
    minutes(scene, 0, 1, "each");
    scene.at("10s");
    assertThat(scene.relays.attempts)
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.route()).isInstanceOf(Route.ToExchangers.class));
  }

  @Test
  void whileDnsFailsTheKnownLegsGoOnAndTheFailureIsOneOfItsOwn() {
    Scene scene = twoExchangers(each()).start().at("1s");
    scene.routes.domain(DOMAIN, new Exchangers.Unknown("hosted.example: server failure"));
    scene.at("31s");
    assertThat(names(scene, "each")).hasSize(4).last().isEqualTo("");
    scene.routes.domain(DOMAIN, "mx2.hosted.example");
    scene.at("40s");
    assertThat(scene.view("each").legs()).isEmpty();
    minutes(scene, 1, 2, "each");
    assertThat(legsOfAttempts(scene)).containsOnly("mx=mx2.hosted.example,address=192.0.2.2");
  }

  @Test
  void directMailTriesTheExchangersInOneAttempt() {
    Scene scene = new Scene(Paths.with(Scene.path("mx"), MailPath.MX, Vary.NOTHING)).start();
    scene.due("mx");
    assertThat(scene.relays.attempts)
        .singleElement()
        .satisfies(attempt ->
            assertThat(attempt.route())
                .isEqualTo(
                    new Route.ToExchangers(
                        Relay.DIRECT, Scene.path("mx").to().domain(), Family.ANY)));
    assertThat(scene.view("mx").legs()).isEmpty();
  }

  @Test
  void eachAddressOfARelayIsALeg() {
    MailPath path = Scene.path("a");
    Relay relay = Paths.eachAddress(Paths.relay("campus-out"), "smtp.campus.example");
    Scene scene = new Scene(Scene.plan(relay, Scene.mailbox("hosted", "/h"), path));
    scene.routes.host("smtp.campus.example", "192.0.2.9", "192.0.2.8");
    scene.start();
    minutes(scene, 0, 2, "a");
    assertThat(legsOfAttempts(scene))
        .containsExactlyInAnyOrder("address=192.0.2.8", "address=192.0.2.9");
    assertThat(scene.relays.attempts)
        .allSatisfy(attempt -> assertThat(attempt.route()).isInstanceOf(Route.At.class));
  }

  @Test
  void whatVariesIsALegEach() {
    Vary vary =
        new Vary(
            List.of(4_096L, 65_536L),
            List.of(),
            List.of(EmailAddress.parse("a@campus.example"), EmailAddress.parse("b@else.example")),
            List.of());
    Scene scene = new Scene(Paths.with(Scene.path("a"), "campus-out", vary)).start();
    minutes(scene, 0, 4, "a");
    assertThat(legsOfAttempts(scene))
        .containsExactlyInAnyOrder(
            "size=4KB,from=a@campus.example",
            "size=4KB,from=b@else.example",
            "size=64KB,from=a@campus.example",
            "size=64KB,from=b@else.example");
    scene.relays.attempts.forEach(attempt -> {
      int n = scene.relays.attempts.indexOf(attempt);
      String leg = scene.canary(n).leg();
      assertThat(attempt.bytes().length).isGreaterThan(leg.contains("64KB") ? 60_000 : 4_000);
      assertThat(leg).endsWith("from=" + attempt.message().sender());
    });
  }

  @Test
  void aDeferredCanaryGoesOnByItsOwnLegAfterARestart() {
    Scene scene = twoExchangers(each());
    scene.relays.script(
        "mx:mx2.hosted.example/192.0.2.2", FakeRelays.defers(), FakeRelays.accepts());
    scene.start();
    for (int i = 0; scene.relays.attempts.isEmpty() || !lastIsDeferred(scene); i++) {
      scene.at(i + "m").due("each");
    }
    int deferred = scene.relays.attempts.size() - 1;
    scene.restart();
    scene.time.advance(Duration.ofSeconds(20));
    assertThat(scene.relays.attempts).hasSize(deferred + 2);
    assertThat(scene.relays.attempts.getLast().route())
        .isEqualTo(scene.relays.attempts.get(deferred).route());
  }

  private static boolean lastIsDeferred(Scene scene) {
    return scene.canary(scene.relays.attempts.size() - 1).state().word().equals("deferred");
  }

  @Test
  void twoRelaysTakeTurns() {
    Vary vary = new Vary(List.of(), List.of("one", "two"), List.of(), List.of());
    MailPath path = Paths.with(Scene.path("a"), "one", vary);
    Scene scene =
        new Scene(
            new Plan(
                Map.of("one", Paths.relay("one"), "two", Paths.relay("two")),
                Map.of("hosted", Scene.mailbox("hosted", "/h")),
                Map.of(),
                Map.of("a", path),
                ServiceSettings.DEFAULT));
    scene.relays.script("two", FakeRelays.isUnreachable());
    scene.relays.whenTaken(
        attempt -> scene.hosted().put("INBOX", FakeReader.delivered(attempt.bytes())));
    scene.start();
    minutes(scene, 0, 4, "a");
    assertThat(scene.submissions().subList(0, 2))
        .containsExactlyInAnyOrder("submit to one", "submit to two");
    scene.isHealth("a", "degraded");
    assertThat(scene.reason("a")).startsWith("leg via=two (1 of 2 deferring): deferred: ");
  }
}
