package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.Handover;
import io.mailcanary.canary.Stage;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Tally;
import io.mailcanary.store.JournalEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Hours of a world in which everything goes wrong that can: whatever comes in whatever order, the
/// promises are kept.
class PromisesTest {
  private static final int STEPS = 300;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void withoutACrash(long seed) {
    World world = new World(seed, false);
    world.live();
    world.checkTallies();
  }

  @ParameterizedTest
  @ValueSource(longs = {103, 104, 106})
  void withCrashes(long seed) {
    new World(seed, true).live();
  }

  private static final class World {
    private final Random random;
    private final boolean crashes;
    private final Scene scene;
    private final List<String> paths = List.of("a", "b", "c", "d", "e");
    private final Set<MessageKey> onRecord = new HashSet<>();
    private int read;
    private boolean blind;

    World(long seed, boolean crashes) {
      random = new Random(seed);
      this.crashes = crashes;
      scene =
          new Scene(
              IntStream.range(0, 5)
                  .mapToObj(i -> i < 3 ? Scene.path(paths.get(i)) : Scene.confirmed(paths.get(i)))
                  .toArray(MailPath[]::new));
      scene.relays.whenTaken(this::underWay);
      scene.start();
    }

    void live() {
      for (int i = 0; i < STEPS; i++) {
        scene.relays.script("campus-out", answer());
        scene.due(paths.stream().filter(_ -> random.nextInt(3) > 0).toArray(String[]::new));
        scene.time.advance(Duration.ofMillis(random.nextInt(60_000)));
        something();
        deletedOnlyWhatIsOnRecord();
      }
      calmDown();
      sentAtMostOnceUnlessRefused();
      nothingIsLeft();
    }

    private FakeRelays.Answer answer() {
      return switch (random.nextInt(10)) {
        case 0 -> FakeRelays.defers();
        case 1 -> FakeRelays.answers(Stage.END_OF_DATA, "451 4.3.0 later");
        case 2 -> FakeRelays.refuses();
        case 3 -> FakeRelays.isUnreachable();
        case 4 -> FakeRelays.breaksOff();
        default -> FakeRelays.accepts();
      };
    }

    /// What a relay has whole may arrive, whatever it answered.
    private void underWay(FakeRelays.Attempt attempt) {
      Handover handover = Handover.of(attempt.evidence());
      boolean goesOn = handover == Handover.ACCEPTED || random.nextInt(3) == 0;
      int times = !goesOn || random.nextInt(12) == 0 ? 0 : random.nextInt(10) == 0 ? 2 : 1;
      String raw = FakeReader.delivered(attempt.bytes());
      String arriving = random.nextInt(15) == 0 ? raw.replace("Nobody", "Somebody") : raw;
      String folder = random.nextInt(15) == 0 ? "Junk" : "INBOX";
      for (int i = 0; i < times; i++) {
        long after = random.nextInt(10) == 0 ? random.nextInt(5_000_000) : random.nextInt(5_000);
        scene.time.at(
            scene.time.instant().plusMillis(after), () -> scene.hosted().put(folder, arriving));
      }
    }

    private void something() {
      String path = paths.get(random.nextInt(5));
      switch (random.nextInt(24)) {
        case 0, 1 -> {
          blind = true;
          scene.hosted().goBlind("gone");
        }
        case 2, 3, 4 -> see();
        case 5 -> scene.ledger.hold();
        case 6, 7 -> scene.ledger.release();
        case 8 -> scene.ledger.goAway();
        case 9, 10, 11 -> scene.ledger.comeBack();
        case 12 -> whileTheRecordIsThere(() -> scene.prober.pause(path));
        case 13, 14 -> whileTheRecordIsThere(() -> scene.prober.resume(path));
        case 15 -> whileTheRecordIsThere(() -> scene.prober.sendNow(path));
        case 16 -> step(Duration.ofSeconds(random.nextInt(600) - 300));
        case 17 -> scene.prober.stalled(scene.now().minusSeconds(20), scene.now());
        case 18 -> scene.hosted().keepSilent();
        case 19 -> {
          if (crashes) {
            scene.ledger.comeBack();
            scene.restart();
            blind = false;
          }
        }
        case 20 -> scene.time.advance(Duration.ofMinutes(random.nextInt(90)));
        default -> {}
      }
    }

    private void see() {
      blind = false;
      scene.hosted().see();
    }

    private void step(Duration by) {
      scene.stepClock(by);
      scene.prober.clockStepped(by);
    }

    private void whileTheRecordIsThere(Runnable action) {
      scene.ledger.comeBack();
      action.run();
    }

    private void calmDown() {
      scene.relays.script("campus-out", FakeRelays.accepts());
      scene.relays.whenTaken(
          attempt -> scene.hosted().put("INBOX", FakeReader.delivered(attempt.bytes())));
      scene.ledger.comeBack();
      scene.ledger.release();
      if (blind) {
        see();
      }
      scene.time.advance(Duration.ofHours(8));
      see();
      // What is only seen now may have raised a doubt, and a burst.
      scene.time.advance(Duration.ofHours(2));
    }

    private void deletedOnlyWhatIsOnRecord() {
      List<JournalEntry> journal = scene.ledger.journal();
      for (JournalEntry entry : journal.subList(read, journal.size())) {
        if (entry.event() instanceof CanaryEvent.Sighted sighted) {
          onRecord.add(new MessageKey(sighted.arrival().folder(), sighted.arrival().uid()));
        }
      }
      read = journal.size();
      for (FakeReader reader : scene.readersOf("hosted")) {
        assertThat(reader.deleted).allMatch(onRecord::contains);
      }
    }

    private void sentAtMostOnceUnlessRefused() {
      Map<String, Handover> last = new HashMap<>();
      for (FakeRelays.Attempt attempt : scene.relays.attempts) {
        Handover before = last.put(attempt.tag(), Handover.of(attempt.evidence()));
        assertThat(before).as(attempt.tag()).isIn(null, Handover.DEFERRED);
      }
    }

    private void nothingIsLeft() {
      Map<CanaryId, Canary> known = new TreeMap<>();
      scene.ledger.journal().forEach(entry -> known.put(entry.canary().id(), entry.canary()));
      assertThat(known).hasSizeGreaterThan(STEPS);
      for (Canary canary : known.values()) {
        assertThat(scene.prober.inMemory(canary.id())).as("%s in memory", canary).isEmpty();
        assertThat(canary.state().isSettled()).as("%s", canary).isTrue();
        assertThat(scene.ledger.find(canary.id())).contains(canary);
      }
      assertThat(scene.hosted().content())
          .filteredOn(message -> !message.head().contains("Somebody"))
          .extracting(FoundMessage::uid)
          .isEmpty();
      assertThat(scene.time.waiting()).isZero();
    }

    /// What the board counts is what stands on record.
    void checkTallies() {
      Map<String, Map<Tally.Key, Long>> counted = new TreeMap<>();
      Map<CanaryId, String> words = new HashMap<>();
      for (JournalEntry entry : scene.ledger.journal()) {
        Canary canary = entry.canary();
        String word = canary.state().word();
        if (!word.equals(words.put(canary.id(), word))) {
          counted
              .computeIfAbsent(canary.path(), _ -> new TreeMap<>())
              .merge(new Tally.Key("", word, canary.cause().word()), 1L, Long::sum);
        }
      }
      for (String path : paths) {
        assertThat(scene.board.tally(path).entries()).isEqualTo(counted.get(path));
      }
      assertThat(counted.get("a")).hasSizeGreaterThan(4);
    }
  }
}
