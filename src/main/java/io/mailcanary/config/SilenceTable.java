package io.mailcanary.config;

import io.mailcanary.incident.Match;
import io.mailcanary.incident.Silence;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// `silences[]`
final class SilenceTable extends Table<Silence> {
  static final String BY = "probe files";

  private final Key.Sure<Match> match =
      required("match", new OfMatch(), "The incidents of which nobody is told.");
  private final Key.Sure<Instant> from = required("from", Kinds.instant(), "When it begins.");
  private final Key.Sure<Instant> to = required("to", Kinds.instant(), "When it ends.");
  private final Key.Sure<String> why =
      required("why", Kinds.text("a text for whoever wonders", 1_000), "The reason, in words.");

  SilenceTable() {
    super("the keys of a silence: match, from, to, why");
  }

  @Override
  void check(Row row) {
    Optional<Instant> begin = row.find(from);
    Optional<Instant> end = row.find(to);
    if (begin.isPresent() && end.isPresent() && !end.get().isAfter(begin.get())) {
      row.fault(to, "is not after 'from', expected a later time");
    }
  }

  @Override
  Silence build(Row row) {
    return new Silence(id(row), row.get(match), row.get(from), row.get(to), row.get(why), BY);
  }

  private String id(Row row) {
    String text = "%s %s %s %s".formatted(row.get(match), row.get(from), row.get(to), row.get(why));
    return "file-" + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /// `silences[].match`
  private static final class OfMatch extends Table<Match> {
    private final MatchKeys keys = new MatchKeys(this);

    OfMatch() {
      super("at least one of severity, kind, path, group, labels");
    }

    @Override
    public Optional<Match> read(Value value) {
      if (value.node() instanceof Node.Mapping mapping && mapping.entries().isEmpty()) {
        return value.refuse("would silence everything", words());
      }
      return super.read(value);
    }

    @Override
    Match build(Row row) {
      return keys.build(row);
    }
  }
}
