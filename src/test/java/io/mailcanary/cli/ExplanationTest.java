package io.mailcanary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.app.KnownTags;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.SigningKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplanationTest {
  private static final byte[] SECRET = "0123456789abcdef0123".getBytes(StandardCharsets.US_ASCII);
  private static final Instant MADE = Instant.parse("2026-11-21T10:00:00Z");
  private static final CanaryId ID = CanaryId.of(MADE, new byte[CanaryId.RANDOM_BYTES]);

  private final String tag =
      new SigningKeys(List.of(new SigningKeys.Key("k1", SECRET))).sign(ID, "campus").text();

  @TempDir Path data;

  @BeforeEach
  void keepTheKey() throws Exception {
    Files.writeString(
        data.resolve("signing-key"), "k1 " + Base64.getEncoder().encodeToString(SECRET) + "\n");
  }

  @Test
  void aCanaryIsKnownByItsTag() {
    Map<String, Object> json = json(canary(tag), data);

    assertThat(json).containsEntry("kind", "canary").containsEntry("recipients", List.of());
    assertThat(json.get("canary"))
        .hasToString("{id=%s, path=null, verified=true, madeAt=%s}".formatted(ID, MADE));
  }

  @Test
  void aForgedTagIsNotVerified() {
    String forged = tag.substring(0, tag.length() - 1) + (tag.endsWith("0") ? "g" : "0");

    assertThat(json(canary(forged), data).get("canary")).asString().contains("verified=false");
  }

  @Test
  void withoutAKeyNothingIsVerifiedAndNoKeyIsMade(@TempDir Path empty) throws Exception {
    assertThat(json(canary(tag), empty).get("canary")).asString().contains("verified=false");
    try (var files = Files.list(empty)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void aBounceNamesTheCanaryThatItIsAbout() {
    String bounce =
        """
        Return-Path: <>
        Delivered-To: canary+%s@corp.test
        From: MAILER-DAEMON@relay.test
        Subject: failure notice

        Hi. This is the qmail-send program at relay.test.

        <user@shop.test>:
        192.0.2.9 does not like recipient.
        Remote host said: 550 5.1.1 unknown
        """
            .formatted(tag);

    Map<String, Object> json = json(bounce, data);

    assertThat(json).containsEntry("kind", "delivery-status");
    assertThat(json.get("canary")).asString().contains("id=" + ID, "verified=true");
  }

  @Test
  void aPlainMessageHasNoCanary() {
    assertThat(json("Subject: x\n\ny\n", data))
        .containsEntry("kind", "message")
        .containsEntry("canary", null);
  }

  private static Map<String, Object> json(String message, Path data) {
    return Explanation.of(message, KnownTags.load(Optional.empty(), data)).json();
  }

  private static String canary(String tag) {
    return """
    From: <canary@corp.test>
    To: <canary@far.test>
    Message-ID: <%1$s@corp.test>
    Auto-Submitted: auto-generated
    X-Mailcanary: %1$s
    Subject: mailcanary test message

    This is an automatic test message.

    mailcanary: %1$s
    """
        .formatted(tag);
  }
}
