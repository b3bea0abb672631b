package io.mailcanary.store;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryLifecycle;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Content;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Promise;
import io.mailcanary.canary.Sight;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.Received;
import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Canaries and events for tests, drawn from a seed.
final class SomeCanaries {
  static final Promise PROMISE =
      new Promise(
          "inbox-here",
          "INBOX",
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofHours(24));

  private final Random random;

  SomeCanaries(long seed) {
    random = new Random(seed);
  }

  CanaryId id(Instant at) {
    byte[] bytes = new byte[CanaryId.RANDOM_BYTES];
    random.nextBytes(bytes);
    return CanaryId.of(at, bytes);
  }

  Canary due(String path, Instant at) {
    CanaryId id = id(at);
    return Canary.due(
        id, path, "", "", id + "@campus.example", new Content("0".repeat(32), 4096), PROMISE, at);
  }

  static JournalEntry scheduled(Canary canary) {
    return new JournalEntry(canary, new CanaryEvent.Scheduled(canary.scheduledAt()));
  }

  static JournalEntry delivered(Canary canary, Duration took) {
    Instant at = canary.scheduledAt().plus(took);
    Arrival arrival = arrival(at, "1." + canary.id());
    return new JournalEntry(
        ended(canary, new CanaryState.Delivered(), arrival, took),
        new CanaryEvent.Sighted(at, arrival, false, List.of()));
  }

  static JournalEntry ended(Canary canary, CanaryState state, Instant at) {
    return new JournalEntry(
        ended(canary, state, null, null), new CanaryEvent.Checked(at, Sight.CLEAR));
  }

  static Arrival arrival(Instant at, String uid) {
    return new Arrival(at, Duration.ofMillis(1), at.plusMillis(3), "inbox-here", "INBOX", uid);
  }

  static JournalEntry accepted(Canary canary, Instant at) {
    Evidence evidence =
        new Evidence(
            at,
            Stage.END_OF_DATA,
            SmtpReply.parse("250 2.0.0 Ok: queued as ABC123\r\n").orElseThrow(),
            null,
            "mx.example:25",
            "127.0.0.1:25",
            "TLSv1.3",
            "TLS_AES_256_GCM_SHA384",
            true,
            Map.of(Stage.CONNECT, Duration.ofMillis(3), Stage.END_OF_DATA, Duration.ofMillis(2)));
    return new JournalEntry(
        new Canary(
            canary.id(),
            canary.path(),
            canary.leg(),
            canary.site(),
            canary.messageId(),
            canary.content(),
            canary.promise(),
            canary.scheduledAt(),
            at,
            1,
            at,
            null,
            null,
            0,
            false,
            true,
            new CanaryState.InTransit(false),
            Cause.NONE),
        new CanaryEvent.Attempted(at, evidence));
  }

  static JournalEntry refusedForNow(Canary canary, Instant at) {
    Evidence evidence =
        new Evidence(
            at,
            Stage.RCPT,
            SmtpReply.parse("450 4.3.2 later\r\n").orElseThrow(),
            null,
            "mx.example:25",
            "127.0.0.1:25",
            "TLSv1.3",
            "TLS_AES_256_GCM_SHA384",
            true,
            Map.of(Stage.CONNECT, Duration.ofMillis(3)));
    Canary tried = CanaryLifecycle.next(canary, new CanaryEvent.AttemptStarted(at));
    CanaryEvent event = new CanaryEvent.Attempted(at, evidence);
    return new JournalEntry(CanaryLifecycle.next(tried, event), event);
  }

  static Canary ended(
      Canary canary, CanaryState state, @Nullable Arrival arrival, @Nullable Duration latency) {
    return new Canary(
        canary.id(),
        canary.path(),
        canary.leg(),
        canary.site(),
        canary.messageId(),
        canary.content(),
        canary.promise(),
        canary.scheduledAt(),
        canary.scheduledAt(),
        1,
        canary.sentAt(),
        arrival,
        latency,
        arrival == null ? 0 : 1,
        false,
        true,
        state,
        Cause.NONE);
  }

  /// Anything that a canary can be.
  Canary any(Instant near) {
    return new Canary(
        id(near.plusMillis(random.nextInt(1_000_000))),
        text(),
        text(),
        text(),
        text(),
        new Content(Long.toHexString(random.nextLong()).repeat(2), random.nextLong() >>> 1),
        new Promise(text(), text(), duration(), duration(), duration()),
        instant(near),
        random.nextBoolean() ? instant(near) : null,
        random.nextInt(),
        random.nextBoolean() ? instant(near) : null,
        random.nextBoolean()
            ? new Arrival(instant(near), duration(), instant(near), text(), text(), text())
            : null,
        random.nextBoolean() ? duration() : null,
        random.nextInt(100),
        random.nextBoolean(),
        random.nextBoolean(),
        state(near),
        Cause.values()[random.nextInt(Cause.values().length)],
        checks());
  }

  private List<AuthenticationCheck> checks() {
    return Stream.of(AuthenticationMethod.values())
        .filter(_ -> random.nextBoolean())
        .map(method ->
            new AuthenticationCheck(
                method,
                AuthenticationResult.values()[random.nextInt(AuthenticationResult.values().length)],
                text(),
                text(),
                text()))
        .toList();
  }

  CanaryState state(Instant near) {
    List<CanaryState> states =
        List.of(
            new CanaryState.Pending(),
            new CanaryState.Deferred(instant(near), random.nextBoolean()),
            new CanaryState.InTransit(random.nextBoolean()),
            new CanaryState.Overdue(),
            new CanaryState.Delivered(),
            new CanaryState.DeliveredLate(),
            new CanaryState.Misfiled(),
            new CanaryState.Bounced(),
            new CanaryState.Rejected(),
            new CanaryState.Lost(),
            new CanaryState.Unobservable());
    return states.get(random.nextInt(states.size()));
  }

  CanaryEvent event(Instant near) {
    Instant at = instant(near);
    return switch (random.nextInt(8)) {
      case 0 -> new CanaryEvent.Scheduled(at);
      case 1 -> new CanaryEvent.AttemptStarted(at);
      case 2 -> new CanaryEvent.Attempted(at, evidence(near));
      case 3 ->
          new CanaryEvent.Sighted(
              at,
              new Arrival(instant(near), duration(), instant(near), text(), text(), text()),
              random.nextBoolean(),
              List.of(
                  new Received(text(), null, text(), null, instant(near)),
                  new Received(null, text(), null, text(), null)));
      case 4 -> new CanaryEvent.Checked(at, new Sight(random.nextBoolean(), duration(), text()));
      case 5 -> new CanaryEvent.Recovered(at);
      case 6 -> new CanaryEvent.Authenticated(at, checks());
      default -> new CanaryEvent.ClockStepped(at, duration().negated());
    };
  }

  private Evidence evidence(Instant near) {
    Map<Stage, Duration> times = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      if (random.nextBoolean()) {
        times.put(stage, duration());
      }
    }
    boolean replied = random.nextBoolean();
    return new Evidence(
        instant(near),
        Stage.values()[random.nextInt(Stage.values().length)],
        replied ? SmtpReply.parse("451 4.3.2 " + text().replace('\n', ' ')).orElse(null) : null,
        replied
            ? null
            : new Evidence.Failure(
                Evidence.Failure.Kind.values()[
                    random.nextInt(Evidence.Failure.Kind.values().length)],
                text()),
        text(),
        random.nextBoolean() ? text() : null,
        random.nextBoolean() ? text() : null,
        random.nextBoolean() ? text() : null,
        random.nextBoolean(),
        times);
  }

  private Instant instant(Instant near) {
    return near.plusNanos(random.nextLong() >> 10);
  }

  private Duration duration() {
    return Duration.ofNanos(random.nextLong() >>> (1 + random.nextInt(50)));
  }

  private String text() {
    List<String> some =
        List.of(
            "",
            "a",
            "INBOX",
            "Entwürfe/&ZeVnLIqe-",
            "日本語 🐤",
            "' OR 1=1; --",
            "a\\b\"c\nd\te",
            "%_?",
            "x".repeat(3000));
    return some.get(random.nextInt(some.size()));
  }
}
