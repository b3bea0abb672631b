package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.Snapshot;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What servers say becomes a change when it is certain, and never otherwise.
class ChangeBookTest {
  private static final DnsName NAME = DnsName.of("corp.test");
  private static final List<String> MX = List.of("10 mx.corp.test");

  private final AtomicInteger ids = new AtomicInteger();
  private final ChangeBook book = new ChangeBook(() -> "id" + ids.incrementAndGet());
  private final List<Change> changes = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-21T10:00:00Z");

  private static Snapshot says(String server, RecordType type, List<String> texts) {
    SortedMap<RecordType, Snapshot.Content> contents = new TreeMap<>();
    contents.put(
        type,
        texts.isEmpty()
            ? new Snapshot.Content.Absent()
            : new Snapshot.Content.Present(new TreeSet<>(texts)));
    return new Snapshot(NAME, server, OptionalLong.of(7), contents);
  }

  private ChangeBook.Outcome after(long seconds, Snapshot... seen) {
    now = now.plusSeconds(seconds);
    ChangeBook.Outcome outcome = book.see(NAME, List.of(seen), Severity.PAGE, now);
    changes.addAll(outcome.changes());
    return outcome;
  }

  private static Snapshot mx(String server) {
    return says(server, RecordType.MX, MX);
  }

  private static Snapshot noMx(String server) {
    return says(server, RecordType.MX, List.of());
  }

  @Test
  void whatIsSeenFirstIsNoChange() {
    after(0, mx("a"), mx("b"));
    after(60, mx("a"), mx("b"));
    assertThat(changes).isEmpty();
  }

  @Test
  void aRemovalAtTwoServersIsCertainAtOnce() {
    after(0, mx("a"), mx("b"));
    assertThat(after(60, noMx("a"), noMx("b")).doubtful()).isFalse();
    assertThat(changes)
        .singleElement()
        .returns(Severity.PAGE, Change::severity)
        .returns(MX, Change::before)
        .returns(List.of(), Change::after)
        .returns(List.of(new Change.Seen("a", 7), new Change.Seen("b", 7)), Change::servers);
    after(60, noMx("a"), noMx("b"));
    assertThat(changes).hasSize(1);
  }

  @Test
  void theOnlyServerIsAskedTwice() {
    after(0, mx("a"));
    assertThat(after(60, noMx("a")).doubtful()).isTrue();
    assertThat(changes).isEmpty();
    after(5, noMx("a"));
    assertThat(changes).singleElement().returns(Severity.PAGE, Change::severity);
  }

  @Test
  void whatTheOnlyServerTakesBackWasNone() {
    after(0, mx("a"));
    after(60, noMx("a"));
    after(5, mx("a"));
    after(5, noMx("a"));
    assertThat(changes).isEmpty();
  }

  @Test
  void oneOfTwoServersWeighsLessUntilTheOtherFollows() {
    after(0, mx("a"), mx("b"));
    after(60, noMx("a"), mx("b"));
    after(5, noMx("a"), mx("b"));
    assertThat(changes).singleElement().returns(Severity.WARN, Change::severity);
    after(600, noMx("a"), noMx("b"));
    assertThat(changes).hasSize(2);
    assertThat(changes.getLast())
        .returns(Severity.PAGE, Change::severity)
        .returns(changes.getFirst().id(), Change::id)
        .satisfies(change -> assertThat(change.servers()).hasSize(2));
  }

  @Test
  void silenceIsNoRemoval() {
    after(0, mx("a"), mx("b"));
    after(60);
    after(60, mx("b"));
    after(60, mx("a"), mx("b"));
    assertThat(changes).isEmpty();
  }

  @Test
  void whatComesBackIsAChangeToo() {
    after(0, mx("a"), mx("b"));
    after(60, noMx("a"), noMx("b"));
    after(60, mx("a"), mx("b"));
    assertThat(changes).extracting(Change::severity).containsExactly(Severity.PAGE, Severity.INFO);
  }

  @Test
  void whatGoesTwiceIsToldTwice() {
    after(0, mx("a"), mx("b"));
    after(60, noMx("a"), noMx("b"));
    after(60, mx("a"), mx("b"));
    after(60, noMx("a"), noMx("b"));
    assertThat(changes)
        .extracting(Change::severity)
        .containsExactly(Severity.PAGE, Severity.INFO, Severity.PAGE);
  }

  @Test
  void additionsInform() {
    after(0, mx("a"), mx("b"));
    List<String> more = List.of("10 mx.corp.test", "20 mx2.corp.test");
    after(60, says("a", RecordType.MX, more), says("b", RecordType.MX, more));
    assertThat(changes).singleElement().returns(Severity.INFO, Change::severity);
  }

  @Test
  void whatWasOnRecordBeforeARestartIsComparedWith() {
    book.recall(List.of(mx("a"), mx("b")));
    after(0, noMx("a"), noMx("b"));
    assertThat(changes).singleElement().returns(Severity.PAGE, Change::severity);
  }

  @Test
  void addressesThatGoRoundAreNoChange() {
    List<List<String>> sets =
        List.of(List.of("192.0.2.1"), List.of("192.0.2.2"), List.of("192.0.2.3"));
    for (int look = 0; look < 1_440; look++) {
      after(
          60,
          says("a", RecordType.A, sets.get(look % 3)),
          says("b", RecordType.A, sets.get((look + 1) % 3)));
    }
    assertThat(changes).isEmpty();
  }

  @Test
  void nothingOutlivesItsTime() {
    after(0, mx("a"));
    after(60, noMx("a"));
    now = now.plus(Duration.ofMinutes(3));
    after(0, noMx("a"));
    assertThat(changes).isEmpty();
  }
}
