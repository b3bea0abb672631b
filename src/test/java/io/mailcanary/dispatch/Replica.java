package io.mailcanary.dispatch;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Content;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Meaning;
import io.mailcanary.canary.Promise;
import io.mailcanary.canary.Stage;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Route;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Paths;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.Paging;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.LatestNews;
import io.mailcanary.store.SqlCanaryStore;
import io.mailcanary.store.SqlIncidentStore;
import io.mailcanary.store.SqlWatchStore;
import io.mailcanary.verdict.Words;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// One replica as far as incidents go: a desk on a real store, and canaries whose fates a test
/// says.
final class Replica implements AutoCloseable {
  static final String PATH = "campus";
  static final String REFUSAL =
      "450 4.1.8 <canary@campus.example>: Sender address rejected: Domain not found";

  final AtomicBoolean judges = new AtomicBoolean();
  final AtomicBoolean alone = new AtomicBoolean();
  private final AtomicBoolean looks = new AtomicBoolean();
  final Database database;
  final IncidentStore incidents;
  final SqlWatchStore watched;
  final Board board = new Board(new ConfigurationView(Instant.EPOCH, List.of()));
  final IncidentDesk desk;
  private final SqlCanaryStore canaries;
  private final Map<CanaryId, String> words = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();

  Replica(DatabaseSettings settings, boolean judges) {
    InstantSource clock = InstantSource.system();
    this.judges.set(judges);
    database = Database.open(settings);
    incidents = new SqlIncidentStore(database);
    watched = new SqlWatchStore(database);
    canaries = new SqlCanaryStore(database, clock);
    desk =
        new IncidentDesk(
            new IncidentDesk.Ports(
                incidents,
                canaries,
                watched,
                new LatestNews(database),
                board,
                clock,
                canary -> words.getOrDefault(canary.id(), ""),
                Map::of,
                this.judges::get,
                this::isAlone,
                () -> {}),
            plan());
    desk.start();
  }

  /// Asked once it judges, whenever it looks at what others put on record.
  private boolean isAlone() {
    looks.set(true);
    return alone.get();
  }

  /// Whether it has begun with what was on record.
  boolean isJudging() {
    return looks.get();
  }

  private static Plan plan() {
    Channel hook =
        new Channel.Webhook(
            "hook",
            new Secret(URI.create("https://hook.example/").toString()),
            Optional.empty(),
            Optional.empty());
    Route all = new Route(Match.EVERYTHING, List.of("hook"), List.of(), Optional.empty(), false);
    return new Plan(
            Map.of("campus-out", Paths.relay("campus-out")),
            Map.of(),
            Map.of(),
            Map.of(PATH, Paths.path(PATH)),
            ServiceSettings.DEFAULT)
        .with(new Paging(Map.of("hook", hook), List.of(all), Optional.empty(), List.of()));
  }

  /// A canary that was due then is refused, and this replica knows.
  void refused(Instant due) {
    Evidence evidence =
        new Evidence(
            due,
            Stage.RCPT,
            SmtpReply.parse(REFUSAL + "\r\n").orElseThrow(),
            null,
            "mx.hosted.example:25",
            null,
            null,
            null,
            false,
            Map.of());
    Canary canary = canary(due, new CanaryState.Rejected(), Cause.SENDER_DOMAIN, null);
    words.put(canary.id(), Words.of(evidence));
    book(canary, new CanaryEvent.Attempted(due, evidence, Meaning.of(Cause.SENDER_DOMAIN)));
  }

  /// One is held up, and the relay goes on trying.
  void heldUp(Instant due) {
    Canary canary = canary(due, CanaryState.Deferred.ON_THE_WAY, Cause.SENDER_DOMAIN, null);
    words.put(canary.id(), "mx.hosted.example:25: " + REFUSAL);
    book(canary, refusal(due, Cause.SENDER_DOMAIN, REFUSAL));
  }

  /// One that was held up arrives after all.
  void comesIn(Instant due, Instant at) {
    Canary before =
        canaries.page(PATH, null, null, 200).stream()
            .filter(one -> one.scheduledAt().equals(due))
            .findFirst()
            .orElseThrow();
    Arrival arrival =
        new Arrival(at, Duration.ofMillis(1), at, "hosted", "INBOX", "1." + due.toEpochMilli());
    Canary after = late(before, arrival);
    CanaryEvent event = new CanaryEvent.Sighted(at, arrival, false, List.of());
    canaries.write(List.of(new JournalEntry(after, event)));
    board.tell(new Board.News.OfCanary(after));
  }

  /// One is greylisted, and arrives when the relay comes again.
  void greylisted(Instant due, Duration took) {
    Instant at = due.plus(took);
    Arrival arrival =
        new Arrival(at, Duration.ofMillis(1), at, "hosted", "INBOX", "1." + due.toEpochMilli());
    Canary waiting = canary(due, CanaryState.Deferred.ON_THE_WAY, Cause.GREYLIST, null);
    Canary arrived = late(waiting, arrival);
    CanaryEvent refusal = refusal(due, Cause.GREYLIST, "450 4.2.0 Greylisted");
    canaries.write(
        List.of(
            new JournalEntry(waiting, new CanaryEvent.Scheduled(waiting.scheduledAt())),
            new JournalEntry(waiting, refusal),
            new JournalEntry(arrived, new CanaryEvent.Sighted(at, arrival, false, List.of()))));
  }

  private static CanaryEvent refusal(Instant due, Cause cause, String reply) {
    return new CanaryEvent.Attempted(
        due,
        new Evidence(
            due,
            Stage.RCPT,
            SmtpReply.parse(reply + "\r\n").orElseThrow(),
            null,
            "mx.hosted.example:25",
            null,
            null,
            null,
            false,
            Map.of()),
        Meaning.of(cause));
  }

  private static Canary late(Canary before, Arrival arrival) {
    return new Canary(
        before.id(),
        before.path(),
        before.leg(),
        before.site(),
        before.messageId(),
        before.content(),
        before.promise(),
        before.scheduledAt(),
        before.firstAttemptAt(),
        2,
        before.scheduledAt(),
        arrival,
        Duration.between(before.scheduledAt(), arrival.at()),
        1,
        false,
        true,
        new CanaryState.DeliveredLate(),
        Cause.NONE);
  }

  /// One arrives as promised.
  void delivered(Instant due) {
    Instant at = due.plusSeconds(1);
    Arrival arrival =
        new Arrival(at, Duration.ofMillis(1), at, "hosted", "INBOX", "1." + due.toEpochMilli());
    book(
        canary(due, new CanaryState.Delivered(), Cause.NONE, arrival),
        new CanaryEvent.Sighted(at, arrival, false, List.of()));
  }

  private void book(Canary canary, CanaryEvent event) {
    canaries.write(
        List.of(
            new JournalEntry(canary, new CanaryEvent.Scheduled(canary.scheduledAt())),
            new JournalEntry(canary, event)));
    board.tell(new Board.News.OfCanary(canary));
  }

  private Canary canary(
      Instant due,
      CanaryState state,
      Cause cause,
      @org.jspecify.annotations.Nullable Arrival arrival) {
    byte[] bytes = new byte[CanaryId.RANDOM_BYTES];
    random.nextBytes(bytes);
    CanaryId id = CanaryId.of(due, bytes);
    return new Canary(
        id,
        PATH,
        "",
        "",
        id + "@campus.example",
        new Content("0".repeat(32), 1000),
        new Promise(
            "hosted", "INBOX", Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofHours(1)),
        due,
        due,
        1,
        arrival == null ? null : due,
        arrival,
        arrival == null ? null : Duration.ofSeconds(1),
        arrival == null ? 0 : 1,
        false,
        true,
        state,
        cause);
  }

  /// Events of which the hook is to be told, and of each how often.
  List<String> toTell(Incident incident) {
    return incidents.told(incident.id()).stream()
        .map(told -> told.event() + " " + told.result())
        .toList();
  }

  @Override
  public void close() {
    desk.close();
    database.close();
  }
}
