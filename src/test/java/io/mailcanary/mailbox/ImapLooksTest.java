package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.mailbox.Fixtures.Protocol;
import io.mailcanary.path.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

@NeedsServer(Server.DOVECOT)
class ImapLooksTest {
  private static final int ROUNDS = Integer.getInteger("latency.rounds", 15);
  private static final int WARM_UP = 5;
  private static final int LONG_AGO = 66;
  private static final int A_FEW = 40;
  private static final int[] LOOKS = {2, 5, 10, 20, 50, 100, 200};

  @Test
  void timedLooksSeeADeliveryWithinMomentsAndFewCommands() {
    try (Fixtures.OnDovecot fixture = new Fixtures.OnDovecot(Protocol.IMAP)) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = open(fixture, false, sightings, Timing.USUAL)) {
        reader.start();
        sightings.awaitSeeing();
        long before = 0;
        List<Double> millis = new ArrayList<>();
        List<Double> said = new ArrayList<>();
        for (int round = 0; round < ROUNDS + WARM_UP; round++) {
          if (round == WARM_UP) {
            before = reader.commands();
          }
          awaitRest(sightings);
          fixture.deliver("INBOX", Letters.canary(round));
          Instant delivered = Instant.now();
          lookUntilFound(reader, sightings, round + 1);
          if (round >= WARM_UP) {
            millis.add(Duration.between(delivered, sightings.foundAt.get(round)).toNanos() / 1e6);
            said.add(Duration.between(delivered, sightings.found.get(round).at()).toNanos() / 1e6);
          }
          reader.delete(List.of(sightings.found.get(round).key()));
        }
        double commands = (reader.commands() - before) / (double) ROUNDS;
        List<Double> sorted = millis.stream().sorted().toList();
        System.out.printf(
            "found after %s ms%n said %s%n median %.1f, p99 %.1f, commands each %.2f%n",
            millis, said, sorted.get(ROUNDS / 2), sorted.get((int) (ROUNDS * 0.99)), commands);
        assertThat(commands).isLessThanOrEqualTo(4);
      }
    }
  }

  @Test
  void looksThatNeverRestSeeTheOtherFoldersToo() {
    Timing restless = lazy(Duration.ofHours(1), Duration.ofMillis(300));
    try (Fixtures.OnDovecot fixture = new Fixtures.OnDovecot(Protocol.IMAP)) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = open(fixture, true, sightings, restless)) {
        reader.start();
        sightings.awaitSeeing();
        // The next power of two is far away.
        lookInVain(reader, LONG_AGO);
        fixture.deliver("Junk", Letters.canary(1));
        for (int look = 0; look < A_FEW && sightings.found.isEmpty(); look++) {
          lookInVain(reader, 1);
          LockSupport.parkNanos(100_000_000);
        }
        assertThat(sightings.found).extracting(FoundMessage::folder).containsExactly("Junk");
      }
    }
  }

  /// Where every canary is pushed, nothing is asked besides.
  @Test
  void aPushProvesThatTheMailboxIsSeen() {
    try (Fixtures.OnDovecot fixture = new Fixtures.OnDovecot(Protocol.IMAP)) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader =
          open(fixture, true, sightings, lazy(Duration.ofMillis(10), Duration.ofHours(1)))) {
        reader.start();
        sightings.awaitSeeing();
        Instant before = Instant.now();
        fixture.deliver("INBOX", Letters.canary(1));
        Sightings.patiently().until(() -> reader.seenAt().isAfter(before));
        assertThat(sightings.found).hasSize(1);
      }
    }
  }

  private static MailboxReader open(
      Fixtures.OnDovecot fixture, boolean keep, Sightings sightings, Timing timing) {
    return MailboxReaders.open(
        patient((Mailbox.Imap) fixture.mailbox(keep)),
        sightings,
        fixture.servers(),
        InstantSource.system(),
        Instant.EPOCH,
        timing);
  }

  /// One who asks for nothing by himself within the hour.
  private static Timing lazy(Duration calm, Duration restless) {
    Duration never = Duration.ofHours(1);
    return new Timing(
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        calm,
        never,
        never,
        restless,
        Duration.ofSeconds(10),
        never,
        never);
  }

  private static void lookInVain(MailboxReader reader, int times) {
    for (int i = 0; i < times; i++) {
      long before = reader.commands();
      reader.look();
      Sightings.patiently().until(() -> reader.commands() > before);
    }
  }

  /// With the usual poll, which is no part of this.
  private static Mailbox patient(Mailbox.Imap imap) {
    return new Mailbox.Imap(
        imap.name(), imap.server(), imap.folders(), Duration.ofSeconds(30), imap.keep());
  }

  /// Until the reader idles again.
  private static void awaitRest(Sightings sightings) {
    int known = sightings.found.size();
    Sightings.wait(Timing.USUAL.calm().plusMillis(200))
        .until(() -> sightings.found.size() == known);
  }

  private static void lookUntilFound(MailboxReader reader, Sightings sightings, int expected) {
    long delivered = System.nanoTime();
    for (int gap : LOOKS) {
      LockSupport.parkNanos(delivered + gap * 1_000_000L - System.nanoTime());
      if (sightings.found.size() >= expected) {
        return;
      }
      reader.look();
    }
    Sightings.patiently().until(() -> sightings.found.size() >= expected);
  }
}
