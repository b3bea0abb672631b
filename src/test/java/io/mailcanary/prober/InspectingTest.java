package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Paths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Who looks closer at what arrives, and what follows from it.
class InspectingTest {
  private static final AuthenticationCheck FAILED =
      new AuthenticationCheck(
          AuthenticationMethod.DKIM,
          AuthenticationResult.FAIL,
          "mx.hosted.example",
          "campus.example",
          "bad signature");

  @Test
  void aPathThatPromisesAuthenticationIsDegradedByItsLossAndWellAgainAfterwards() {
    Scene scene = new Scene(promising(AuthenticationResult.PASS)).start();
    scene.authenticity = List.of(FAILED, ours(AuthenticationResult.PASS));
    scene.due("a");
    scene.arrives(0);
    scene.isStateOf(0, "delivered").isHealth("a", "degraded");
    assertThat(scene.reason("a"))
        .isEqualTo(
            "delivered, but DKIM is fail, says mx.hosted.example (bad signature); pass was"
                + " promised");
    assertThat(scene.canary(0).authentication()).containsExactly(FAILED);
    assertThat(scene.ledger.journal())
        .filteredOn(entry -> entry.event() instanceof CanaryEvent.Authenticated)
        .singleElement()
        .satisfies(entry -> assertThat(entry.event().kind()).isEqualTo("authenticated"));

    scene.authenticity = List.of(ours(AuthenticationResult.PASS));
    for (int i = 1; i <= 3; i++) {
      scene.at(i * 60 + "s").due("a");
      scene.arrives(i);
    }
    scene.isHealth("a", "ok");
  }

  @Test
  void whatCouldNotBeFoundOutBreaksNoPromise() {
    Scene scene = new Scene(promising(AuthenticationResult.PASS)).start();
    scene.authenticity = List.of(ours(AuthenticationResult.UNKNOWN));
    scene.due("a");
    scene.arrives(0);
    scene.isHealth("a", "ok");
    assertThat(scene.canary(0).authentication()).hasSize(1);
  }

  @Test
  void wherePathAndMailboxAskForNothingNobodyLooksButForAGlanceNowAndThen() {
    Scene scene = new Scene(Scene.path("a")).start();
    for (int i = 0; i < 15; i++) {
      scene.at(i * 60 + "s").due("a");
      scene.arrives(i);
    }
    assertThat(scene.inspected).isEmpty();
    assertThat(scene.glanced).hasSize(2);
  }

  @Test
  void aMailboxThatNamesTrustedHostsIsReasonEnoughToLook() {
    Scene scene = new Scene(Scene.path("a")).start();
    Mailbox hosted =
        new Mailbox.Maildir(
            "hosted",
            Path.of("/var/mail/hosted"),
            List.of(),
            Duration.ofSeconds(30),
            false,
            false,
            List.of("mx.hosted.example"));
    scene.follow(Scene.plan(Paths.relay("campus-out"), hosted, Scene.path("a")));
    scene.due("a");
    scene.arrives(0);
    assertThat(scene.inspected)
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.trusted()).containsExactly("mx.hosted.example");
          assertThat(letter.sender()).isEqualTo("canary@campus.example");
        });
  }

  private static AuthenticationCheck ours(AuthenticationResult result) {
    return new AuthenticationCheck(
        AuthenticationMethod.DKIM, result, AuthenticationCheck.OURSELVES, "campus.example", "");
  }

  private static MailPath promising(AuthenticationResult result) {
    MailPath path = Scene.path("a");
    return Paths.with(
        path,
        new Expectation(
            path.expect().within(),
            path.expect().overdueAfter(),
            path.expect().lostAfter(),
            path.expect().folder(),
            path.expect().outcome(),
            Map.of(AuthenticationMethod.DKIM, result)));
  }
}
