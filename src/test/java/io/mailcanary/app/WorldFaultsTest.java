package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.app.BrokenWorld.Sight;
import io.mailcanary.canary.CanaryState.Delivered;
import io.mailcanary.canary.CanaryState.DeliveredLate;
import io.mailcanary.incident.Incident;
import io.mailcanary.verdict.Health;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Each fault of the built-in world is switched on, found where it is, and forgotten once it is
/// off. Faults that do not meet share a world, and all worlds run at the same time.
@Timeout(240)
class WorldFaultsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration RESOLVED = Duration.ofSeconds(120);
  private static final String MX = "MX of campus.example";

  @TempDir static Path directory;

  private static final ExecutorService ROUNDS = Executors.newVirtualThreadPerTaskExecutor();
  private static final Map<Round, CompletableFuture<Void>> RUNNING = new EnumMap<>(Round.class);

  /// Mail waits at a server that tries again, and all of it comes after the repair.
  private static final Set<Round> HOLDING =
      EnumSet.of(Round.A_LOST_MX, Round.AN_ALIAS, Round.A_NEXT_HOP_HELD);

  /// What is to be seen of a path while the faults are on.
  record Seen(String path, List<Health> health, String words) {}

  private static Seen seen(String path, String words, Health... healths) {
    return new Seen(path, List.of(healths), words);
  }

  enum Round {
    A_LOST_MX(
        List.of("mx-missing"),
        List.of(MX, "defer mail"),
        seen("campus-to-publisher", "450 4.1.8", Health.DEFERRING),
        seen("campus-to-provider", "450 4.1.8", Health.DEFERRING),
        seen("campus-to-partner", "no MX", Health.DEGRADED),
        seen("campus-to-ugrad", "no MX", Health.DEGRADED),
        seen("ugrad-and-back", "no MX", Health.DEGRADED),
        seen("partner-to-campus", "no MX", Health.DEGRADED)),
    AN_ALIAS(
        List.of("mx-cname-conflict"),
        List.of("CNAME of campus.example"),
        seen("campus-to-publisher", "450 4.1.8", Health.DEFERRING),
        seen("campus-to-provider", "450 4.1.8", Health.DEFERRING),
        seen("campus-to-partner", "campus.example", Health.DEGRADED),
        seen("campus-to-ugrad", "campus.example", Health.DEGRADED),
        seen("ugrad-and-back", "campus.example", Health.DEGRADED),
        seen("partner-to-campus", "campus.example", Health.DEGRADED)),
    A_LOST_NEXT_HOP(
        List.of("nexthop-gone"),
        List.of("A of in.hosted.example"),
        seen("campus-to-ugrad", "5.4.4", Health.FAILING),
        seen("ugrad-and-back", "5.4.4", Health.FAILING)),
    A_NEXT_HOP_HELD(
        List.of("nexthop-hold"),
        List.of("in.hosted.example"),
        seen("campus-to-ugrad", "4.4.4", Health.DEFERRING),
        seen("ugrad-and-back", "4.4.4", Health.DEFERRING)),
    REFUSED_FOR_NOW(
        List.of("receiver-4xx=452 4.3.1 no room today", "junk", "swallow"),
        List.of(),
        seen("campus-to-partner", "452 4.3.1 no room today", Health.DEFERRING),
        seen("campus-to-provider", "Junk", Health.DEGRADED),
        seen("campus-to-publisher", "no proof of arrival", Health.DEFERRING),
        seen("campus-to-publisher", "lost", Health.FAILING)),
    REFUSED_FOR_GOOD(
        List.of("receiver-5xx", "slow=8s", "name-gone"),
        List.of(),
        seen("campus-to-partner", "550 5.7.1", Health.FAILING),
        seen("campus-to-provider", "slow", Health.DEGRADED),
        seen("campus-to-publisher", "5.4.4", Health.FAILING)),
    LATE(
        List.of("greylist=7s", "duplicate", "altered", "certificate-expired"),
        List.of(),
        seen("campus-to-partner", "4.2.0 Greylisted", Health.DEFERRING, Health.DEGRADED),
        seen("campus-to-provider", "delivered 2 times", Health.DEGRADED),
        seen("campus-to-publisher", "content changed", Health.DEGRADED),
        seen("campus-to-ugrad", "expired", Health.DEFERRING),
        seen("ugrad-and-back", "expired", Health.DEFERRING)),
    NOT_TO_BE_SEEN(
        List.of("mailbox-down", "dns-servfail"),
        List.of(),
        seen("campus-to-partner", "partner", Health.BLIND),
        seen("campus-to-publisher", "4.4.3", Health.DEFERRING)),
    STANDING_STILL(
        List.of("mailbox-frozen", "clock-skew"),
        List.of(),
        seen("campus-to-ugrad", "ugrad", Health.BLIND),
        seen("campus-to-provider", "hosted", Health.BLIND),
        seen("campus-to-publisher", "publisher", Health.BLIND),
        // Its far end is there, so the answer stays away, and more is not known.
        seen("ugrad-and-back", "", Health.DEGRADED, Health.DEFERRING));

    private final List<String> faults;
    private final List<String> named;
    private final List<Seen> seen;

    /// @param named what an incident names, which then has to end; where there is none, each of
    ///   several faults at once may have its own, and how soon they end is not tried here
    Round(List<String> faults, List<String> named, Seen... seen) {
      this.faults = faults;
      this.named = named;
      this.seen = List.of(seen);
    }
  }

  @BeforeAll
  static void start() throws IOException {
    for (Round round : Round.values()) {
      BrokenWorld world = BrokenWorld.start(directory.resolve(round.name()));
      RUNNING.put(round, CompletableFuture.runAsync(() -> run(round, world), ROUNDS));
    }
  }

  @AfterAll
  static void end() {
    ROUNDS.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource
  void isFoundAndForgotten(Round round) throws Exception {
    Objects.requireNonNull(RUNNING.get(round)).get();
  }

  @Test
  void everyFaultHasItsRound() {
    List<String> tried =
        Arrays.stream(Round.values())
            .flatMap(round -> round.faults.stream())
            .map(fault -> fault.split("=", 2)[0])
            .toList();
    assertThat(tried).hasSize(18).doesNotHaveDuplicates();
  }

  private static void run(Round round, BrokenWorld world) {
    try (world) {
      world.lookAnew();
      round.faults.forEach(world::on);
      for (Seen expected : round.seen) {
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(world.sights())
                    .as("%s: %s", round, expected)
                    .anyMatch(sight -> fits(expected, sight)));
      }
      for (String named : round.named) {
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(world.incidents().map(WorldFaultsTest::told))
                    .anyMatch(words -> words.contains(named)));
      }
      world.allOff();
      world.awaitHealthy();
      if (HOLDING.contains(round)) {
        await()
            .atMost(LIMIT)
            .untilAsserted(() ->
                assertThat(world.whatWasDeferred())
                    .isNotEmpty()
                    .hasOnlyElementsOfTypes(Delivered.class, DeliveredLate.class));
      }
      List<String> hit = round.seen.stream().map(Seen::path).toList();
      assertThat(world.sights())
          .filteredOn(sight -> !hit.contains(sight.path()))
          .allMatch(sight -> sight.health() == Health.OK);
      if (!round.named.isEmpty()) {
        await()
            .atMost(RESOLVED)
            .untilAsserted(() ->
                assertThat(world.incidents().filter(Incident::isOpen).map(WorldFaultsTest::told))
                    .isEmpty());
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// An incident as a person would read it.
  private static String told(Incident incident) {
    return incident.timeline().stream()
        .map(entry -> "\n    %s %s %s".formatted(entry.at(), entry.kind(), entry.text()))
        .collect(
            Collectors.joining(
                "",
                "\n  %s %s %s, %s: %s %s"
                    .formatted(
                        incident.severity(),
                        incident.kind(),
                        incident.state(),
                        incident.title(),
                        incident.paths(),
                        incident.attribution()),
                ""));
  }

  private static boolean fits(Seen expected, Sight sight) {
    return sight.path().equals(expected.path)
        && expected.health.contains(sight.health())
        && sight.reason().contains(expected.words);
  }
}
