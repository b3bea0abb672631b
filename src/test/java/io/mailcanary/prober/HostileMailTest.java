package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.mailbox.FoundMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What others put into our mailboxes changes nothing, and stays there.
class HostileMailTest {
  private static final SigningKeys STRANGER =
      new SigningKeys(
          List.of(
              new SigningKeys.Key("k9", "another secret!!".getBytes(StandardCharsets.US_ASCII))));
  private static final SigningKeys LIAR =
      new SigningKeys(
          List.of(
              new SigningKeys.Key("k1", "another secret!!".getBytes(StandardCharsets.US_ASCII))));

  private final Scene scene = new Scene(Scene.path("a")).start();

  @BeforeEach
  void oneIsOnItsWay() {
    scene.due("a");
  }

  @Test
  void aForgedTagIsCountedOnce() {
    FoundMessage message = put(marked(LIAR.sign(scene.id(0), "a").text()));
    scene.hosted().see();
    nothingChangedAndItStays(message);
    assertThat(scene.unverified).containsExactly("forged");
  }

  @Test
  void aTagOfAnUnknownKeyIsCountedOnce() {
    FoundMessage message = put(marked(STRANGER.sign(scene.id(0), "a").text()));
    scene.hosted().see();
    nothingChangedAndItStays(message);
    assertThat(scene.unverified).containsExactly("unknown-key");
  }

  @Test
  void aTagForAnotherPathIsForged() {
    String tag = Canaries.KEYS.sign(scene.id(0), "b").text();
    String mixed = tag.substring(0, tag.length() - 16) + tagOf(0).substring(tagOf(0).length() - 16);
    FoundMessage message = put(marked(mixed));
    nothingChangedAndItStays(message);
    assertThat(scene.unverified).containsExactly("forged");
  }

  @Test
  void anotherInstancesCanaryIsLeftToItWithoutAWord() {
    FoundMessage message = put(marked(Canaries.KEYS.sign(Canaries.id(99), "a").text()));
    nothingChangedAndItStays(message);
    assertThat(scene.unverified).isEmpty();
    assertThat(scene.prober.inMemory(Canaries.id(99))).isEmpty();
  }

  @Test
  void mailWithoutATagIsNobodysBusiness() {
    FoundMessage message = put("Subject: hello\r\n\r\nk1-short\r\n");
    nothingChangedAndItStays(message);
    assertThat(scene.unverified).isEmpty();
  }

  @Test
  void replayedWithOtherContentItIsCountedAndStays() {
    scene.arrives(0);
    Canary before = scene.canary(0);
    FoundMessage replay = put(scene.sent(0).replace("Nobody needs", "Click here"));
    scene.hosted().see();
    assertThat(scene.canary(0)).isEqualTo(before);
    assertThat(scene.hosted().holds(replay)).isTrue();
    assertThat(scene.unverified).containsExactly("replayed");
    assertThat(scene.isInMemory(0)).as("brought back and forgotten again").isFalse();
  }

  @Test
  void replayedLongAfterItsTimeItIsCountedAndStays() {
    scene.at("1h").isStateOf(0, "lost").at("12d");
    Canary before = scene.canary(0);
    FoundMessage replay = scene.arrives(0);
    assertThat(scene.canary(0)).isEqualTo(before);
    assertThat(scene.hosted().holds(replay)).isTrue();
    assertThat(scene.unverified).containsExactly("replayed");
    assertThat(scene.isInMemory(0)).isFalse();
  }

  @Test
  void aBounceThatQuotesTheCanaryIsNoArrival() {
    FoundMessage bounce =
        put(
            """
            Return-Path: <>
            From: MAILER-DAEMON@mx.test
            Message-ID: <1@mx.test>
            Content-Type: multipart/report; report-type=delivery-status;
             boundary="b"

            --b
            Content-Type: message/rfc822

            """
                + scene.sent(0).replace("\r\n", "\n")
                + "\n--b--\n");
    scene.isStateOf(0, "bounced");
    assertThat(scene.canary(0).copies()).isZero();
    assertThat(scene.hosted().deleted).containsExactly(bounce.key());
  }

  @Test
  void aReplyThatQuotesTheCanaryIsNoArrival() {
    FoundMessage reply =
        put(
            "From: somebody@hosted.example\nIn-Reply-To: <x@campus.example>\n\n> mailcanary: %s\n"
                .formatted(tagOf(0)));
    nothingChangedAndItStays(reply);
  }

  @Test
  void aServerThatStripsHeadersCannotHideACanary() {
    String raw = scene.sent(0);
    put("Subject: mailcanary test message\r\n" + raw.substring(raw.indexOf("\r\n\r\n")));
    scene.isStateOf(0, "delivered");
  }

  @Test
  void aServerThatFoldsCaseCannotHideACanary() {
    String raw = scene.sent(0);
    int body = raw.indexOf("\r\n\r\n");
    put(raw.substring(0, body).toUpperCase(Locale.ROOT) + raw.substring(body));
    scene.isStateOf(0, "delivered");
    assertThat(scene.canary(0).altered()).isFalse();
  }

  @Test
  void aForgedTagBesideTheTrueOneDoesNotHideIt() {
    put("X-Mailcanary: " + LIAR.sign(scene.id(0), "a").text() + "\r\n" + scene.sent(0));
    scene.isStateOf(0, "delivered");
    assertThat(scene.unverified).isEmpty();
  }

  @Test
  void aFloodOfForgedTagsLeavesNothingInMemory() {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      byte[] nonce = new byte[10];
      random.nextBytes(nonce);
      put(marked(LIAR.sign(CanaryId.of(Canaries.START.plusMillis(i), nonce), "a").text()));
    }
    scene.isStateOf(0, "in-transit");
    assertThat(scene.unverified).hasSize(500);
    assertThat(scene.view("a").inFlight()).isEqualTo(1);
  }

  @Test
  void whileTheRecordIsAwayAStrangeTagIsLeftForLater() {
    scene.arrives(0);
    scene.ledger.goAway();
    FoundMessage copy = scene.arrives(0);
    assertThat(scene.hosted().holds(copy)).isTrue();
    scene.ledger.comeBack();
    scene.hosted().see();
    assertThat(scene.canary(0).copies()).isEqualTo(2);
    assertThat(scene.hosted().content()).isEmpty();
  }

  private String tagOf(int attempt) {
    return scene.relays.attempts.get(attempt).tag();
  }

  private static String marked(String tag) {
    return "From: a@b.test\r\n%s: %s\r\n\r\nmailcanary: %s\r\n".formatted("X-Mailcanary", tag, tag);
  }

  private FoundMessage put(String raw) {
    Instant now = scene.now();
    return scene.hosted().put("INBOX", raw, now, Math.max(raw.length(), 1200));
  }

  private void nothingChangedAndItStays(FoundMessage message) {
    scene.isStateOf(0, "in-transit");
    assertThat(scene.canary(0).copies()).isZero();
    assertThat(scene.hosted().holds(message)).isTrue();
    assertThat(scene.hosted().deleted).isEmpty();
  }
}
