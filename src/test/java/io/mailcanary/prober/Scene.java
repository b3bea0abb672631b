package io.mailcanary.prober;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.authentication.Letter;
import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.mailbox.MessageKey;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Paths;
import io.mailcanary.path.Relay;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.runtime.VirtualAgenda;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A prober among relays, mailboxes and a record that do what a test says, on a clock that it
/// turns.
final class Scene {
  /// All that happened, across all parts, in order.
  final List<String> log = new CopyOnWriteArrayList<>();

  final VirtualAgenda time = new VirtualAgenda(Canaries.START);
  final MemoryLedger ledger = new MemoryLedger(log);
  final FakeRelays relays = new FakeRelays(clock(), log);
  final FakeRoutes routes = new FakeRoutes();
  final Board board = new Board(new ConfigurationView(Canaries.START, List.of()));
  final List<String> unverified = new CopyOnWriteArrayList<>();
  final List<String> withheld = new CopyOnWriteArrayList<>();
  final List<Letter> inspected = new CopyOnWriteArrayList<>();
  final List<Letter> glanced = new CopyOnWriteArrayList<>();
  List<AuthenticationCheck> authenticity = List.of();

  private final Map<String, List<FakeReader>> readers = new HashMap<>();
  private final Map<String, Map<MessageKey, FoundMessage>> held = new HashMap<>();
  private final Executor senders;
  private Duration clockAhead = Duration.ZERO;
  private boolean readersSee = true;
  private Plan plan;
  Prober prober;

  Scene(MailPath... paths) {
    this(Runnable::run, paths);
  }

  Scene(Executor senders, MailPath... paths) {
    this.senders = senders;
    plan = plan(paths);
    prober = prober();
  }

  Scene(Plan plan) {
    senders = Runnable::run;
    this.plan = plan;
    prober = prober();
  }

  /// Every minute; no confirmation; within 30 s, overdue after 5 min, lost after 1 h.
  static MailPath path(String name) {
    return Paths.path(name);
  }

  /// As above, with three canaries every five seconds at the first doubt.
  static MailPath confirmed(String name) {
    return Paths.path(name, Duration.ofMinutes(1), new Confirm(3, Duration.ofSeconds(5)));
  }

  static Plan plan(MailPath... paths) {
    return plan(Paths.relay("campus-out"), mailbox("hosted", "/var/mail/hosted"), paths);
  }

  static Plan plan(Relay relay, Mailbox mailbox, MailPath... paths) {
    return new Plan(
        Map.of(relay.name(), relay),
        Map.of(mailbox.name(), mailbox),
        Map.of(),
        Stream.of(paths)
            .collect(
                Collectors.toMap(
                    MailPath::name, path -> path, (one, _) -> one, LinkedHashMap::new)),
        ServiceSettings.DEFAULT);
  }

  /// As above, for a replica of this site that hands over so many canaries a minute at most.
  static Plan plan(String site, int receiverLimit, MailPath... paths) {
    ServiceSettings usual = ServiceSettings.DEFAULT;
    Plan plan = plan(paths);
    return new Plan(
        plan.relays(),
        plan.mailboxes(),
        plan.resolvers(),
        plan.paths(),
        new ServiceSettings(
            usual.listen(),
            usual.baseUrl(),
            usual.hosts(),
            usual.tokens(),
            usual.people(),
            usual.publicRead(),
            usual.metricsFrom(),
            usual.signingKeys(),
            site,
            receiverLimit,
            usual.retain(),
            usual.tracing()));
  }

  static Mailbox mailbox(String name, String directory) {
    return new Mailbox.Maildir(name, Path.of(directory), List.of(), Duration.ofSeconds(30), false);
  }

  private Prober prober() {
    return new Prober(
        new Prober.Ports(
            relays,
            routes,
            senders,
            (mailbox, sink) -> {
              FakeReader reader =
                  new FakeReader(
                      mailbox.name(),
                      sink,
                      clock(),
                      log,
                      held.computeIfAbsent(mailbox.name(), _ -> new LinkedHashMap<>()),
                      readersSee);
              readers.computeIfAbsent(mailbox.name(), _ -> new ArrayList<>()).add(reader);
              return reader;
            },
            ledger,
            ledger,
            agenda(),
            clock(),
            () -> Canaries.KEYS,
            board,
            new ProberMeters() {
              @Override
              public void lateness(Duration late) {}

              @Override
              public void relayWait(Duration waited) {}

              @Override
              public void unverified(String mailbox, String kind) {
                unverified.add(kind);
              }

              @Override
              public void withheld(Occasion occasion) {
                withheld.add(occasion.word());
              }
            },
            inspector),
        plan);
  }

  /// Everybody's authentication comes to this; at once.
  private final Inspector inspector =
      new Inspector() {
        @Override
        public void inspect(Letter letter, Consumer<List<AuthenticationCheck>> done) {
          inspected.add(letter);
          done.accept(authenticity);
        }

        @Override
        public void glance(Letter letter) {
          glanced.add(letter);
        }
      };

  private InstantSource clock() {
    return () -> time.instant().plus(clockAhead);
  }

  /// Waits by the steady time, whatever the clock says later.
  private Agenda agenda() {
    return (when, task) -> time.at(when.minus(clockAhead), task);
  }

  Scene start() {
    prober.start();
    return this;
  }

  /// Readers are not yet logged in when they are started.
  Scene startInTheDark() {
    readersSee = false;
    return start();
  }

  /// The process ends, whatever is off the record is gone, and another one takes over.
  void restart() {
    ledger.crash();
    prober.close();
    prober = prober();
    prober.start();
  }

  void follow(Plan next) {
    plan = next;
    prober.follow(next);
  }

  /// Moves our clock without telling anybody.
  void stepClock(Duration by) {
    clockAhead = clockAhead.plus(by);
  }

  Instant now() {
    return clock().instant();
  }

  /// Lets time pass until that long after the beginning.
  Scene at(String offset) {
    time.advanceTo(Canaries.START.plus(duration(offset)));
    return this;
  }

  static Duration duration(String text) {
    return text.endsWith("d")
        ? Duration.ofDays(Long.parseLong(text.substring(0, text.length() - 1)))
        : Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }

  /// A slot of these paths.
  Scene due(String... paths) {
    prober.due(List.of(paths), now());
    return this;
  }

  /// The reader that watches the mailbox `hosted` now.
  FakeReader hosted() {
    return readersOf("hosted").getLast();
  }

  List<FakeReader> readersOf(String mailbox) {
    return readers.getOrDefault(mailbox, List.of());
  }

  /// The canary of the `n`-th attempt, from 0, as it came over the wire.
  String sent(int n) {
    return FakeReader.delivered(relays.attempts.get(n).bytes());
  }

  /// The canary of the `n`-th attempt arrives now.
  FoundMessage arrives(int n) {
    return hosted().put("INBOX", sent(n));
  }

  CanaryId id(int attempt) {
    return idOf(relays.attempts.get(attempt).tag());
  }

  CanaryId idOf(String tag) {
    return ledger.journal().stream()
        .map(entry -> entry.canary())
        .filter(canary -> canary.messageId().startsWith(tag))
        .findFirst()
        .orElseThrow()
        .id();
  }

  /// As it is in memory, or else on record.
  Canary canary(int attempt) {
    CanaryId id = id(attempt);
    return prober.inMemory(id).or(() -> ledger.find(id)).orElseThrow();
  }

  Scene isStateOf(int attempt, String word) {
    assertThat(canary(attempt).state().word()).isEqualTo(word);
    return this;
  }

  boolean isInMemory(int attempt) {
    return prober.inMemory(id(attempt)).isPresent();
  }

  PathView view(String path) {
    prober.refresh();
    return board.path(path).orElseThrow();
  }

  Scene isHealth(String path, String word) {
    assertThat(view(path).health().health().word()).as(reason(path)).isEqualTo(word);
    return this;
  }

  String reason(String path) {
    return view(path).health().reason();
  }

  List<String> submissions() {
    return log.stream().filter(line -> line.startsWith("submit")).toList();
  }
}
