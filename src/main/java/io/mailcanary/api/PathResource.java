package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.PathView;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A path in JSON.
///
/// @param since since when its health is what it is
/// @param reason a sentence
/// @param latencySeconds of the newest canaries; null where that quantile falls among those that
///   have not arrived
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
    @Nullable String runbook) {

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
        new Percentiles(
            CanaryResource.seconds(view.p50()),
            CanaryResource.seconds(view.p90()),
            CanaryResource.seconds(view.p99())),
        view.successShare(),
        view.inFlight(),
        CanaryResource.text(view.oldestInFlight()),
        CanaryResource.text(view.lastDelivered()),
        path.runbook().orElse(null));
  }
}
