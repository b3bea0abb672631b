package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Snapshot;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Change;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What watchers saw, on each database.
class WatchStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00.123456789Z");

  @TempDir Path directory;

  private static Change change(
      String id, String name, Severity severity, List<Change.Seen> servers) {
    return new Change(
        id,
        Change.Kind.RECORD,
        severity,
        NOW.minusSeconds(5),
        NOW,
        name,
        "MX",
        "MX of %s removed".formatted(name),
        "",
        List.of("10 mx.corp.test", "20 mx2.corp.test"),
        List.of(),
        servers);
  }

  @ParameterizedTest
  @EnumSource(OnDatabase.class)
  void changesAreKeptAndBecomeWhatTheyAreNow(OnDatabase kind) {
    try (Database database = kind.open(directory)) {
      SqlWatchStore store = new SqlWatchStore(database);
      Change first =
          change("1", "corp.test", Severity.WARN, List.of(new Change.Seen("192.0.2.1 (a)", 7)));
      Change second = change("2", "other.test", Severity.INFO, List.of());
      store.put(first);
      store.put(second);
      assertThat(store.changes(null, 10)).containsExactly(second, first);
      assertThat(store.changes("2", 10)).containsExactly(first);
      assertThat(store.changes(null, 1)).containsExactly(second);
      Change grown =
          change(
              "1",
              "corp.test",
              Severity.PAGE,
              List.of(new Change.Seen("192.0.2.1 (a)", 7), new Change.Seen("192.0.2.2 (b)", 8)));
      store.put(grown);
      assertThat(store.changesOf("corp.test", 10)).containsExactly(grown);
      store.tidyWatch(NOW.plusSeconds(1));
      assertThat(store.changes(null, 10)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(OnDatabase.class)
  void whatServersSaidLastAndWhichKeysAreUsed(OnDatabase kind) {
    try (Database database = kind.open(directory)) {
      SqlWatchStore store = new SqlWatchStore(database);
      DnsName name = DnsName.of("corp.test");
      Snapshot one = Snapshot.fromText(name, "a", "serial 7\nMX = 10 mx\nTXT -\n");
      Snapshot two = Snapshot.fromText(name, "a", "serial 8\nMX -\n");
      store.put(List.of(one), NOW);
      store.put(List.of(two), NOW);
      assertThat(store.snapshots()).containsExactly(two);
      store.putSelector("corp.test", "s1", NOW);
      store.putSelector("corp.test", "s1", NOW);
      assertThat(store.selectors()).containsEntry("corp.test", Set.of("s1"));
    }
  }
}
