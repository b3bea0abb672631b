package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.verdict.Change;
import java.util.List;
import java.util.Locale;

/// A change in JSON.
///
/// @param kind `record`, `certificate`, `configuration` or `marker`
/// @param at since when, as well as is known
/// @param noticedAt when it was seen or posted
/// @param before what was there, a line each
/// @param after what is there now, a line each
/// @param servers where it was seen
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ChangeResource(
    String id,
    String kind,
    String severity,
    String at,
    String noticedAt,
    String name,
    String type,
    String what,
    String who,
    List<String> before,
    List<String> after,
    List<Seen> servers) {

  /// @param serial of its zone; 0 when unknown
  public record Seen(String server, long serial) {}

  public static ChangeResource of(Change change) {
    return new ChangeResource(
        change.id(),
        change.kind().name().toLowerCase(Locale.ROOT),
        change.severity().word(),
        change.at().toString(),
        change.noticedAt().toString(),
        change.name(),
        change.type(),
        change.what(),
        change.who(),
        change.before(),
        change.after(),
        change.servers().stream().map(one -> new Seen(one.server(), one.serial())).toList());
  }
}
