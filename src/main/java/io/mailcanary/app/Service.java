package io.mailcanary.app;

import io.mailcanary.api.LogOuts;
import io.mailcanary.authentication.Letter;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.dispatch.DispatchMeters;
import io.mailcanary.dispatch.Dispatcher;
import io.mailcanary.dispatch.IncidentDesk;
import io.mailcanary.dispatch.Notifiers;
import io.mailcanary.dispatch.Patience;
import io.mailcanary.dispatch.Pulse;
import io.mailcanary.mail.DkimSignature;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.HandOver;
import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxReaders;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.metrics.ServiceMetrics;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.prober.Ledger;
import io.mailcanary.prober.Prober;
import io.mailcanary.queue.QueueReader;
import io.mailcanary.receiver.Receivers;
import io.mailcanary.registry.Rdap;
import io.mailcanary.resolver.Asker;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.NameServers;
import io.mailcanary.resolver.Recursor;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.RealAgenda;
import io.mailcanary.runtime.ServiceSettings.Tracing;
import io.mailcanary.runtime.SteadyClock;
import io.mailcanary.schedule.ReplicaId;
import io.mailcanary.schedule.Schedule;
import io.mailcanary.schedule.Watchers;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.CertificateStore;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.EndedSessions;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.Journal;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.LastAttempt;
import io.mailcanary.store.LatestNews;
import io.mailcanary.store.SqlCanaryStore;
import io.mailcanary.store.SqlIncidentStore;
import io.mailcanary.store.SqlOutbox;
import io.mailcanary.store.SqlWatchStore;
import io.mailcanary.store.StoreException;
import io.mailcanary.store.WatchStore;
import io.mailcanary.submission.Submission;
import io.mailcanary.tls.PolicyFetcher;
import io.mailcanary.tls.PortProbe;
import io.mailcanary.trace.CanaryTraces;
import io.mailcanary.verdict.Change;
import io.mailcanary.verdict.Words;
import io.mailcanary.watch.AuthenticationWatch;
import io.mailcanary.watch.BounceWatch;
import io.mailcanary.watch.ChangeLog;
import io.mailcanary.watch.Concerns;
import io.mailcanary.watch.DnsWatch;
import io.mailcanary.watch.Findings;
import io.mailcanary.watch.KnownSurroundings;
import io.mailcanary.watch.NetworkSources;
import io.mailcanary.watch.QueueWatch;
import io.mailcanary.watch.QueuedHere;
import io.mailcanary.watch.Registrations;
import io.mailcanary.watch.SendingHosts;
import io.mailcanary.watch.StsPolicies;
import io.mailcanary.watch.TlsWatch;
import io.mailcanary.wire.Trust;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running service without its HTTP front: everything that a canary passes through.
public final class Service implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Service.class);
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration STALL = Duration.ofSeconds(5);
  private static final Pattern TLSA = Pattern.compile("^_\\d{1,5}\\._tcp\\.");
  private static final Duration TIDYING = Duration.ofMinutes(10);

  /// How long after its deadline a canary may still turn up.
  private static final Duration OPEN_AFTER_LOST = Duration.ofDays(10);

  private final ReplicaId self = ReplicaId.fresh();
  private final SteadyClock clock = new SteadyClock();
  private final RealAgenda agenda = new RealAgenda(clock);
  private final Trust trust = new Trust();
  private final Board board;
  private final ServiceMetrics metrics;
  private final Database database;
  private final CanaryStore store;
  private final Journal journal;
  private final Submission submission;
  private final Receivers receivers;
  private final Prober prober;
  private final IncidentStore incidents;
  private final HttpDoor door;
  private final LetterPost letters;
  private final Dispatcher dispatcher;
  private final Pulse pulse;
  private final IncidentDesk desk;
  private final QueueReader queueReader = new QueueReader(clock);
  private final QueueWatch queueWatch;
  private final WatchStore watchStore;
  private final Findings findings = new Findings();
  private final ChangeLog changes;
  private final DnsWatch dns;
  private final Path dataDirectory;
  private final ScheduledExecutorService heart =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("heart").factory());
  private final Asker asker = new Asker(Asker.Limits.RECURSIVE);
  private final ArrivalInspector inspector;
  private final TlsWatch tls;
  private final AuthenticationWatch authentication;
  private final SendingHosts sendingHosts = new SendingHosts(clock);
  private volatile Rdap registries;
  private final BounceWatch bounces;
  private volatile NameServers nameServers;
  private volatile Recursor recursor;
  private volatile SigningKeys keys;
  private volatile Plan plan;
  private volatile Optional<Schedule> schedule = Optional.empty();
  private volatile Optional<CanaryTraces> traces = Optional.empty();
  private final Elsewhere elsewhere;
  private final Sharing sharing;
  private final EndedSessions endedSessions;
  private final LogOuts logOuts;
  private Instant lastBeat;

  /// Opens the database and makes all parts; nothing moves yet.
  ///
  /// @param dataDirectory for what this replica keeps for itself
  /// @throws StoreException when the database cannot be opened
  public Service(Plan plan, Path dataDirectory, DatabaseSettings settings) {
    // Opening it takes longer than all the rest.
    CompletableFuture<Database> opening =
        CompletableFuture.supplyAsync(
            () -> Database.open(settings), task -> new Thread(task, "store-open").start());
    this.plan = plan;
    this.dataDirectory = dataDirectory;
    receivers =
        new Receivers(
            new StrictPolicy(() -> plan().defaultResolver(), () -> plan().dns().publicNetworks()),
            clock,
            dataDirectory.resolve("greylists"));
    keys = KeyFile.keys(plan.service().signingKeys(), dataDirectory);
    nameServers = new NameServers(plan.defaultResolver());
    recursor = new Recursor(plan.defaultResolver(), asker);
    registries = new Rdap(plan.dns().rdap(), clock);
    inspector =
        new ArrivalInspector(
            question -> recursor.ask(question, Look.VALIDATING), this::learned, this::handedOver);
    lastBeat = clock.instant();
    board = new Board(new ConfigurationView(lastBeat, List.of()));
    metrics = new ServiceMetrics(board, clock);
    Routes routes = new Routes(() -> nameServers);
    submission = new Submission(routes, trust, clock);
    database = opened(opening);
    store = new SqlCanaryStore(database, clock, database.isEmbedded() ? "" : self.mark());
    journal = new Journal(store, clock);
    metrics.commits(journal::commits);
    bounces = new BounceWatch(findings, agenda, clock, plan);
    prober =
        new Prober(
            new Prober.Ports(
                submission::submit,
                routes,
                task -> Thread.ofVirtual().name("send-", 0).start(task),
                this::reader,
                ledger(),
                store,
                agenda,
                clock,
                () -> keys,
                board,
                new CountedMail(metrics, this::bouncedElsewhere),
                inspector),
            plan);
    journal.whereOthersWrite(prober::stands);
    watchStore = new SqlWatchStore(database);
    incidents = new SqlIncidentStore(database);
    door = new HttpDoor(trust, clock);
    letters = new LetterPost(trust, clock);
    dispatcher =
        new Dispatcher(
            new SqlOutbox(database),
            incidents,
            new Notifiers(door, letters, clock)::of,
            board,
            clock,
            new Random(),
            (channel, result) -> metrics.told(channel, result.word()),
            Patience.DEFAULT);
    metrics.incidents(dispatcher::count);
    metrics.outbox(dispatcher::waiting, dispatcher::oldest);
    desk =
        new IncidentDesk(
            new IncidentDesk.Ports(
                incidents,
                store,
                watchStore,
                new LatestNews(database),
                board,
                clock,
                canary -> prober.words(canary.id()),
                findings::all,
                this::judgesIncidents,
                this::isAlone,
                dispatcher::wake),
            plan);
    elsewhere = new Elsewhere(new LatestNews(database), this::isAlone, prober::learned);
    sharing = new Sharing(prober, store, clock);
    endedSessions = new EndedSessions(database);
    logOuts = new LogOuts(endedSessions, !database.isEmbedded(), clock);
    pulse = new Pulse(board, new LastAttempt(database)::since, door, clock, plan);
    queueWatch =
        new QueueWatch(
            new QueueWatch.Ports(
                queueReader::read, this::foundInQueue, agenda, clock, board, findings));
    metrics.queues(queueWatch::messages);
    changes = new ChangeLog(watchStore, clock);
    Concerns concerns = new Concerns(findings, prober::concern);
    dns =
        new DnsWatch(
            new DnsWatch.Ports(
                NetworkSources::new,
                watchStore,
                changes,
                findings,
                concerns,
                board,
                agenda,
                clock,
                task -> Thread.ofVirtual().name("dns-", 0).start(task),
                this::isOurs),
            plan);
    tls =
        new TlsWatch(
            new TlsWatch.Ports(
                new PortProbe(host -> nameServers.addresses(host), trust, clock)::look,
                routes::hostsOf,
                findings::show,
                sources -> concerns.depend("tls", sources),
                changes::tell,
                changes::id,
                this::isOurs,
                new PortCertificates(new CertificateStore(database)),
                agenda,
                clock),
            plan);
    PolicyFetcher policies = new PolicyFetcher(host -> nameServers.addresses(host), trust);
    dns.surroundedBy(
        new KnownSurroundings(
            tls,
            new StsPolicies(policies::fetch, aside("mta-sts-"), clock),
            sendingHosts,
            new Registrations(domain -> registries.of(domain), aside("registration-"), clock)));
    authentication = new AuthenticationWatch(findings, plan);
    metrics.findings(findings);
    metrics.certificates(tls::expiries);
  }

  private static Executor aside(String name) {
    return task -> Thread.ofVirtual().name(name, 0).start(task);
  }

  private MailboxReader reader(Mailbox mailbox, MailboxSink sink) {
    return mailbox instanceof Mailbox.Receiver own
        ? prober.readerOf(own, receivers, sink)
        : MailboxReaders.open(
            mailbox, sink, host -> nameServers.addresses(host), trust, clock, horizon());
  }

  private void foundInQueue(List<QueuedHere> held) {
    prober.foundInQueue(held.stream().map(Queued::canary).toList());
  }

  private void listen(Plan next) throws Receivers.UnboundException {
    receivers.follow(
        next.mailboxes().values().stream()
            .filter(Mailbox.Receiver.class::isInstance)
            .map(Mailbox.Receiver.class::cast)
            .toList(),
        next.paths().values());
  }

  private static Database opened(CompletableFuture<Database> opening) {
    try {
      return opening.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof StoreException why ? why : e;
    }
  }

  /// Goes on where the record ends, watches the mailboxes, and sends when canaries are due.
  public void start() {
    logOuts.lookNow();
    watch();
    tell(plan);
    dispatcher.start(database.isEmbedded());
    pulse.start();
    findings.listen(desk::findings);
    changes.listen(desk::changed);
    desk.start();
    prober.firstLight();
    Schedule turning =
        database.isEmbedded()
            ? Schedule.alone(prober, plan.service().site(), clock)
            : Schedule.clustered(database.dataSource(), prober, plan.service().site(), self, clock);
    schedule = Optional.of(turning);
    turning.follow(plan.paths().values());
    Thread.ofVirtual().name("dns-start").start(dns::start);
    Thread.ofVirtual().name("tls-start").start(tls::start);
    var _ = board.listen(this::heard);
    changes.listen(change -> {
      if (change.kind() == Change.Kind.RECORD) {
        tls.hostChanged(TLSA.matcher(change.name()).replaceFirst(""));
      }
    });
    var _ = heart.scheduleWithFixedDelay(this::tidy, 1, TIDYING.toMinutes(), TimeUnit.MINUTES);
    var _ =
        heart.scheduleWithFixedDelay(
            Heap.betweenSlots(clock, heart, Heap::giveBack),
            1,
            TIDYING.toMinutes(),
            TimeUnit.MINUTES);
    var _ =
        heart.scheduleWithFixedDelay(
            Heap.betweenSlots(clock, heart, Heap::trim), 1, 3, TimeUnit.MINUTES);
    Heap.tending(clock)
        .ifPresent(
            tending -> heart.scheduleWithFixedDelay(tending, 10_000, 900, TimeUnit.MILLISECONDS));
  }

  /// Goes on where the record ends and watches the mailboxes, but sends nothing by itself.
  ///
  /// @throws IllegalStateException when a receiver of our own cannot listen
  public void watch() {
    try {
      listen(plan);
    } catch (Receivers.UnboundException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
    lastBeat = clock.instant();
    if (database.isEmbedded()) {
      prober.start();
    } else {
      elsewhere.begin(lastBeat);
      prober.startAmongOthers();
    }
    queueWatch.follow(plan.queues());
    var _ =
        heart.scheduleAtFixedRate(
            this::beat, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Works by these probe files from now on.
  public void follow(Plan next) {
    try {
      listen(next);
    } catch (Receivers.UnboundException e) {
      refuse(e.problems());
      return;
    }
    keys = KeyFile.keys(next.service().signingKeys(), dataDirectory);
    if (!next.dns().rdap().equals(plan.dns().rdap())) {
      registries = new Rdap(next.dns().rdap(), clock);
    }
    if (!next.defaultResolver().equals(plan.defaultResolver())) {
      nameServers = new NameServers(next.defaultResolver());
      recursor = new Recursor(next.defaultResolver(), asker);
    }
    Plan before = plan;
    plan = next;
    submission.relaysChanged(next.relays().values());
    prober.follow(next);
    queueWatch.follow(next.queues());
    schedule.ifPresent(turning -> turning.follow(next.paths().values()));
    tell(next);
    pulse.follow(next);
    desk.follow(next);
    if (schedule.isPresent()) {
      dns.follow(next);
      tls.follow(next);
      authentication.follow(next);
      bounces.follow(next);
      PlanChange.between(before, next, changes.id(), clock.instant()).ifPresent(changes::tell);
    }
    board.show(new ConfigurationView(clock.instant(), List.of()));
    LOG.info("changed probe files are in force: {} paths", next.paths().size());
  }

  private void tell(Plan next) {
    letters.relaysChanged(next.relays().values());
    metrics.channels(
        next.paging().channels().keySet(),
        Arrays.stream(DispatchMeters.Result.values()).map(DispatchMeters.Result::word).toList());
    dispatcher.follow(next);
    trace(next.service().tracing());
    next.paging().cautions().values().forEach(words -> LOG.warn("{}", words));
  }

  private void trace(Optional<Tracing> settings) {
    if (!traces.map(CanaryTraces::settings).equals(settings)) {
      traces.ifPresent(CanaryTraces::close);
      String instance = ManagementFactory.getRuntimeMXBean().getName();
      traces = settings.map(one -> new CanaryTraces(one, door, clock, prober::looks, instance));
    }
  }

  private void heard(Board.News news) {
    switch (news) {
      case Board.News.OfCanary(Canary canary) -> {
        tls.heard(canary);
        authentication.heard(canary);
        bounces.heard(canary, prober.words(canary.id()));
      }
      case Board.News.OfPath _, Board.News.OfIncident _ -> {}
    }
  }

  private void handedOver(Letter letter, HandOver handOver) {
    sendingHosts.learn(
        EmailAddress.parse(letter.sender()), EmailAddress.parse(letter.recipient()), handOver);
  }

  private void bouncedElsewhere(String mailbox) {
    bounces.foreign(mailbox);
  }

  private void learned(DkimSignature signature) {
    dns.learn(signature.domain(), signature.selector());
  }

  /// Goes on with the probe files in force and shows what is wrong with the newer ones.
  public void refuse(List<String> problems) {
    board.show(new ConfigurationView(board.configuration().loadedAt(), problems));
    LOG.warn(
        "changed probe files are refused, those from before stay in force: {} problems, the first: {}",
        problems.size(),
        problems.getFirst());
  }

  public Plan plan() {
    return plan;
  }

  public Board board() {
    return board;
  }

  public Prober prober() {
    return prober;
  }

  public CanaryStore store() {
    return store;
  }

  public IncidentStore incidents() {
    return incidents;
  }

  public IncidentDesk desk() {
    return desk;
  }

  public Dispatcher dispatcher() {
    return dispatcher;
  }

  public WatchStore watchStore() {
    return watchStore;
  }

  /// What watchers find wrong.
  public Findings findings() {
    return findings;
  }

  /// What became different.
  public ChangeLog changes() {
    return changes;
  }

  public DnsWatch dns() {
    return dns;
  }

  public AuthenticationWatch authentication() {
    return authentication;
  }

  public TlsWatch tls() {
    return tls;
  }

  public ServiceMetrics metrics() {
    return metrics;
  }

  public LogOuts logOuts() {
    return logOuts;
  }

  public InstantSource clock() {
    return clock;
  }

  @Override
  public void close() {
    heart.shutdownNow();
    dns.close();
    schedule.ifPresent(Schedule::close);
    queueWatch.close();
    queueReader.close();
    inspector.close();
    tls.close();
    prober.close();
    desk.close();
    pulse.close();
    dispatcher.close();
    traces.ifPresent(CanaryTraces::close);
    door.close();
    letters.close();
    receivers.close();
    submission.close();
    agenda.close();
    journal.close();
    database.close();
    metrics.close();
  }

  private Ledger ledger() {
    return new Ledger() {
      @Override
      public Set<CanaryId> commit(List<JournalEntry> entries) {
        Set<CanaryId> others = journal.commit(entries);
        traces.ifPresent(told ->
            told.recorded(
                entries.stream().filter(entry -> !others.contains(entry.canary().id())).toList()));
        return others;
      }

      @Override
      public void add(JournalEntry entry, Runnable whenCommitted) {
        journal.add(entry, whenCommitted);
        traces.ifPresent(told -> told.heard(entry));
      }
    };
  }

  /// What is older than this was given up and closed long ago.
  private Instant horizon() {
    Duration longest =
        plan.paths().values().stream()
            .map(MailPath::expect)
            .map(expect -> expect.lostAfter())
            .max(Duration::compareTo)
            .orElse(Duration.ZERO);
    return clock.instant().minus(longest).minus(OPEN_AFTER_LOST);
  }

  /// Once a second: the clock, ourselves, and what follows from time alone.
  private void beat() {
    try {
      clock.check().ifPresent(this::clockStepped);
      Instant now = clock.instant();
      if (lastBeat.plus(STALL).isBefore(now)) {
        LOG.warn("this process stood still for {}", Words.of(Duration.between(lastBeat, now)));
        prober.stalled(lastBeat, now);
      }
      lastBeat = now;
      showStore(now);
      showSchedule(now);
      if (!database.isEmbedded()) {
        elsewhere.look(now);
        schedule.ifPresent(turning -> sharing.look(turning, plan.service().site(), now));
      }
      logOuts.look();
      prober.refresh();
    } catch (RuntimeException e) {
      LOG.error("a beat failed", e);
    }
  }

  private void clockStepped(Duration by) {
    LOG.warn("the system's clock was set by {} ms: latencies across it are void", by.toMillis());
    lastBeat = lastBeat.plus(by);
    prober.clockStepped(by);
    desk.clockStepped(by);
  }

  private void showStore(Instant now) {
    Journal.Health health = journal.health();
    String reason = health.isWriting() ? database.away().orElse("") : health.reason();
    board.show("store", reason.isEmpty(), reason, health.failingSince().orElse(now));
  }

  private void showSchedule(Instant now) {
    schedule.ifPresent(turning -> {
      Optional<String> trouble = turning.trouble(now);
      board.show("schedule", trouble.isEmpty(), trouble.orElse(""), now);
    });
  }

  private void tidy() {
    Thread.startVirtualThread(() -> {
      try {
        if (isTidier()) {
          store.tidy(
              clock.instant(),
              plan.service().retain().canaries(),
              plan.service().retain().hourly());
          endedSessions.tidy(clock.instant());
          incidents.tidy(clock.instant(), plan.service().retain().hourly());
          watchStore.tidyWatch(clock.instant().minus(plan.service().retain().hourly()));
        }
      } catch (StoreException e) {
        LOG.warn("what is old was not removed: {}", e.getMessage());
      }
    });
  }

  private boolean isTidier() {
    return isOurs("tidy");
  }

  /// Whether something that one replica does for all, whatever their sites, is this one's.
  private boolean isOurs(String work) {
    return schedule
        .map(turning -> Watchers.isOurs(work, turning.everywhere().alive()))
        .orElse(true);
  }

  /// On a database that others may share, nobody judges before it is known who they are.
  private boolean judgesIncidents() {
    return database.isEmbedded() || (schedule.isPresent() && isOurs("incidents"));
  }

  private boolean isAlone() {
    return schedule.map(turning -> turning.everywhere().alive().all().size() == 1).orElse(true);
  }
}
