package io.mailcanary.canary;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One probe mail and what is known of it.
///
/// @param leg which of a path's variants it took; empty when the path has one alone
/// @param site from where it was sent; empty when there is one alone
/// @param messageId without angle brackets
/// @param content what was sent
/// @param scheduledAt the instant of its slot
/// @param firstAttemptAt when handing it over was first tried
/// @param attempts how often handing it over was tried
/// @param sentAt when the end of data was answered
/// @param arrival where it was first seen
/// @param latency from the first attempt to the arrival; null before, and when our own clock was
///   set meanwhile
/// @param copies how many messages of it were seen
/// @param altered whether it arrived other than it was sent
/// @param measurable whether our own clock ran evenly since it was due
public record Canary(
    CanaryId id,
    String path,
    String leg,
    String site,
    String messageId,
    Content content,
    Promise promise,
    Instant scheduledAt,
    @Nullable Instant firstAttemptAt,
    int attempts,
    @Nullable Instant sentAt,
    @Nullable Arrival arrival,
    @Nullable Duration latency,
    int copies,
    boolean altered,
    boolean measurable,
    CanaryState state,
    Cause cause) {

  /// A canary that is due now and was not tried yet.
  public static Canary due(
      CanaryId id,
      String path,
      String leg,
      String site,
      String messageId,
      Content content,
      Promise promise,
      Instant scheduledAt) {
    return new Canary(
        id,
        path,
        leg,
        site,
        messageId,
        content,
        promise,
        scheduledAt,
        null,
        0,
        null,
        null,
        null,
        0,
        false,
        true,
        new CanaryState.Pending(),
        Cause.NONE);
  }

  /// From when its deadlines count.
  public Instant start() {
    return firstAttemptAt == null ? scheduledAt : firstAttemptAt;
  }

  /// When it is overdue, the time we could not see left out of account.
  public Instant overdueAt(Duration blindFor) {
    return start().plus(promise.overdueAfter()).plus(blindFor);
  }

  /// When it is given up.
  public Instant lostAt() {
    return start().plus(promise.lostAfter());
  }

  /// Whether it is not known that anybody took it.
  public boolean isDoubtful() {
    return state instanceof CanaryState.InTransit(boolean doubtful) && doubtful;
  }

  Canary inState(CanaryState next) {
    return inState(next, cause);
  }

  Canary inState(CanaryState next, Cause why) {
    return with(firstAttemptAt, attempts, sentAt, next, why);
  }

  Canary attempted(Instant at, CanaryState next) {
    return with(firstAttemptAt == null ? at : firstAttemptAt, attempts + 1, sentAt, next, cause);
  }

  Canary sent(Instant at, CanaryState next, Cause why) {
    return with(firstAttemptAt, attempts, at, next, why);
  }

  Canary arrived(Arrival where, @Nullable Duration took, boolean changed, CanaryState next) {
    return new Canary(
        id,
        path,
        leg,
        site,
        messageId,
        content,
        promise,
        scheduledAt,
        firstAttemptAt,
        attempts,
        sentAt,
        where,
        took,
        copies + 1,
        changed,
        measurable,
        next,
        Cause.NONE);
  }

  Canary copied() {
    return new Canary(
        id,
        path,
        leg,
        site,
        messageId,
        content,
        promise,
        scheduledAt,
        firstAttemptAt,
        attempts,
        sentAt,
        arrival,
        latency,
        copies + 1,
        altered,
        measurable,
        state,
        cause);
  }

  /// With all times that are counted from moved along.
  Canary shifted(Duration by) {
    CanaryState moved =
        state instanceof CanaryState.Deferred(Instant next, boolean attempting)
            ? new CanaryState.Deferred(next.plus(by), attempting)
            : state;
    return new Canary(
        id,
        path,
        leg,
        site,
        messageId,
        content,
        promise,
        scheduledAt,
        start().plus(by),
        attempts,
        sentAt == null ? null : sentAt.plus(by),
        arrival,
        latency,
        copies,
        altered,
        false,
        moved,
        cause);
  }

  private Canary with(
      @Nullable Instant first, int tries, @Nullable Instant sent, CanaryState next, Cause why) {
    return new Canary(
        id,
        path,
        leg,
        site,
        messageId,
        content,
        promise,
        scheduledAt,
        first,
        tries,
        sent,
        arrival,
        latency,
        copies,
        altered,
        measurable,
        next,
        why);
  }
}
