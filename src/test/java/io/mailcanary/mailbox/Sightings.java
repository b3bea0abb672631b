package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/// Keeps all that a reader tells.
final class Sightings implements MailboxSink {
  record Told(boolean sees, Instant since, String reason, Instant at) {}

  private static final Duration LONGEST = Duration.ofSeconds(20);

  final List<FoundMessage> found = new CopyOnWriteArrayList<>();
  final List<Instant> foundAt = new CopyOnWriteArrayList<>();
  final List<Told> told = new CopyOnWriteArrayList<>();

  @Override
  public void found(FoundMessage message) {
    foundAt.add(Instant.now());
    found.add(message);
  }

  @Override
  public void seeing(String mailbox, Instant since) {
    told.add(new Told(true, since, "", Instant.now()));
  }

  @Override
  public void blind(String mailbox, Instant since, String reason) {
    told.add(new Told(false, since, reason, Instant.now()));
  }

  /// A wait that servers in this process do not disturb by how they end.
  static ConditionFactory wait(Duration first) {
    return Awaitility.await()
        .dontCatchUncaughtExceptions()
        .atMost(LONGEST)
        .pollDelay(first)
        .pollInterval(Duration.ofMillis(5));
  }

  static ConditionFactory patiently() {
    return wait(Duration.ZERO);
  }

  Told awaitSeeing() {
    return await(true, 1);
  }

  Told awaitBlind() {
    return await(false, 1);
  }

  /// Waits for the n-th time that it says so.
  Told await(boolean sees, int times) {
    patiently().until(() -> told.stream().filter(one -> one.sees() == sees).count() >= times);
    return told.stream()
        .filter(one -> one.sees() == sees)
        .skip(times - 1)
        .findFirst()
        .orElseThrow();
  }

  FoundMessage awaitFound(String part) {
    patiently().until(() -> found.stream().anyMatch(message -> message.head().contains(part)));
    return only(part);
  }

  FoundMessage only(String part) {
    List<FoundMessage> fitting =
        found.stream().filter(message -> message.head().contains(part)).toList();
    assertThat(fitting).hasSize(1);
    return fitting.getFirst();
  }
}
