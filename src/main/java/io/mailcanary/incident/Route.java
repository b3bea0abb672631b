package io.mailcanary.incident;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Who is told of what matches. The first route that matches is taken, and those after it only
/// while `goesOn`.
///
/// @param to channels by name
/// @param then channels that are tried when every one in `to` failed
/// @param repeat how often people are reminded of what nobody took on; empty: never
/// @param goesOn whether routes after this one are looked at, too (`continue` in the probe files)
public record Route(
    Match match, List<String> to, List<String> then, Optional<Duration> repeat, boolean goesOn) {
  public Route {
    to = List.copyOf(to);
    then = List.copyOf(then);
  }
}
