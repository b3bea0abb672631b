package io.mailcanary.canary;

import io.mailcanary.mail.AuthenticationCheck;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
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
///   set or we held it back meanwhile
/// @param copies how many messages of it were seen
/// @param altered whether it arrived other than it was sent
/// @param measurable whether our own clock ran evenly since it was due, and every attempt was made
///   in its time
/// @param authentication what SPF, DKIM and DMARC came to where it arrived: one check for each that
///   was looked at
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
    Cause cause,
    List<AuthenticationCheck> authentication) {

  public Canary {
    authentication = List.copyOf(authentication);
  }

  /// One whose authentication nobody has looked at.
  public Canary(
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
    this(
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
        copies,
        altered,
        measurable,
        state,
        cause,
        List.of());
  }

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
    return but(draft -> {
      draft.state = next;
      draft.cause = why;
    });
  }

  Canary attempted(Instant at, CanaryState next) {
    return but(draft -> {
      draft.firstAttemptAt = firstAttemptAt == null ? at : firstAttemptAt;
      draft.attempts++;
      draft.state = next;
    });
  }

  Canary sent(Instant at, CanaryState next, Cause why) {
    return but(draft -> {
      draft.sentAt = at;
      draft.state = next;
      draft.cause = why;
    });
  }

  Canary arrived(Arrival where, @Nullable Duration took, boolean changed, CanaryState next) {
    return but(draft -> {
      draft.arrival = where;
      draft.latency = took;
      draft.copies++;
      draft.altered = changed;
      draft.state = next;
      draft.cause = Cause.NONE;
    });
  }

  /// With the attempts that somebody else knows of.
  public Canary alsoTried(Canary other) {
    if (other.firstAttemptAt == null || (firstAttemptAt != null && attempts >= other.attempts)) {
      return this;
    }
    Instant first = firstAttemptAt == null ? other.firstAttemptAt : firstAttemptAt;
    Duration since = latency == null ? null : latency.plus(Duration.between(first, start()));
    return but(draft -> {
      draft.firstAttemptAt = first;
      draft.attempts = Math.max(attempts, other.attempts);
      draft.latency = since != null && since.isNegative() ? Duration.ZERO : since;
    });
  }

  Canary authenticated(List<AuthenticationCheck> checks) {
    return but(draft -> draft.authentication = checks);
  }

  Canary copied() {
    return but(draft -> draft.copies++);
  }

  /// With all times that are counted from moved along.
  Canary shifted(Duration by) {
    return but(draft -> {
      draft.firstAttemptAt = start().plus(by);
      draft.sentAt = sentAt == null ? null : sentAt.plus(by);
      draft.measurable = false;
      if (state instanceof CanaryState.Deferred(Instant next, boolean attempting) && next != null) {
        draft.state = new CanaryState.Deferred(next.plus(by), attempting);
      }
    });
  }

  private Canary but(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.finished();
  }

  /// What can change of a canary, while it does.
  private static final class Draft {
    private final Canary before;
    private @Nullable Instant firstAttemptAt;
    private int attempts;
    private @Nullable Instant sentAt;
    private @Nullable Arrival arrival;
    private @Nullable Duration latency;
    private int copies;
    private boolean altered;
    private boolean measurable;
    private CanaryState state;
    private Cause cause;
    private List<AuthenticationCheck> authentication;

    Draft(Canary before) {
      this.before = before;
      firstAttemptAt = before.firstAttemptAt;
      attempts = before.attempts;
      sentAt = before.sentAt;
      arrival = before.arrival;
      latency = before.latency;
      copies = before.copies;
      altered = before.altered;
      measurable = before.measurable;
      state = before.state;
      cause = before.cause;
      authentication = before.authentication;
    }

    Canary finished() {
      return new Canary(
          before.id,
          before.path,
          before.leg,
          before.site,
          before.messageId,
          before.content,
          before.promise,
          before.scheduledAt,
          firstAttemptAt,
          attempts,
          sentAt,
          arrival,
          latency,
          copies,
          altered,
          measurable,
          state,
          cause,
          authentication);
    }
  }
}
