package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.LegView;
import io.mailcanary.runtime.PathView;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A path in JSON.
///
/// @param since since when its health is what it is
/// @param reason a sentence
/// @param latencySeconds of the newest canaries; null where that quantile falls among those that
///   have not arrived
/// @param legs empty where its canaries are all alike
/// @param successShare from 0 to 1; null before the first result
@JsonInclude(JsonInclude.Include.ALWAYS)
public record PathResource(
    String name,
    @Nullable String description,
    String kind,
    @Nullable String group,
    Map<String, String> labels,
    String health,
    String since,
    String reason,
    Percentiles latencySeconds,
    @Nullable Double successShare,
    int inFlight,
    @Nullable String oldestInFlight,
    @Nullable String lastDelivered,
    @Nullable String runbook,
    List<Leg> legs) {

  /// One of the ways in which its canaries travel, judged by itself.
  ///
  /// @param leg such as `mx=mx1.hosted.example,address=192.0.2.7`
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Leg(
      String leg,
      String health,
      String since,
      String reason,
      Percentiles latencySeconds,
      @Nullable Double successShare,
      @Nullable String lastDelivered) {
    static Leg of(LegView view) {
      return new Leg(
          view.name(),
          view.health().health().word(),
          view.since().toString(),
          view.health().reason(),
          percentiles(view.p50(), view.p90(), view.p99()),
          view.successShare(),
          CanaryResource.text(view.lastDelivered()));
    }
  }

  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Percentiles(@Nullable Double p50, @Nullable Double p90, @Nullable Double p99) {}

  public static PathResource of(PathView view) {
    MailPath path = view.path();
    return new PathResource(
        path.name(),
        path.description().orElse(null),
        path.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'),
        path.group().orElse(null),
        path.labels(),
        view.health().health().word(),
        view.since().toString(),
        view.health().reason(),
        percentiles(view.p50(), view.p90(), view.p99()),
        view.successShare(),
        view.inFlight(),
        CanaryResource.text(view.oldestInFlight()),
        CanaryResource.text(view.lastDelivered()),
        path.runbook().orElse(null),
        view.legs().stream().map(Leg::of).toList());
  }

  private static Percentiles percentiles(
      @Nullable Duration p50, @Nullable Duration p90, @Nullable Duration p99) {
    return new Percentiles(
        CanaryResource.seconds(p50), CanaryResource.seconds(p90), CanaryResource.seconds(p99));
  }
}
