package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Paths;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RoundTripTest {
  private static final MailPath TRIP = Paths.of(MailPath.Kind.ROUND_TRIP, Scene.path("trip"));

  private final Scene scene =
      new Scene(
          new Plan(
              Map.of("campus-out", Paths.relay("campus-out")),
              Map.of(
                  "hosted",
                  Scene.mailbox("hosted", "/h"),
                  "far",
                  new Mailbox.Maildir(
                      "far",
                      Path.of("/f"),
                      List.of(),
                      Duration.ofSeconds(30),
                      false,
                      true,
                      List.of())),
              Map.of(),
              Map.of("trip", TRIP),
              ServiceSettings.DEFAULT));

  private FakeReader far() {
    return scene.readersOf("far").getLast();
  }

  private String answer() {
    return FakeReader.delivered(scene.relays.attempts.getLast().bytes());
  }

  private List<String> kinds() {
    return scene.prober.events(scene.id(0)).stream().map(event -> event.kind()).toList();
  }

  @Test
  void theFarEndAnswersOnceAndTheAnswerIsTheArrival() {
    scene.start().due("trip").at("3s");
    assertThat(scene.sent(0)).doesNotContain("Auto-Submitted", "OOF");
    far().put("INBOX", scene.sent(0));
    assertThat(scene.relays.attempts).hasSize(2);
    FakeRelays.Attempt reply = scene.relays.attempts.getLast();
    assertThat(reply.message().sender()).isNull();
    assertThat(reply.message().recipient()).isEqualTo(TRIP.from());
    assertThat(new String(reply.bytes(), StandardCharsets.US_ASCII))
        .contains("Auto-Submitted: auto-replied", "In-Reply-To: <", "> Received: from probe.test");
    scene.isStateOf(0, "in-transit");
    scene.at("5s").hosted().put("INBOX", answer());
    scene.isStateOf(0, "delivered").isHealth("trip", "ok");
    assertThat(scene.canary(0).latency()).isEqualTo(Duration.ofSeconds(5));
    assertThat(scene.canary(0).altered()).isFalse();
    assertThat(kinds()).containsSubsequence("far-end", "answered", "answer-seen", "sighted");
    far().see();
    assertThat(scene.relays.attempts).hasSize(2);
  }

  @Test
  void aSecondCopyIsNotAnswered() {
    scene.start().due("trip").at("3s");
    far().put("INBOX", scene.sent(0));
    far().put("INBOX", scene.sent(0));
    assertThat(scene.relays.attempts).hasSize(2);
  }

  @Test
  void aMailWithoutAValidTagIsNotAnswered() {
    scene.start().due("trip").at("3s");
    String tag = scene.relays.attempts.getFirst().tag();
    String forged = tag.substring(0, tag.length() - 4) + "0000";
    far().put("INBOX", scene.sent(0).replace(tag, forged));
    assertThat(scene.relays.attempts).hasSize(1);
    assertThat(scene.unverified).containsExactly("forged");
  }

  @Test
  void aMailboxThatDoesNotAnswerIsOnlyHalfOfTheWay() {
    scene.start().due("trip").at("3s");
    scene.arrives(0);
    assertThat(scene.relays.attempts).hasSize(1);
    scene.isStateOf(0, "in-transit");
    assertThat(kinds()).contains("far-end").doesNotContain("answered");
  }

  @Test
  void theAnswerOfSomebodyElsesResponderCounts() {
    scene.start().due("trip").at("4s");
    String messageId = scene.canary(0).messageId();
    scene
        .hosted()
        .put(
            "INBOX",
            """
            Return-Path: <>
            Received: from far.test by home.test with ESMTP id 2;
             Sat, 21 Nov 2026 10:00:03 +0000
            From: canary@hosted.example
            To: canary@campus.example
            Subject: Out of office
            Auto-Submitted: auto-replied
            In-Reply-To: <%s>

            I am away.
            """
                .formatted(messageId)
                .replace("\n", "\r\n"));
    scene.isStateOf(0, "delivered");
    assertThat(
            scene.prober.events(scene.id(0)).stream()
                .filter(event -> event.kind().equals("answer-seen"))
                .map(event -> event.detail().get("writtenAt")))
        .containsExactly("2026-11-21T10:00:03Z");
  }

  @Test
  void anAnswerToAnyOtherCanaryIsNoArrival() {
    Scene plain = new Scene(Scene.path("a")).start().due("a").at("4s");
    String messageId = plain.canary(0).messageId();
    plain
        .hosted()
        .put("INBOX", "From: x@y.test\r\nIn-Reply-To: <%s>\r\n\r\nhi\r\n".formatted(messageId));
    plain.isStateOf(0, "in-transit");
  }
}
