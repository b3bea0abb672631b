package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportsTest {
  private final Scene scene = new Scene(Scene.path("a"));

  private FoundMessage comes(String report) {
    return scene.hosted().put("INBOX", report);
  }

  private List<String> kinds(int attempt) {
    return scene.prober.events(scene.id(attempt)).stream().map(event -> event.kind()).toList();
  }

  private Map<String, Object> detail(int attempt, String kind) {
    return scene.prober.events(scene.id(attempt)).stream()
        .filter(event -> event.kind().equals(kind))
        .findFirst()
        .orElseThrow()
        .detail();
  }

  @Test
  void aBounceFailsThePathAtOnceAndIsRemovedOnceItIsOnRecord() {
    scene.start().due("a").at("5s");
    scene.ledger.hold();
    FoundMessage bounce = comes(Bounces.failed(scene.sent(0)));
    scene.isStateOf(0, "bounced").isHealth("a", "failing");
    assertThat(scene.reason("a"))
        .isEqualTo("bounced: in.hosted.example: 550 5.1.1 <canary@hosted.example>: unknown");
    assertThat(scene.canary(0).cause().word()).isEqualTo("recipient");
    assertThat(scene.hosted().deleted).isEmpty();
    scene.ledger.release();
    assertThat(scene.hosted().deleted).containsExactly(bounce.key());
    assertThat(detail(0, "bounced"))
        .containsEntry("action", "failed")
        .containsEntry("replyCode", 550)
        .containsEntry("status", "5.1.1")
        .containsEntry("remoteMta", "in.hosted.example")
        .containsEntry("reportingMta", "mx.test")
        .containsEntry("persistence", "permanent")
        .containsEntry("tiedBy", "message-id");
  }

  @Test
  void aDelayWarningDefersAndIsNeverAFailure() {
    scene.start().due("a").at("10s");
    comes(Bounces.delayed(scene.sent(0)));
    scene.isStateOf(0, "deferred").isHealth("a", "deferring");
    assertThat(scene.reason("a"))
        .isEqualTo("deferred: in.hosted.example: 451 4.2.0 try again later");
    // Somebody else holds it: it is not sent again, nor overdue.
    scene.at("30m").isStateOf(0, "deferred");
    assertThat(scene.relays.attempts).hasSize(1);
    scene.at("61m").isStateOf(0, "lost");
    assertThat(scene.canary(0).cause().word()).isEqualTo("expired");
  }

  @Test
  void whatWasDelayedArrivesAllTheSame() {
    scene.start().due("a").at("10s");
    comes(Bounces.delayed(scene.sent(0)));
    scene.at("4m").arrives(0);
    scene.isStateOf(0, "delivered");
    assertThat(kinds(0)).contains("delay-reported", "sighted");
  }

  @Test
  void whatWasDelayedMayBounceInTheEnd() {
    scene.start().due("a").at("10s");
    comes(Bounces.delayed(scene.sent(0)));
    scene.at("20m");
    comes(Bounces.report("failed", "4.4.7", "451 4.2.0 try again later", scene.sent(0), ""));
    scene.isStateOf(0, "bounced");
  }

  @Test
  void anArrivalTakesABounceBackInWords() {
    scene.start().due("a").at("5s");
    comes(Bounces.failed(scene.sent(0)));
    scene.isHealth("a", "failing").at("20s").arrives(0);
    scene.isStateOf(0, "delivered").isHealth("a", "ok");
    assertThat(scene.reason("a"))
        .startsWith("delivered in ")
        .endsWith("; the bounce that came before was wrong");
    assertThat(kinds(0)).containsSubsequence("bounced", "sighted");
  }

  @Test
  void aBounceAfterTheArrivalIsOnRecordAndChangesNothing() {
    scene.start().due("a").at("5s").arrives(0);
    FoundMessage bounce = comes(Bounces.failed(scene.sent(0)));
    scene.isStateOf(0, "delivered").isHealth("a", "ok");
    assertThat(kinds(0)).contains("bounced");
    assertThat(scene.hosted().holds(bounce)).isFalse();
  }

  @Test
  void aSecondTellingOfABounceIsOneFact() {
    scene.start().due("a").at("5s");
    FoundMessage bounce = comes(Bounces.failed(scene.sent(0)));
    scene.hosted().held(bounce);
    scene.hosted().see();
    scene.hosted().see();
    assertThat(kinds(0)).filteredOn("bounced"::equals).hasSize(1);
  }

  @Test
  void aBounceIsStillKnownAfterARestart() {
    scene.start().due("a").at("5s");
    scene.restart();
    comes(Bounces.failed(scene.sent(0)));
    scene.isStateOf(0, "bounced");
  }

  @Test
  void aReportOfProgressProvesThatADoubtfulOneWasTaken() {
    scene.relays.script("campus-out", FakeRelays.breaksOff());
    scene.start().due("a").at("5s");
    assertThat(scene.canary(0).isDoubtful()).isTrue();
    comes(Bounces.report("relayed", "2.0.0", "250 ok", scene.sent(0), ""));
    scene.isStateOf(0, "in-transit");
    assertThat(scene.canary(0).isDoubtful()).isFalse();
    assertThat(detail(0, "progress-reported")).containsEntry("action", "relayed");
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource({
    "a report of mail that is not ours, foreign, foreign-bounce",
    "a report with a tag that is not ours, forged, forged",
  })
  void whatIsNotOursIsCountedAndLeft(String sentence, String what, String counted) {
    scene.start().due("a").at("5s");
    String sent = scene.sent(0);
    String tag = scene.relays.attempts.getFirst().tag();
    String other = what.equals("forged") ? tag.substring(0, tag.length() - 4) + "0000" : "other";
    FoundMessage report = comes(Bounces.failed(sent).replace(tag, other));
    scene.hosted().see();
    scene.isStateOf(0, "in-transit");
    assertThat(scene.unverified).as(sentence).containsExactly(counted);
    assertThat(scene.hosted().holds(report)).isTrue();
  }

  @Test
  void theEnvelopeIdIsSurerThanTheMessageId() {
    scene.start().due("a").at("5s");
    String tag = scene.relays.attempts.getFirst().tag();
    comes(Bounces.report("failed", "5.0.0", "550 no", scene.sent(0), tag));
    assertThat(detail(0, "bounced")).containsEntry("tiedBy", "envelope-id");
  }

  @Test
  void aMailboxOfItsOwnForBouncesIsLookedAtWhenABounceIsLikely() {
    Scene apart =
        new Scene(
            new Plan(
                Map.of("campus-out", Paths.relay("campus-out")),
                Map.of(
                    "hosted", Scene.mailbox("hosted", "/h"),
                    "returns", Scene.mailbox("returns", "/r")),
                Map.of(),
                Map.of("a", Paths.bouncesTo(Scene.path("a"), "returns")),
                ServiceSettings.DEFAULT));
    apart.start();
    FakeReader returns = apart.readersOf("returns").getLast();
    returns.keepSilent();
    apart.due("a").at("1s");
    returns.put("INBOX", Bounces.failed(apart.sent(0)));
    apart.at("3s").isStateOf(0, "bounced");
  }

  @Test
  void theSilenceOfANegativeCanaryIsTheFailure() {
    MailPath caught = Paths.expecting(Scene.path("a"), Expectation.Outcome.BOUNCED);
    Scene negative = new Scene(caught).start().due("a");
    negative.at("40s").isHealth("a", "degraded");
    assertThat(negative.reason("a")).isEqualTo("slow: no bounce after 40 s");
    negative.at("6m").isHealth("a", "failing");
    assertThat(negative.reason("a")).endsWith("it should have bounced");
    negative.hosted().put("INBOX", Bounces.failed(negative.sent(0)));
    negative.isHealth("a", "ok");
    assertThat(negative.view("a").successShare()).isEqualTo(1.0);
  }

  @Test
  void whatShouldBeRejectedAndIsTakenFailsAtOnce() {
    MailPath caught = Paths.expecting(Scene.path("a"), Expectation.Outcome.REJECTED);
    Scene negative = new Scene(caught).start().due("a").isHealth("a", "failing");
    assertThat(negative.reason("a")).isEqualTo("taken: it should have been rejected");
    negative.relays.script("campus-out", FakeRelays.refuses());
    negative.at("1m").due("a");
    negative.at("2m").due("a");
    negative.at("3m").due("a").isHealth("a", "ok");
    assertThat(negative.reason("a")).startsWith("rejected, as it should be: ");
  }
}
