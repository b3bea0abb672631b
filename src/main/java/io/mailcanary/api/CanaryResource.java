package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A canary in JSON.
///
/// @param state one of the words of the contract's states
/// @param sentAt when the end of data was answered
/// @param arrivedAt when the mailbox had it
/// @param arrivedWithinSeconds how exactly `arrivedAt` is known
/// @param bookedAt when we knew
/// @param latencySeconds `arrivedAt` minus the start of the first attempt
/// @param authentication what SPF, DKIM and DMARC came to, by method; who says so is in `events`
/// @param events all that happened to it, oldest first; in its own resource alone
/// @param hops the way it took; in its own resource alone
/// @param roundTrip in the own resource of a canary that was answered
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CanaryResource(
    String id,
    String path,
    String state,
    String cause,
    String leg,
    String site,
    String messageId,
    String scheduledAt,
    @Nullable String sentAt,
    @Nullable String arrivedAt,
    @Nullable Double arrivedWithinSeconds,
    @Nullable String bookedAt,
    @Nullable Double latencySeconds,
    int attempts,
    int copies,
    boolean altered,
    @Nullable String mailbox,
    @Nullable String folder,
    Map<String, String> authentication,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Map<String, Object>> events,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Map<String, Object>> hops,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable RoundTrip roundTrip) {

  /// The two halves of a round trip.
  ///
  /// @param outSeconds from the first attempt to the far end
  /// @param backSeconds from there to the mailbox where the answer arrived; null before
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record RoundTrip(double outSeconds, @Nullable Double backSeconds) {}

  /// As it stands in lists and in server-sent events.
  public static CanaryResource of(Canary canary) {
    return of(canary, null, null, null);
  }

  /// Its own resource.
  public static CanaryResource of(
      Canary canary,
      @Nullable List<Map<String, Object>> events,
      @Nullable List<Map<String, Object>> hops,
      @Nullable RoundTrip roundTrip) {
    Arrival arrival = canary.arrival();
    return new CanaryResource(
        canary.id().value(),
        canary.path(),
        canary.state().word(),
        canary.cause().word(),
        canary.leg(),
        canary.site(),
        canary.messageId(),
        canary.scheduledAt().toString(),
        text(canary.sentAt()),
        arrival == null ? null : text(arrival.at()),
        arrival == null ? null : seconds(arrival.resolution()),
        arrival == null ? null : text(arrival.bookedAt()),
        seconds(canary.latency()),
        canary.attempts(),
        canary.copies(),
        canary.altered(),
        arrival == null ? null : arrival.mailbox(),
        arrival == null ? null : arrival.folder(),
        authentication(canary),
        events,
        hops,
        roundTrip);
  }

  private static Map<String, String> authentication(Canary canary) {
    Map<String, String> results = new LinkedHashMap<>();
    canary
        .authentication()
        .forEach(check -> results.put(check.method().word(), check.result().word()));
    return results;
  }

  static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : Math.round(duration.toNanos() / 1e3) / 1e6;
  }
}
