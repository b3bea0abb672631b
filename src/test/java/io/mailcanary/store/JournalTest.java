package io.mailcanary.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JournalTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Journal.Limits QUICK =
      new Journal.Limits(
          Duration.ofMillis(100),
          Duration.ofMillis(20),
          Duration.ofMillis(300),
          50,
          20,
          Duration.ofMillis(5),
          Duration.ofMillis(20));

  /// Nothing is written by itself before a test is over.
  private static final Journal.Limits SLOW =
      new Journal.Limits(
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          Duration.ofSeconds(20),
          10_000,
          5_000,
          Duration.ofMillis(5),
          Duration.ofMillis(20));

  /// Nothing is written by itself but a full batch.
  private static final Journal.Limits IN_BATCHES =
      new Journal.Limits(
          Duration.ofMinutes(5),
          Duration.ofMillis(20),
          Duration.ofSeconds(1),
          50,
          20,
          Duration.ofMillis(5),
          Duration.ofMillis(20));

  /// What is written by itself stays off the disk until a test is over.
  private static final Journal.Limits RESTLESS =
      new Journal.Limits(
          Duration.ofMillis(20),
          Duration.ofMinutes(5),
          Duration.ofSeconds(20),
          50,
          20,
          Duration.ofMillis(5),
          Duration.ofMillis(20));

  private final SomeCanaries some = new SomeCanaries(7);
  private final FakeStore store = new FakeStore();
  private Journal journal = new Journal(store, InstantSource.fixed(NOW), QUICK);

  @AfterEach
  void close() {
    store.comeBack();
    journal.close();
  }

  @Test
  void whatNobodyWaitsForIsWrittenTogetherAfterTheDelay() {
    List<JournalEntry> entries = entries(10);
    entries.forEach(journal::add);
    assertThat(journal.health().waiting()).isEqualTo(10);
    await().until(() -> store.written().equals(entries));
    assertThat(store.batches()).hasSize(1);
    assertThat(journal.commits()).isEqualTo(1);
  }

  @Test
  void aFullBatchDoesNotWaitForTheDelay() {
    within(IN_BATCHES);
    entries(20).forEach(journal::add);
    await().until(() -> store.written().size() == 20);
  }

  @Test
  void aCommitTakesAlongWhatWasAddedBefore() {
    slow();
    List<JournalEntry> entries = entries(5);
    entries.subList(0, 3).forEach(journal::add);
    journal.commit(entries.subList(3, 5));
    assertThat(store.batches()).containsExactly(entries);
  }

  @Test
  void anActionRunsOnceItsEntryIsOnRecord() {
    List<Integer> onRecord = new CopyOnWriteArrayList<>();
    journal.add(entry(), () -> onRecord.add(store.written().size()));
    journal.add(
        entry(),
        () -> {
          throw new IllegalStateException("an action's own fault");
        });
    journal.add(entry(), () -> onRecord.add(store.written().size()));
    assertThat(onRecord).isEmpty();
    await().until(() -> onRecord.equals(List.of(3, 3)));
    journal.commit(List.of(entry()));
  }

  /// Each time that the disk is waited for costs more than what is written.
  @Test
  void whatNobodyWaitsForRidesWithTheNextCommitToTheDisk() {
    List<String> said = writtenButNotOnTheDisk(entries(1));
    assertThat(said).isEmpty();
    assertThat(store.secured()).isZero();
    journal.commit(List.of(entry()));
    assertThat(said).containsExactly("arrived");
    assertThat(store.secured()).isEqualTo(1);
  }

  @Test
  void whatRidesWithNoneIsSecuredByItself() {
    List<String> order = new CopyOnWriteArrayList<>();
    journal.add(entry(), () -> order.add("arrived"));
    await().until(() -> !order.isEmpty());
    assertThat(store.secured()).isEqualTo(1);
    assertThat(journal.commits()).isEqualTo(1);
  }

  @Test
  void whatWasNotOnTheDiskWhenTheDatabaseFellIsWrittenOnceMore() {
    List<JournalEntry> entries = entries(6);
    List<String> said = writtenButNotOnTheDisk(entries.subList(0, 2));
    store.goAway();
    assertThat(store.written()).isEmpty();
    entries.subList(2, 4).forEach(journal::add);
    await().until(() -> journal.health().waiting() == 4);
    assertThat(said).isEmpty();
    store.comeBack();
    journal.commit(entries.subList(4, 6));
    assertThat(store.written()).isEqualTo(entries);
    assertThat(said).containsExactly("arrived", "arrived");
  }

  @Test
  void whatWaitsForTheDiskGetsThereAtTheEnd() {
    List<String> said = writtenButNotOnTheDisk(entries(1));
    journal.close();
    assertThat(said).containsExactly("arrived");
    assertThat(store.secured()).isEqualTo(1);
  }

  @Test
  void whatDoesNotGetThereAtTheEndIsCounted() {
    List<String> said = writtenButNotOnTheDisk(entries(2));
    store.goAway();
    journal.close();
    assertThat(said).isEmpty();
    assertThat(journal.health().dropped()).isEqualTo(2);
  }

  @Test
  void noActionRunsWhileTheDatabaseIsAway() {
    AtomicInteger deleted = new AtomicInteger();
    store.goAway();
    journal.add(entry(), deleted::incrementAndGet);
    await().until(() -> store.attempts() >= 3);
    assertThat(deleted).hasValue(0);
    store.comeBack();
    await().until(() -> deleted.get() == 1);
  }

  @Test
  void commitsThatComeWhileOneIsUnderWayShareTheNext() throws Exception {
    slow();
    CountDownLatch gate = new CountDownLatch(1);
    store.hold(gate);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calls = new ArrayList<>();
      calls.add(callers.submit(() -> journal.commit(entries(2))));
      await().until(() -> store.attempts() == 1);
      for (int i = 0; i < 100; i++) {
        calls.add(callers.submit(() -> journal.commit(entries(2))));
      }
      await().until(() -> journal.health().waiting() == 202);
      gate.countDown();
      for (Future<?> call : calls) {
        call.get();
      }
    }
    assertThat(store.written()).hasSize(202);
    assertThat(journal.commits()).isEqualTo(2);
  }

  @Test
  void orderIsKeptThroughAnOutage() {
    List<JournalEntry> entries = entries(40);
    entries.subList(0, 10).forEach(journal::add);
    await().until(() -> store.written().size() == 10);
    store.goAway();
    entries.subList(10, 25).forEach(journal::add);
    await().until(() -> store.attempts() >= 4);
    entries.subList(25, 40).forEach(journal::add);
    store.comeBack();
    await().until(() -> store.written().equals(entries));
  }

  @Test
  void aCommitThatFailsTakesItsOwnEntriesBackAndNoOthers() {
    JournalEntry waiting = entry();
    store.goAway();
    journal.add(waiting);
    assertThatThrownBy(() -> journal.commit(entries(3)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the database is away");
    assertThat(journal.health().waiting()).isEqualTo(1);
    store.comeBack();
    await().until(() -> store.written().equals(List.of(waiting)));
  }

  @Test
  void aShortOutageIsNotFeltByACommit() throws Exception {
    slow();
    store.goAway();
    List<JournalEntry> entries = entries(3);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> call = callers.submit(() -> journal.commit(entries));
      await().until(() -> store.attempts() >= 3);
      store.comeBack();
      call.get();
    }
    assertThat(store.written()).isEqualTo(entries);
  }

  @Test
  void healthTellsSinceWhenAndWhyNothingCanBeWritten() {
    assertThat(journal.health().isWriting()).isTrue();
    store.goAway();
    journal.add(entry());
    await().until(() -> !journal.health().isWriting());
    assertThat(journal.health().failingSince()).contains(NOW);
    assertThat(journal.health().reason()).isEqualTo("the database is away");
    store.comeBack();
    await().until(() -> journal.health().isWriting());
    assertThat(journal.health().reason()).isEmpty();
  }

  @Test
  void aFullQueueDropsWhatIsAddedAndRefusesCommits() {
    store.goAway();
    entries(60).forEach(journal::add);
    assertThat(journal.health().waiting()).isEqualTo(50);
    assertThat(journal.health().dropped()).isEqualTo(10);
    assertThatThrownBy(() -> journal.commit(entries(1)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("full");
    store.comeBack();
    await().until(() -> store.written().size() == 50);
    journal.commit(entries(1));
    assertThat(store.written()).hasSize(51);
  }

  @Test
  void oneEntryThatNoDatabaseTakesHoldsUpNoOther() {
    List<JournalEntry> entries = entries(10);
    store.refuse(entry -> entry.equals(entries.get(4)));
    entries.forEach(journal::add);
    await().until(() -> store.written().size() == 9);
    assertThat(store.written()).doesNotContain(entries.get(4)).isSubsetOf(entries);
    assertThat(journal.health().dropped()).isEqualTo(1);
    assertThat(journal.health().isWriting()).isTrue();
  }

  @Test
  void aCommitOfWhatNoDatabaseTakesFailsAtOnce() {
    slow();
    List<JournalEntry> entries = entries(3);
    store.refuse(entry -> entry.equals(entries.get(1)));
    assertThatThrownBy(() -> journal.commit(entries)).hasMessageContaining("value too long");
    assertThat(journal.health().waiting()).isZero();
    journal.commit(entries(2));
  }

  /// Callers write for one another: what one takes back another may have in hand.
  @Test
  void whatARefusedCallerTakesBackCostsNoOtherAnEntry() throws Exception {
    slow();
    Set<JournalEntry> tasteless = ConcurrentHashMap.newKeySet();
    store.refuse(entry -> {
      Thread.yield();
      return tasteless.contains(entry);
    });
    Set<JournalEntry> promised = ConcurrentHashMap.newKeySet();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        done.add(
            callers.submit(() -> {
              for (int round = 0; round < 500; round++) {
                List<JournalEntry> bad = entries(3);
                tasteless.add(bad.get(1));
                assertThatThrownBy(() -> journal.commit(bad)).hasMessageContaining("too long");
                List<JournalEntry> good = entries(2);
                journal.commit(good);
                promised.addAll(good);
              }
            }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    }
    assertThat(store.written()).containsAll(promised).doesNotHaveDuplicates();
    assertThat(journal.health().waiting()).isZero();
  }

  @Test
  void anInterruptedCallerStillGetsItsCommit() throws Exception {
    slow();
    List<JournalEntry> entries = entries(2);
    store.goAway();
    Thread caller = Thread.ofVirtual().start(() -> journal.commit(entries));
    await().until(() -> store.attempts() >= 2);
    caller.interrupt();
    store.comeBack();
    caller.join();
    assertThat(store.written()).isEqualTo(entries);
  }

  @Test
  void closingWritesWhatIsLeft() {
    slow();
    List<JournalEntry> entries = entries(30);
    entries.forEach(journal::add);
    journal.close();
    assertThat(store.written()).isEqualTo(entries);
    journal.add(entry());
    assertThat(journal.health().dropped()).isEqualTo(1);
    assertThatThrownBy(() -> journal.commit(entries(1))).hasMessageContaining("closed");
  }

  @Test
  void closingDoesNotWaitForADatabaseThatStaysAway() {
    store.goAway();
    entries(3).forEach(journal::add);
    journal.close();
    assertThat(journal.health().dropped()).isEqualTo(3);
  }

  private void slow() {
    within(SLOW);
  }

  private void within(Journal.Limits limits) {
    journal.close();
    journal = new Journal(store, InstantSource.fixed(NOW), limits);
  }

  /// @return what those actions have said that waited for the disk
  private List<String> writtenButNotOnTheDisk(List<JournalEntry> entries) {
    within(RESTLESS);
    List<String> said = new CopyOnWriteArrayList<>();
    entries.forEach(entry -> journal.add(entry, () -> said.add("arrived")));
    await().until(() -> store.written().size() == entries.size());
    return said;
  }

  private List<JournalEntry> entries(int count) {
    return IntStream.range(0, count).mapToObj(_ -> entry()).toList();
  }

  private synchronized JournalEntry entry() {
    return SomeCanaries.scheduled(some.due("campus", NOW));
  }
}
