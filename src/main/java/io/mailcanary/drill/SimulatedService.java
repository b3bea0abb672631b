package io.mailcanary.drill;

import io.mailcanary.app.Queued;
import io.mailcanary.authentication.Authenticator;
import io.mailcanary.authentication.Letter;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.SigningKeys;
import io.mailcanary.dispatch.Dispatcher;
import io.mailcanary.dispatch.IncidentDesk;
import io.mailcanary.dispatch.Patience;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.DkimSignature;
import io.mailcanary.mail.HeaderBlock;
import io.mailcanary.mailbox.MailboxReader;
import io.mailcanary.mailbox.MailboxSink;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.prober.Inspector;
import io.mailcanary.prober.Ledger;
import io.mailcanary.prober.Prober;
import io.mailcanary.prober.ProberMeters;
import io.mailcanary.resolver.Asker;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Recursor;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.VirtualAgenda;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.JournalEntry;
import io.mailcanary.store.LatestNews;
import io.mailcanary.store.SqlCanaryStore;
import io.mailcanary.store.SqlIncidentStore;
import io.mailcanary.store.SqlOutbox;
import io.mailcanary.store.SqlWatchStore;
import io.mailcanary.transport.CertificateBook;
import io.mailcanary.verdict.Change;
import io.mailcanary.watch.AuthenticationWatch;
import io.mailcanary.watch.CertificateMemory;
import io.mailcanary.watch.ChangeLog;
import io.mailcanary.watch.Concerns;
import io.mailcanary.watch.DnsWatch;
import io.mailcanary.watch.Findings;
import io.mailcanary.watch.NetworkSources;
import io.mailcanary.watch.QueueWatch;
import io.mailcanary.watch.QueuedHere;
import io.mailcanary.watch.Surroundings;
import io.mailcanary.watch.TlsWatch;
import io.mailcanary.world.SimulatedWorld;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.function.Consumer;
import org.quartz.CronExpression;

/// The service on somebody's clock: its deciding parts as they are, joined to a simulated world
/// instead of a network, with the database in memory. What a running service does by threads of its
/// own happens at each beat, in one thread.
final class SimulatedService implements AutoCloseable {
  private static final SigningKeys KEYS =
      new SigningKeys(
          List.of(
              new SigningKeys.Key(
                  "drill", "a secret of no use elsewhere".getBytes(StandardCharsets.UTF_8))));

  private final Plan plan;
  private final SimulatedWorld world;
  private final VirtualAgenda time;
  private final Board board;
  private final Database database;
  private final SqlCanaryStore store;
  private final SqlIncidentStore incidents;
  private final Prober prober;
  private final IncidentDesk desk;
  private final Dispatcher dispatcher;
  private final QueueWatch queues;
  private final DnsWatch dns;
  private final TlsWatch tls;
  private final AuthenticationWatch authentication;
  private final Findings findings = new Findings();
  private final ChangeLog changes;
  private final List<Runnable> beats = new ArrayList<>();

  SimulatedService(Plan plan, SimulatedWorld world, VirtualAgenda time) {
    this.plan = plan;
    this.world = world;
    this.time = time;
    board = new Board(new ConfigurationView(time.instant(), List.of()));
    database = Database.open(new DatabaseSettings.InMemory());
    store = new SqlCanaryStore(database, time);
    incidents = new SqlIncidentStore(database);
    SqlWatchStore watchStore = new SqlWatchStore(database);
    changes = new ChangeLog(watchStore, time);
    Asker asker = asker(world);
    Recursor resolver = new Recursor(plan.defaultResolver(), asker);
    SimulatedNames names = new SimulatedNames(resolver);
    Vantage vantage = question -> resolver.ask(question, Look.VALIDATING);
    prober =
        new Prober(
            new Prober.Ports(
                new SimulatedSubmission(world, names, time),
                names,
                Runnable::run,
                this::reader,
                ledger(),
                store,
                time,
                time,
                () -> KEYS,
                board,
                ProberMeters.NONE,
                inspector(vantage)),
            plan);
    dispatcher =
        new Dispatcher(
            new SqlOutbox(database),
            incidents,
            SimulatedService::channels,
            board,
            time,
            new Random(1),
            (_, _) -> {},
            Patience.DEFAULT);
    desk =
        new IncidentDesk(
            new IncidentDesk.Ports(
                incidents,
                store,
                watchStore,
                new LatestNews(database),
                board,
                time,
                canary -> prober.words(canary.id()),
                findings::all,
                () -> true,
                () -> true,
                dispatcher::wake),
            plan);
    queues =
        new QueueWatch(
            new QueueWatch.Ports(
                new SimulatedQueues(plan, world, time),
                this::foundInQueue,
                time,
                time,
                board,
                findings));
    Concerns concerns = new Concerns(findings, prober::concern);
    dns =
        new DnsWatch(
            new DnsWatch.Ports(
                one -> new NetworkSources(one, asker, asker),
                watchStore,
                changes,
                findings,
                concerns,
                board,
                time,
                time,
                Runnable::run,
                _ -> true),
            plan);
    tls =
        new TlsWatch(
            new TlsWatch.Ports(
                new SimulatedPorts(world, names, time),
                names::hostsOf,
                findings::show,
                sources -> concerns.depend("tls", sources),
                changes::tell,
                changes::id,
                _ -> true,
                new Forgetful(),
                time,
                time),
            plan);
    dns.surroundedBy(
        new Surroundings() {
          @Override
          public List<Served> served(DnsName host) {
            return tls.served(host);
          }
        });
    authentication = new AuthenticationWatch(findings, plan);
  }

  /// Where the simulated world's DNS is asked.
  static Asker asker(SimulatedWorld world) {
    return new Asker((server, query) -> world.answer(server.getAddress(), query));
  }

  private record Forgetful() implements CertificateMemory {
    @Override
    public Map<String, CertificateBook> recall() {
      return Map.of();
    }

    @Override
    public void remember(String port, CertificateBook book) {
      // It does not outlive the drill.
    }
  }

  private MailboxReader reader(Mailbox mailbox, MailboxSink sink) {
    return new SimulatedReader(
        mailbox, Addresses.of(mailbox), Addresses.where(mailbox), world, sink, time, time);
  }

  private Ledger ledger() {
    return new Ledger() {
      @Override
      public Set<CanaryId> commit(List<JournalEntry> entries) {
        return store.write(entries).refused();
      }

      @Override
      public void add(JournalEntry entry, Runnable whenCommitted) {
        var _ = store.write(List.of(entry));
        whenCommitted.run();
      }
    };
  }

  private Inspector inspector(Vantage vantage) {
    Authenticator authenticator = new Authenticator(vantage);
    return new Inspector() {
      @Override
      public void inspect(Letter letter, Consumer<List<AuthenticationCheck>> done) {
        time.at(
            time.instant(),
            () -> {
              learn(letter);
              done.accept(authenticator.check(letter));
            });
      }

      @Override
      public void glance(Letter letter) {
        time.at(time.instant(), () -> learn(letter));
      }
    };
  }

  private void learn(Letter letter) {
    for (DkimSignature signature : DkimSignature.of(HeaderBlock.of(letter.head()))) {
      dns.learn(signature.domain(), signature.selector());
    }
  }

  /// Every channel hears what it is told.
  private static Map<String, Notifier> channels(Plan plan) {
    Map<String, Notifier> channels = new LinkedHashMap<>();
    plan.paging()
        .channels()
        .keySet()
        .forEach(name -> channels.put(name, (_, _) -> new Outcome.Taken("heard in a drill")));
    return channels;
  }

  private void foundInQueue(List<QueuedHere> held) {
    prober.foundInQueue(held.stream().map(Queued::canary).toList());
  }

  /// Begins to send and to watch.
  void start() {
    prober.start();
    queues.follow(plan.queues());
    dispatcher.follow(plan);
    beats.add(prober::refresh);
    beats.add(desk.attend());
    beats.add(dispatcher.attend());
    findings.listen(desk::findings);
    changes.listen(desk::changed);
    beat();
    prober.firstLight();
    schedule();
    dns.start();
    tls.start();
    var _ = board.listen(this::heard);
    changes.listen(change -> {
      if (change.kind() == Change.Kind.RECORD) {
        tls.hostChanged(change.name());
      }
    });
  }

  private void heard(Board.News news) {
    switch (news) {
      case Board.News.OfCanary(Canary canary) -> {
        tls.heard(canary);
        authentication.heard(canary);
      }
      case Board.News.OfPath _, Board.News.OfIncident _ -> {}
    }
  }

  /// What a running service does about once a second.
  void beat() {
    beats.forEach(Runnable::run);
  }

  /// Each path has its place in its cadence.
  private void schedule() {
    int number = 0;
    for (MailPath path : plan.paths().values()) {
      if (path.enabled()) {
        int place = number++;
        switch (path.cadence()) {
          case Cadence.Every(Duration period) ->
              turn(
                  path,
                  time.instant()
                      .plus(period.multipliedBy(place + 1L).dividedBy(plan.paths().size())),
                  at -> at.plus(period));
          case Cadence.Cron(String expression) -> {
            CronExpression cron = cron(expression);
            turn(path, next(cron, time.instant()), at -> next(cron, at));
          }
        }
      }
    }
  }

  private void turn(MailPath path, Instant at, java.util.function.UnaryOperator<Instant> next) {
    time.at(
        at,
        () -> {
          turn(path, next.apply(at), next);
          prober.due(List.of(path.name()), at);
        });
  }

  private static CronExpression cron(String expression) {
    try {
      CronExpression cron = new CronExpression(expression);
      cron.setTimeZone(TimeZone.getTimeZone("UTC"));
      return cron;
    } catch (ParseException e) {
      throw new IllegalStateException("probe files were checked: " + expression, e);
    }
  }

  private static Instant next(CronExpression cron, Instant after) {
    Date next = cron.getNextValidTimeAfter(Date.from(after));
    return next == null ? Instant.MAX : next.toInstant();
  }

  Board board() {
    return board;
  }

  IncidentStore incidents() {
    return incidents;
  }

  ChangeLog changes() {
    return changes;
  }

  @Override
  public void close() {
    dns.close();
    tls.close();
    queues.close();
    prober.close();
    database.close();
  }
}
