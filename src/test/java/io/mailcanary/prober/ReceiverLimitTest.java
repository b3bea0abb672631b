package io.mailcanary.prober;

import static io.mailcanary.prober.FakeRelays.accepts;
import static io.mailcanary.prober.FakeRelays.defers;
import static io.mailcanary.prober.FakeRelays.refuses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Part;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// No receiver gets more from us within a minute than it is said, whoever asks for it.
class ReceiverLimitTest {
  private static Plan limited(int most, MailPath... paths) {
    return Scene.plan(ServiceSettings.DEFAULT.site(), most, paths);
  }

  private static MailPath[] paths(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> Scene.path("p" + number))
        .toArray(MailPath[]::new);
  }

  private static String[] names(int count) {
    return IntStream.range(0, count).mapToObj(number -> "p" + number).toArray(String[]::new);
  }

  @Test
  void turnsBeyondTheLimitArePassedOverSaidAndNobodysFault() {
    Scene scene = new Scene(limited(10, paths(12))).start();
    scene.at("1s").due(names(12)).at("2s");

    assertThat(scene.submissions()).hasSize(10);
    assertThat(scene.ledger.journal()).noneMatch(entry -> entry.canary().path().equals("p11"));
    assertThat(scene.withheld).containsExactly("turn", "turn");
    scene.isHealth("p11", "pending");
    assertThat(scene.reason("p11"))
        .isEqualTo(
            "no result yet: no more than 10 canaries a minute may go to hosted.example"
                + " (service.receiver-limit)");
    assertThat(scene.board.part("receiver-limit"))
        .hasValueSatisfying(part -> assertThat(part.ok()).isFalse())
        .map(Part::reason)
        .contains(
            "turns were passed over within the last minute (2): no more than 10 canaries a minute"
                + " may go to hosted.example (service.receiver-limit)");
    assertThat(scene.board.troubles()).extracting(Part::name).containsExactly("receiver-limit");
  }

  @Test
  void aMinuteLaterThereIsRoomAgainAndAllIsWell() {
    Scene scene = new Scene(limited(10, paths(12))).start();
    scene.at("1s").due(names(12)).at("65s").due("p11");

    assertThat(scene.submissions()).hasSize(11);
    scene.arrives(10);
    scene.isHealth("p11", "ok");
    assertThat(scene.board.part("receiver-limit")).isEmpty();
  }

  @Test
  void whatTheTurnsLeaveIsSharedByTheReplicas() {
    Scene scene = new Scene(limited(10, paths(4))).start();
    scene.prober.share(_ -> true, 3);
    for (int request = 0; request < 2; request++) {
      assertThat(scene.prober.sendNow("p0")).isPresent();
    }
    assertThatThrownBy(() -> scene.prober.sendNow("p0")).isInstanceOf(WithheldException.class);
    scene.due(names(4)).at("1s");
    assertThat(scene.submissions()).as("turns are not shared: each is one replica's").hasSize(6);

    scene.prober.share(_ -> true, 1);
    assertThat(scene.prober.sendNow("p0")).as("it is alone again").isPresent();
  }

  @Test
  void withinAnyMinuteItIsNoMore() {
    Scene scene = new Scene(limited(10, paths(1))).start();
    for (int second = 0; second < 600; second++) {
      scene.at(second + "s").due("p0");
    }
    List<Long> sent = scene.relays.attempts.stream().map(one -> one.at().getEpochSecond()).toList();
    assertThat(sent).hasSizeGreaterThanOrEqualTo(80);
    for (long at : sent) {
      assertThat(sent.stream().filter(one -> one >= at && one < at + 60)).hasSizeBetween(1, 10);
    }
  }

  @Test
  void aPathThatIsNeverSentIsBlindForThatReason() {
    Scene scene = new Scene(limited(1, Scene.path("a"), Scene.path("b"))).start();
    scene.at("1s").due("b");
    scene.arrives(0);
    for (int minute = 1; minute < 12; minute++) {
      scene.at(minute * 65 + "s").due("a", "b");
    }
    scene.isHealth("b", "blind");
    assertThat(scene.reason("b")).startsWith("no canary was sent for").contains("receiver-limit");
  }

  @Test
  void anotherReceiverIsNotConcerned() {
    MailPath other = Paths.to("canary@campus.example", "canary@other.example", "hosted");
    Scene scene = new Scene(limited(1, Scene.path("a"), Scene.path("b"), other)).start();
    scene.due("a", "b", other.name()).at("1s");

    assertThat(scene.relays.attempts)
        .extracting(attempt -> attempt.message().recipient())
        .containsExactly(
            EmailAddress.parse("canary@hosted.example"),
            EmailAddress.parse("canary@other.example"));
  }

  @Test
  void aDoubtTakesWhatTheTurnsLeave() {
    MailPath path =
        Paths.path("a", Duration.ofSeconds(20), new Confirm(20, Duration.ofMillis(250)));
    Scene scene = new Scene(limited(10, path)).start();
    scene.relays.script("campus-out", refuses());
    scene.due("a").at("10s");

    assertThat(scene.submissions()).hasSize(8);
    assertThat(scene.withheld).hasSize(13).containsOnly("confirmation");
    // Its turns still come.
    scene.at("20s").due("a").at("40s").due("a");
    assertThat(scene.submissions()).hasSize(10);
    assertThat(scene.board.part("receiver-limit")).isEmpty();
  }

  @Test
  void whoPressesTheButtonAgainAndAgainIsRefused() {
    Scene scene = new Scene(limited(10, paths(6))).start();
    for (int i = 0; i < 4; i++) {
      scene.prober.sendNow("p0");
    }
    assertThatThrownBy(() -> scene.prober.sendNow("p1"))
        .isInstanceOf(WithheldException.class)
        .hasMessage(
            "no more than 10 canaries a minute may go to hosted.example (service.receiver-limit)");
    assertThat(scene.submissions()).hasSize(4);
    scene.due(names(6)).at("1s");
    assertThat(scene.submissions()).hasSize(10);
  }

  @Test
  void whatWasHeldBackIsNotPouredOutAtOnce() {
    Scene scene = new Scene(limited(10, paths(9))).start();
    scene.relays.script("campus-out", defers());
    scene.due(names(9));
    scene.at("50s");
    int before = scene.relays.attempts.size();
    assertThat(before).isBetween(9, 10);
    scene.relays.script("campus-out", accepts());
    scene.at("30m");

    assertThat(scene.relays.attempts.size()).isGreaterThanOrEqualTo(18);
    List<Long> times =
        scene.relays.attempts.stream().map(one -> one.at().getEpochSecond()).toList();
    for (long at : times) {
      assertThat(times.stream().filter(one -> one >= at && one < at + 60)).hasSizeBetween(1, 10);
    }
    assertThat(IntStream.range(0, 9).mapToObj(scene::canary))
        .allSatisfy(canary -> assertThat(canary.state().word()).isNotEqualTo("deferred"));
    assertThat(scene.withheld).containsOnly("retry");
  }
}
