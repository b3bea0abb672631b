package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.Snapshot;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Resolver;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Zone;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Cancellable;
import io.mailcanary.runtime.Part;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.StoreException;
import io.mailcanary.store.WatchStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches the names that mail depends on.
///
/// Each zone has its turns: every server is asked for the serial and for the records that mail
/// needs. When something is different there, everything of it is asked at once and the names that
/// live in it are judged anew; otherwise that happens in sweeps.
public final class DnsWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DnsWatch.class);
  private static final String ABOVE = "the zone above ";
  private static final int AT_A_TIME = 24;
  private static final int MOST_SELECTORS = 20;
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final Duration GAP = Duration.ofMillis(25);
  private static final Duration REMEMBERED = Duration.ofMinutes(30);

  private final Ports ports;
  private final ChangeBook book;
  private final ChangeBook delegations;
  private final Semaphore turns = new Semaphore(AT_A_TIME);
  private final Map<DomainName, Subject> subjects = new ConcurrentHashMap<>();
  private final Map<DnsName, WatchedZone> zones = new ConcurrentHashMap<>();
  private final Map<DnsName, Cancellable> next = new ConcurrentHashMap<>();
  private final Map<DnsName, Home> homes = new ConcurrentHashMap<>();
  private final Map<DnsName, Instant> sweptAt = new ConcurrentHashMap<>();
  private volatile Surroundings surroundings = Surroundings.NONE;
  private final Map<String, Set<String>> selectors = new ConcurrentHashMap<>();
  private volatile Plan plan;
  private volatile Sources sources;
  private volatile boolean closed;

  /// In which zone a name lives, and until when that is believed.
  private record Home(DnsName zone, Instant until) {}

  /// What the watch works with.
  ///
  /// @param sources whom to ask, by the probe files in force
  /// @param workers asks servers side by side
  /// @param ours whether this replica keeps the record of a zone
  public record Ports(
      Function<Plan, Sources> sources,
      WatchStore store,
      ChangeLog changes,
      Findings findings,
      Concerns concerns,
      Board board,
      Agenda agenda,
      InstantSource clock,
      Executor workers,
      Predicate<String> ours) {}

  public DnsWatch(Ports ports, Plan plan) {
    this.ports = ports;
    this.plan = plan;
    this.sources = ports.sources().apply(plan);
    this.book = new ChangeBook(ports.changes()::id);
    this.delegations = new ChangeBook(ports.changes()::id);
  }

  /// Takes into account what others see of hosts.
  public void surroundedBy(Surroundings others) {
    surroundings = others;
  }

  /// Begins to watch, each name in its turn.
  public void start() {
    try {
      Map<Boolean, List<Snapshot>> known =
          ports.store().snapshots().stream()
              .collect(Collectors.partitioningBy(one -> one.server().startsWith(ABOVE)));
      synchronized (book) {
        book.recall(known.getOrDefault(false, List.of()));
      }
      synchronized (delegations) {
        delegations.recall(known.getOrDefault(true, List.of()));
      }
      selectors.putAll(ports.store().selectors());
    } catch (StoreException e) {
      LOG.warn("what was known of DNS could not be read: {}", e.getMessage());
    }
    follow(plan);
    control();
  }

  /// Watches what these probe files ask for from now on.
  public void follow(Plan changed) {
    boolean others =
        !changed.resolvers().equals(plan.resolvers()) || changed.dns().port() != plan.dns().port();
    plan = changed;
    if (others) {
      sources = ports.sources().apply(changed);
      homes.clear();
    }
    Map<DomainName, Interest> interests = Interest.of(changed);
    forget(subjects.keySet().stream().filter(name -> !interests.containsKey(name)).toList());
    Instant now = ports.clock().instant();
    int number = 0;
    for (Interest interest : interests.values()) {
      Subject known = subjects.get(interest.name());
      if (known == null) {
        Subject fresh = new Subject(interest);
        subjects.put(interest.name(), fresh);
        plan(fresh, now.plus(GAP.multipliedBy(number++)));
      } else if (!known.interest().equals(interest) || others) {
        known.become(interest);
        plan(known, now);
      }
    }
    tellWhoNeedsWhat(interests);
  }

  /// Somebody signs the domain's mail with this key.
  public void learn(DomainName domain, String selector) {
    Set<String> known =
        selectors.computeIfAbsent(domain.name(), _ -> ConcurrentHashMap.newKeySet());
    if (known.size() >= MOST_SELECTORS || !known.add(selector)) {
      return;
    }
    try {
      ports.store().putSelector(domain.name(), selector, ports.clock().instant());
    } catch (StoreException e) {
      LOG.warn("DKIM selector {} of {} is not on record: {}", selector, domain, e.getMessage());
    }
  }

  /// The names that a path depends on, as they were seen last.
  public List<DomainView> ofPath(String path) {
    return subjects.values().stream()
        .filter(subject -> subject.interest().paths().contains(path))
        .sorted((a, b) -> a.domain.compareTo(b.domain))
        .flatMap(subject -> subject.view().stream())
        .toList();
  }

  public Optional<DomainView> view(DomainName name) {
    return Optional.ofNullable(subjects.get(name)).flatMap(Subject::view);
  }

  @Override
  public void close() {
    closed = true;
    next.values().forEach(Cancellable::cancel);
  }

  static String source(DomainName name) {
    return "dns:" + name;
  }

  // Who has a turn when

  private void plan(Subject subject, Instant when) {
    later(subject.name.child("_subject"), when, () -> turn(subject));
  }

  private void plan(WatchedZone zone, Instant when) {
    later(zone.apex.child("_zone"), when, () -> turn(zone));
  }

  private void later(DnsName key, Instant when, Runnable task) {
    if (closed) {
      return;
    }
    Cancellable entry = ports.agenda().at(when, () -> bounded(task));
    Cancellable before = next.put(key, entry);
    if (before != null) {
      before.cancel();
    }
  }

  private void bounded(Runnable task) {
    if (closed) {
      return;
    }
    try {
      turns.acquire();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      task.run();
    } catch (StoreException e) {
      LOG.warn("what DNS says is not on record: {}", e.getMessage());
    } finally {
      turns.release();
    }
  }

  private void turn(Subject subject) {
    Instant began = ports.clock().instant();
    try {
      boolean different = resolversDiffer(subject);
      if (different
          || Duration.between(subject.sweptAt(), began).compareTo(plan.dns().sweep()) >= 0) {
        sweep(subject);
      }
    } finally {
      if (subjects.get(subject.domain) == subject) {
        plan(subject, began.plus(plan.dns().every()));
      }
    }
  }

  private void turn(WatchedZone zone) {
    Instant began = ports.clock().instant();
    Duration pause = plan.dns().every();
    try {
      synchronized (zone.turn) {
        pause = look(zone) ? AGAIN : pause;
      }
    } finally {
      if (zones.get(zone.apex) == zone) {
        plan(
            zone, began.plus(pause.compareTo(plan.dns().every()) < 0 ? pause : plan.dns().every()));
      }
    }
  }

  // A turn of a zone

  /// @return whether it should be asked again soon
  private boolean look(WatchedZone zone) {
    List<ServerView> views = ask(zone, zone.zone(), zone.questions(false), false);
    if (zone.isOldNews(views) || isDark(zone, views)) {
      return false;
    }
    ZoneFacts before = zone.facts();
    Map<String, OptionalLong> serials = serials(zone);
    Map<String, String> shapes = shapes(zone);
    zone.refresh(views, ports.clock().instant());
    boolean doubtful = note(zone, views, false) | zone.isDoubtful();
    boolean renewed =
        serials(zone).entrySet().stream()
            .anyMatch(entry ->
                entry.getValue().isPresent()
                    && serials.containsKey(entry.getKey())
                    && !serials.get(entry.getKey()).equals(entry.getValue()));
    if (renewed || doubtful || !shapes(zone).equals(shapes)) {
      sweepZone(zone);
      doubtful = noteSweep(zone);
      judgeAll(zone, !WatchedZone.said(zone.facts()).equals(WatchedZone.said(before)));
    }
    return doubtful;
  }

  /// Nobody answers us, not even the resolver: that says nothing of the servers.
  private boolean isDark(WatchedZone zone, List<ServerView> views) {
    return views.stream().noneMatch(zone::answers) && isBlind(Resolver.DEFAULT);
  }

  private static Map<String, OptionalLong> serials(WatchedZone zone) {
    return zone.facts().servers().stream()
        .collect(
            Collectors.toMap(ServerView::label, view -> zone.facts().serial(view), (a, _) -> a));
  }

  private static Map<String, String> shapes(WatchedZone zone) {
    return zone.facts().servers().stream()
        .collect(
            Collectors.toMap(
                ServerView::label,
                view ->
                    view.answer(zone.apex, RecordType.SOA)
                        .map(answer -> answer.getClass().getSimpleName())
                        .orElse(""),
                (a, _) -> a));
  }

  /// Names that are wanted while it goes on make the zone be swept once more.
  private void sweepZone(WatchedZone zone) {
    sweptAt.put(zone.apex, ports.clock().instant());
    Optional<ZoneFacts.Delegation> delegation = sources.delegation(zone.apex);
    Zone found = sources.zone(zone.apex, delegation);
    if (found.servers().isEmpty()) {
      // Nobody could be asked who serves it: those from before still may.
      found = zone.zone();
    }
    sweepServers(zone, found, delegation);
    if (zone.isTorn()) {
      sweepServers(zone, found, delegation);
    }
  }

  private void sweepServers(
      WatchedZone zone, Zone found, Optional<ZoneFacts.Delegation> delegation) {
    List<ServerView> views = ask(zone, found, zone.questions(true), true);
    zone.sweep(found, delegation, views, ports.clock().instant());
  }

  /// All servers side by side.
  private List<ServerView> ask(
      WatchedZone watched, Zone zone, List<Question> questions, boolean tcp) {
    List<CompletableFuture<ServerView>> pending =
        zone.servers().stream()
            .map(server ->
                CompletableFuture.supplyAsync(
                    () -> sources.ask(watched.apex, server, questions, tcp), ports.workers()))
            .toList();
    return pending.stream().map(CompletableFuture::join).toList();
  }

  /// @return whether something was seen that is not certain yet
  private boolean note(WatchedZone zone, List<ServerView> views, boolean swept) {
    List<ServerView> answering = views.stream().filter(zone::answers).toList();
    boolean doubtful = false;
    boolean settled = true;
    List<Snapshot> accepted = new ArrayList<>();
    for (Map.Entry<DnsName, WatchedZone.Wanted> entry : zone.wanted().entrySet()) {
      Set<RecordType> types = EnumSet.copyOf(entry.getValue().often());
      if (swept) {
        types.addAll(entry.getValue().seldom());
      }
      List<Snapshot> seen = new ArrayList<>();
      for (ServerView view : answering) {
        List<DnsAnswer> answers =
            types.stream().flatMap(type -> view.answer(entry.getKey(), type).stream()).toList();
        Snapshot snapshot =
            Snapshot.of(entry.getKey(), view.label(), zone.facts().serial(view), answers);
        if (!snapshot.isEmpty()) {
          seen.add(snapshot);
        }
      }
      ChangeBook.Outcome outcome =
          see(book, zone.apex, entry.getKey(), seen, entry.getValue().most());
      accepted.addAll(outcome.accepted());
      doubtful |= outcome.doubtful();
      settled &= outcome.settled();
    }
    zone.settle(settled);
    keep(zone.apex, accepted);
    return doubtful;
  }

  private boolean noteSweep(WatchedZone zone) {
    zone.doubt(note(zone, zone.facts().servers(), true) | noteDelegation(zone));
    return zone.isDoubtful();
  }

  /// Whoever can change what the zone above says can take the whole zone away: it has its place
  /// among the changes.
  private boolean noteDelegation(WatchedZone zone) {
    return zone.facts()
        .parent()
        .map(parent -> {
          Snapshot snapshot =
              Snapshot.of(
                  zone.apex,
                  ABOVE + zone.apex,
                  OptionalLong.empty(),
                  Names.delegation(zone.apex, parent));
          ChangeBook.Outcome outcome =
              see(delegations, zone.apex, zone.apex, List.of(snapshot), Severity.WARN);
          keep(zone.apex, outcome.accepted());
          return outcome.doubtful();
        })
        .orElse(false);
  }

  private ChangeBook.Outcome see(
      ChangeBook known, DnsName zone, DnsName name, List<Snapshot> seen, Severity most) {
    Instant now = ports.clock().instant();
    ChangeBook.Outcome outcome;
    synchronized (known) {
      outcome = known.see(name, seen, most, now);
    }
    if (!outcome.changes().isEmpty() && ports.ours().test(zone.text())) {
      outcome.changes().forEach(ports.changes()::tell);
    }
    return outcome;
  }

  private void keep(DnsName zone, List<Snapshot> accepted) {
    if (!accepted.isEmpty() && ports.ours().test(zone.text())) {
      ports.store().put(accepted, ports.clock().instant());
    }
  }

  // A turn of a name

  /// What its resolvers say is asked in every turn; the first time is none.
  private boolean resolversDiffer(Subject subject) {
    boolean differs = false;
    Interest interest = subject.interest();
    if (!interest.roles().isEmpty()) {
      Question question = new Question(subject.name, RecordType.MX);
      DnsAnswer answer = ask(Resolver.DEFAULT, question);
      differs |= subject.differs(Resolver.DEFAULT, question, answer);
    }
    for (Interest.Needed needed : interest.dependencies()) {
      differs |= dependencyDiffers(subject, needed);
    }
    return differs;
  }

  /// Before anybody is blamed for silence, the resolver itself is looked at.
  private DnsAnswer ask(String resolver, Question question) {
    DnsAnswer answer = sources.ask(resolver, question, Look.VALIDATING);
    if (answer instanceof DnsAnswer.Timeout || answer instanceof DnsAnswer.Refused) {
      check(resolver);
    }
    return answer;
  }

  private boolean dependencyDiffers(Subject subject, Interest.Needed needed) {
    Optional<Question> question = question(needed);
    if (question.isEmpty()) {
      return false;
    }
    String resolver = needed.dependency().resolver();
    DnsAnswer answer = ask(resolver, question.get());
    boolean differs = subject.differs(resolver, question.get(), answer);
    Snapshot snapshot =
        Snapshot.of(subject.name, sources.label(resolver), OptionalLong.empty(), List.of(answer));
    if (!snapshot.isEmpty()) {
      ChangeBook.Outcome outcome =
          see(book, subject.name, subject.name, List.of(snapshot), Severity.PAGE);
      keep(subject.name, outcome.accepted());
      differs |= outcome.doubtful();
    }
    return differs;
  }

  private static Optional<Question> question(Interest.Needed needed) {
    try {
      return Optional.of(
          new Question(
              DnsName.of(needed.dependency().name()),
              RecordType.valueOf(needed.dependency().type())));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private void sweep(Subject subject) {
    subject.swept(ports.clock().instant());
    settle(subject);
    for (DnsName apex : subject.zones()) {
      WatchedZone zone = zones.get(apex);
      if (zone != null) {
        // Whoever sweeps it now may have begun before our names were wanted there.
        synchronized (zone.turn) {
          if (!isFresh(zone)) {
            sweepZone(zone);
            if (noteSweep(zone)) {
              plan(zone, ports.clock().instant().plus(AGAIN));
            }
          }
        }
      }
    }
    judge(subject);
  }

  private boolean isFresh(WatchedZone zone) {
    Instant at = sweptAt.get(zone.apex);
    return zone.isSwept()
        && at != null
        && at.plus(plan.dns().sweep()).isAfter(ports.clock().instant().plus(GAP));
  }

  /// Finds the zones of all its names and says what to ask there.
  private void settle(Subject subject) {
    Set<DnsName> homes = new LinkedHashSet<>();
    names(subject)
        .forEach((name, wanted) -> want(subject, name, wanted, true).ifPresent(homes::add));
    subject.livesIn(homes);
    // The zones that name servers live in are watched for their sake, and not judged.
    facts(subject)
        .forEach(zone ->
            Names.servers(zone).forEach((name, wanted) -> want(subject, name, wanted, false)));
  }

  /// @return the zone that it lives in
  private Optional<DnsName> want(
      Subject subject, DnsName name, WatchedZone.Wanted wanted, boolean judged) {
    Optional<DnsName> apex = home(name);
    apex.map(zones::get)
        .filter(zone -> zone.want(subject.name, name, wanted, judged))
        .ifPresent(zone -> sweptAt.remove(zone.apex));
    return apex;
  }

  private Map<DnsName, WatchedZone.Wanted> names(Subject subject) {
    return Names.of(
        subject.interest(),
        selectors.getOrDefault(subject.domain.name(), Set.of()),
        Names.refers(subject.interest(), sources, facts(subject)));
  }

  private List<ZoneFacts> facts(Subject subject) {
    return subject.zones().stream()
        .flatMap(apex -> Optional.ofNullable(zones.get(apex)).stream())
        .map(zone -> zone.facts(subject.name))
        .toList();
  }

  private Optional<DnsName> home(DnsName name) {
    Instant now = ports.clock().instant();
    Home known = homes.get(name);
    if (known != null && known.until().isAfter(now)) {
      return Optional.of(known.zone());
    }
    Optional<Zone> found = sources.zoneOf(name);
    if (found.isEmpty()) {
      return Optional.ofNullable(known).map(Home::zone);
    }
    Zone zone = found.get();
    homes.put(name, new Home(zone.name(), now.plus(REMEMBERED)));
    zones.computeIfAbsent(
        zone.name(),
        _ -> {
          WatchedZone fresh = new WatchedZone(zone);
          plan(fresh, now.plus(plan.dns().every()));
          return fresh;
        });
    return Optional.of(zone.name());
  }

  // Judging

  /// Zones of others change all the time, and mostly not in what matters here.
  ///
  /// @param different whether what was asked there is answered otherwise
  private void judgeAll(WatchedZone zone, boolean different) {
    Set<DnsName> concerned = zone.subjects();
    for (Subject subject : subjects.values()) {
      boolean own = subject.zones().stream().findFirst().filter(zone.apex::equals).isPresent();
      if (concerned.contains(subject.name) && (own || different)) {
        settle(subject);
        judge(subject);
      }
    }
  }

  private void judge(Subject subject) {
    if (isBlind(Resolver.DEFAULT)) {
      LOG.debug("{} is not judged: the resolver does not answer", subject.domain);
      return;
    }
    synchronized (subject.turn) {
      DomainView view = seen(subject);
      subject.show(view);
      ports.findings().show(source(subject.domain), view.findings());
    }
  }

  private DomainView seen(Subject subject) {
    Looking looking = new Looking(sources, surroundings);
    return looking
        .at(
            subject.interest(),
            facts(subject),
            selectors.getOrDefault(subject.domain.name(), Set.of()),
            plan.dns().publicNetworks(),
            resolver -> !isBlind(resolver),
            Looking.MOST_SERVERS,
            ports.clock().instant())
        .view();
  }

  private void tellWhoNeedsWhat(Map<DomainName, Interest> interests) {
    Map<String, Set<String>> needed = new TreeMap<>();
    interests
        .values()
        .forEach(interest ->
            interest
                .paths()
                .forEach(path ->
                    needed
                        .computeIfAbsent(path, _ -> new TreeSet<>())
                        .add(source(interest.name()))));
    ports.concerns().depend("dns", needed);
  }

  private void forget(Collection<DomainName> gone) {
    for (DomainName name : gone) {
      Subject subject = subjects.remove(name);
      if (subject != null) {
        cancel(subject.name.child("_subject"));
        ports.findings().forget(source(name));
        zones.values().forEach(zone -> zone.forget(List.of(subject.name)));
      }
    }
    zones
        .values()
        .removeIf(zone -> {
          if (zone.isUnwanted()) {
            cancel(zone.apex.child("_zone"));
            homes.values().removeIf(home -> home.zone().equals(zone.apex));
            return true;
          }
          return false;
        });
  }

  private void cancel(DnsName key) {
    Cancellable entry = next.remove(key);
    if (entry != null) {
      entry.cancel();
    }
  }

  // Ourselves

  /// Whether each resolver answers at all: a name that always is there, then some that we watch.
  private void control() {
    if (closed) {
      return;
    }
    Sources asked = sources;
    asked.resolvers().forEach(this::check);
    ports.board().parts().stream()
        .map(Part::name)
        .filter(name -> name.startsWith("resolver:"))
        .filter(name -> asked.resolvers().stream().noneMatch(one -> part(one).equals(name)))
        .forEach(ports.board()::forgetPart);
    var _ = ports.agenda().at(ports.clock().instant().plus(plan.dns().every()), this::control);
  }

  private void check(String resolver) {
    Optional<String> trouble = ResolverSight.trouble(sources, resolver, zones.keySet());
    boolean sees = trouble.isEmpty();
    boolean saw = ports.board().part(part(resolver)).map(Part::ok).orElse(!sees);
    if (saw != sees) {
      ports.board().show(part(resolver), sees, trouble.orElse(""), ports.clock().instant());
      trouble.ifPresent(why -> LOG.warn("resolver {} is blind: {}", resolver, why));
    }
  }

  private boolean isBlind(String resolver) {
    return ports.board().part(part(resolver)).filter(part -> !part.ok()).isPresent();
  }

  private static String part(String resolver) {
    return "resolver:" + resolver;
  }
}
