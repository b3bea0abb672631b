package io.mailcanary.web;

import java.time.Duration;
import java.time.Instant;

/// How far back a strip goes: as far as there is anything to show, a day at most.
enum Span {
  QUARTER("the last 15 minutes", Duration.ofMinutes(15), Duration.ofSeconds(15)),
  HOUR("the last hour", Duration.ofHours(1), Duration.ofMinutes(1)),
  SIX_HOURS("the last six hours", Duration.ofHours(6), Duration.ofMinutes(5)),
  DAY("the last day", Duration.ofDays(1), Duration.ofMinutes(15));

  private final String words;
  private final Duration length;
  private final Duration cell;
  private final int cells;

  Span(String words, Duration length, Duration cell) {
    this.words = words;
    this.length = length;
    this.cell = cell;
    // Once: to divide durations is dear, and strips ask for each cell.
    cells = Math.toIntExact(length.toMillis() / cell.toMillis());
  }

  String words() {
    return words;
  }

  Duration length() {
    return length;
  }

  int cells() {
    return cells;
  }

  /// Where the newest cell ends: cells stand still while time goes on.
  Instant end(Instant now) {
    long width = cell.toMillis();
    return Instant.ofEpochMilli((now.toEpochMilli() / width + 1) * width);
  }

  /// In which cell that is, from the oldest; beyond either end where it is outside.
  int cell(Instant at, Instant end) {
    return (int)
        Math.floorDiv(at.toEpochMilli() - end.minus(length).toEpochMilli(), cell.toMillis());
  }

  /// The shortest that shows all since then.
  static Span since(Instant oldest, Instant now) {
    for (Span span : values()) {
      if (!oldest.isBefore(now.minus(span.length))) {
        return span;
      }
    }
    return DAY;
  }
}
