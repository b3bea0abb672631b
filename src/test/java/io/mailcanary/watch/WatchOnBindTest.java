package io.mailcanary.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Server;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.RealAgenda;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.SqlWatchStore;
import io.mailcanary.verdict.Change;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The founding stories, and servers that fail, on real servers: DNS alone tells them.
@NeedsServer({Server.BIND, Server.UNBOUND})
class WatchOnBindTest {
  private static final Duration EVERY = Duration.ofSeconds(3);

  /// One turn and two seconds.
  private static final Duration FOUND = EVERY.plusSeconds(2);

  private static final Duration CONFIRMED = Duration.ofSeconds(20);

  private final DnsScene scene = new DnsScene();
  private final InstantSource clock = InstantSource.system();
  private final RealAgenda agenda = new RealAgenda(clock);
  private final Database database = Database.open(new DatabaseSettings.InMemory());
  private final SqlWatchStore store = new SqlWatchStore(database);
  private final Findings findings = new Findings();
  private final Map<String, String> concerns = new ConcurrentHashMap<>();
  private final Board board = new Board(new ConfigurationView(Instant.EPOCH, List.of()));
  private DnsWatch watch;

  @BeforeEach
  void start() {
    scene.healthy();
    watch =
        new DnsWatch(
            new DnsWatch.Ports(
                NetworkSources::new,
                store,
                new ChangeLog(store, clock),
                findings,
                new Concerns(findings, this::concern),
                board,
                agenda,
                clock,
                Executors.newVirtualThreadPerTaskExecutor(),
                _ -> true),
            scene.plan(EVERY));
    watch.start();
    await()
        .atMost(CONFIRMED)
        .untilAsserted(() ->
            assertThat(findings.all()).containsOnlyKeys("dns:corp.test", "dns:hop.corp.test"));
    assertThat(all()).isEmpty();
  }

  @AfterEach
  void stop() {
    watch.close();
    agenda.close();
    database.close();
    scene.close();
  }

  private void concern(String path, Optional<String> words) {
    words.ifPresentOrElse(text -> concerns.put(path, text), () -> concerns.remove(path));
  }

  private List<Finding> all() {
    return findings.all().values().stream()
        .flatMap(List::stream)
        .filter(finding -> finding.severity() != Severity.INFO)
        .toList();
  }

  private void soon(Duration limit, ThrowingConsumer<List<Finding>> expected) {
    await()
        .atMost(limit)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> expected.accept(all()));
  }

  private Change change(String name, String type) {
    return store.changes(null, 50).stream()
        .filter(change -> change.name().equals(name) && change.type().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError(store.changes(null, 50).toString()));
  }

  @Test
  void aZoneChangeDropsTheMxAndLeavesTheAddress() {
    scene.corp(DnsScene.HEALTHY.replace("@ MX 10 mx\n", "@ A 192.0.2.8\n"));
    soon(
        FOUND,
        found ->
            assertThat(found)
                .anySatisfy(one -> {
                  assertThat(one.tag()).isEqualTo("mx-missing");
                  assertThat(one.name()).isEqualTo("corp.test");
                  assertThat(one.severity()).isEqualTo(Severity.PAGE);
                  assertThat(one.evidence().toString()).contains("(ns1.corp.test)");
                }));
    assertThat(concerns.get("out")).contains("corp.test has an address and no MX record");
    await().atMost(CONFIRMED).untilAsserted(() -> change("corp.test", "MX"));
    Change change = change("corp.test", "MX");
    assertThat(change.severity()).isEqualTo(Severity.PAGE);
    assertThat(change.before()).containsExactly("10 mx.corp.test");
    assertThat(change.after()).isEmpty();
    assertThat(change.servers())
        .extracting(Change.Seen::server)
        .containsExactly(
            scene.lab.address(21) + " (ns1.corp.test)", scene.lab.address(22) + " (ns2.corp.test)");
    assertThat(change.servers())
        .extracting(Change.Seen::serial)
        .containsOnly(scene.one.serial("corp.test"));
    // and mended again
    scene.corp(DnsScene.HEALTHY);
    await().atMost(CONFIRMED).untilAsserted(() -> assertThat(concerns).isEmpty());
  }

  @Test
  void theNextHopsNameIsGone() {
    scene.corp(DnsScene.HEALTHY.replace("hop A 192.0.2.7\n", ""));
    soon(
        FOUND,
        found ->
            assertThat(found)
                .anySatisfy(one -> {
                  assertThat(one.tag()).isEqualTo("next-hop-gone");
                  assertThat(one.name()).isEqualTo("hop.corp.test");
                }));
    await()
        .atMost(CONFIRMED)
        .untilAsserted(() ->
            assertThat(change("hop.corp.test", "A"))
                .returns(Severity.PAGE, Change::severity)
                .returns(List.of("192.0.2.7"), Change::before));
  }

  @Test
  void theMxIsDroppedAtOneOfTwoServers() {
    scene.two.zone("corp.test", DnsScene.HEALTHY.replace("@ MX 10 mx\n", ""));
    soon(FOUND, found -> assertThat(found).extracting(Finding::tag).contains("servers-disagree"));
    await()
        .atMost(CONFIRMED)
        .untilAsserted(() ->
            assertThat(change("corp.test", "MX"))
                .returns(Severity.WARN, Change::severity)
                .satisfies(one -> assertThat(one.servers()).hasSize(1)));
  }

  @Test
  void aServerThatIsStoppedAndStartedChangesNothing() {
    scene.two.stop();
    soon(
        Duration.ofSeconds(15),
        found -> assertThat(found).extracting(Finding::tag).contains("server-silent"));
    scene.two.start();
    soon(Duration.ofSeconds(20), found -> assertThat(found).isEmpty());
    assertThat(store.changes(null, 10)).isEmpty();
  }

  @Test
  void aServerThatForgetsTheZoneIsLame() {
    scene.two.drop("corp.test");
    soon(FOUND, found -> assertThat(found).extracting(Finding::tag).contains("server-lame"));
    assertThat(store.changes(null, 10)).isEmpty();
  }

  @Test
  void aResolverThatDoesNotAnswerIsTheObserversTrouble() {
    scene.unbound().freeze();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(board.parts())
                .anyMatch(part -> part.name().equals("resolver:default") && !part.ok()));
    assertThat(all())
        .extracting(Finding::tag)
        .doesNotContain("mx-missing", "name-missing", "server-silent");
    scene.unbound().thaw();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(board.parts()).allMatch(part -> part.ok()));
  }
}
