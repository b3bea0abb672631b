package io.mailcanary.canary;

import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Canaries and evidence for tests.
public final class Canaries {
  public static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  public static final SigningKeys KEYS =
      new SigningKeys(List.of(new SigningKeys.Key("k1", "0123456789abcdef".getBytes())));

  private Canaries() {}

  public static CanaryId id(int n) {
    byte[] random = new byte[CanaryId.RANDOM_BYTES];
    random[0] = (byte) n;
    return CanaryId.of(START, random);
  }

  /// Due at [#START]: overdue after 5 min, lost after 1 h.
  public static Canary due() {
    return Canary.due(
        id(1),
        "campus",
        "",
        "",
        "tag@campus.example",
        new Content("0".repeat(32), 1000),
        new Promise(
            "hosted", "INBOX", Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1)),
        START);
  }

  public static Evidence answer(Stage stage, String wire) {
    return new Evidence(
        START,
        stage,
        SmtpReply.parse(wire).orElseThrow(),
        null,
        "smtp.campus.example:25",
        "127.0.0.1:25",
        null,
        null,
        false,
        Map.of());
  }

  public static Evidence failure(Stage stage, Evidence.Failure.Kind kind, String words) {
    return new Evidence(
        START,
        stage,
        null,
        new Evidence.Failure(kind, words),
        "smtp.campus.example:25",
        null,
        null,
        null,
        false,
        Map.of());
  }

  public static Arrival arrival(Instant at, String folder) {
    return new Arrival(at, Duration.ZERO, at, "hosted", folder, "1.1");
  }
}
