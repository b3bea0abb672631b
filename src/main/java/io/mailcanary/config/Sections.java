package io.mailcanary.config;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Route;
import io.mailcanary.incident.RuleSettings;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Heartbeat;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Queue;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Resolver;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Paging;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All sections of a folder: gathered from its files first, since they refer to one another, then
/// bound.
final class Sections {
  static final String SERVICE = "service";
  static final String ROUTES = "routes";
  static final String SILENCES = "silences";
  static final String HEARTBEAT = "heartbeat";
  static final String DNS = "dns";
  static final String RULES = "rules";

  static final Kind<Relay> RELAY = new RelayTable();
  static final Kind<Mailbox> MAILBOX = new MailboxKind();
  static final Kind<Resolver> RESOLVER = new ResolverTable();
  static final Kind<MailPath> PATH = new PathTable();
  static final Kind<Channel> CHANNEL = new ChannelKind();
  static final Kind<Queue> QUEUE = new QueueTable();
  static final Kind<DnsSettings> DNS_SETTINGS = new DnsTable();
  static final Kind<ServiceSettings> SETTINGS = new ServiceTable();
  static final Kind<List<Route>> ROUTE_LIST = Kinds.listOf(new RouteTable(), "a list of routes", 0);
  static final Kind<List<Silence>> SILENCE_LIST =
      Kinds.listOf(new SilenceTable(), "a list of silences", 0);
  static final Kind<RuleSettings> RULE_SETTINGS = new RulesTable();
  static final Kind<Heartbeat> HEART = new HeartbeatTable();

  /// Those that hold no named things, each with what it is for.
  static final Map<String, String> SINGLE = single();

  private static final double TURNS_SHARE = 0.9;

  private final Reader reader;
  private final Map<Section, Map<String, Value>> named = new EnumMap<>(Section.class);
  private final Map<String, Value> single = new HashMap<>();

  private static Map<String, String> single() {
    Map<String, String> single = new LinkedHashMap<>();
    single.put(DNS, "What is watched in DNS, and how often; it may be left out.");
    single.put(ROUTES, "Who is told of what: the first one that matches.");
    single.put(SILENCES, "Times in which nobody is told.");
    single.put(HEARTBEAT, "Somebody outside who notices when we fall silent.");
    single.put(RULES, "When there is something to tell, beside each path's own `alert`.");
    single.put(SERVICE, "The service itself; it may be left out.");
    return Collections.unmodifiableMap(single);
  }

  Sections(Reader reader) {
    this.reader = reader;
  }

  /// Takes in what one file says.
  void gather(Node root) {
    switch (root) {
      case Node.Mapping mapping -> mapping.entries().forEach(this::section);
      case Node.Scalar scalar when scalar.empty() -> {}
      case Node.Scalar _, Node.Sequence _ ->
          reader
              .findings()
              .add(
                  root.at(),
                  "yaml",
                  "has no sections, expected relays, mailboxes, resolvers, paths, queues, dns or service");
    }
  }

  boolean hasNoPath() {
    return in(Section.PATHS).isEmpty();
  }

  /// Binds all that was gathered; of use only while nothing was found.
  Plan bind() {
    for (Section section : Section.values()) {
      reader.names().put(section, Set.copyOf(in(section).keySet()));
    }
    // It is there without being described: the system's own.
    reader
        .names()
        .merge(
            Section.RESOLVERS,
            Set.of(Resolver.DEFAULT),
            (named, always) ->
                Stream.concat(named.stream(), always.stream()).collect(Collectors.toSet()));
    Map<String, Resolver> resolvers = bind(Section.RESOLVERS, RESOLVER);
    Map<String, Relay> relays = bind(Section.RELAYS, RELAY);
    Map<String, Mailbox> mailboxes = bind(Section.MAILBOXES, MAILBOX);
    reader.mailboxes().putAll(mailboxes);
    checkDoors(mailboxes);
    Map<String, MailPath> paths = bind(Section.PATHS, PATH);
    reader.paths().putAll(paths);
    ServiceSettings settings = one(SERVICE, SETTINGS).orElse(ServiceSettings.DEFAULT);
    paths.values().forEach(path -> checkRetention(path, settings.retain().canaries()));
    checkReceiverLimit(paths.values(), settings);
    Plan watched =
        new Plan(
            relays,
            mailboxes,
            resolvers,
            paths,
            settings,
            one(DNS, DNS_SETTINGS).orElse(DnsSettings.DEFAULT),
            bind(Section.QUEUES, QUEUE),
            Paging.NOBODY);
    return watched.with(paging(watched));
  }

  private Paging paging(Plan watched) {
    Map<String, Channel> channels = bind(Section.CHANNELS, CHANNEL);
    Paging paging =
        new Paging(
            channels,
            one(ROUTES, ROUTE_LIST).orElse(List.of()),
            one(HEARTBEAT, HEART),
            one(SILENCES, SILENCE_LIST).orElse(List.of()),
            one(RULES, RULE_SETTINGS).orElse(RuleSettings.DEFAULT),
            Map.of());
    Independence independence = new Independence(watched, paging);
    Map<String, String> cautions = new LinkedHashMap<>();
    channels
        .values()
        .forEach(channel -> {
          if (channel instanceof Channel.Email email) {
            independence.fault(email).ifPresent(fault -> faultAt(email, fault));
            independence.caution(email).ifPresent(words -> cautions.put(email.name(), words));
          }
        });
    return paging.cautioning(cautions);
  }

  private void faultAt(Channel.Email email, String fault) {
    Value value = in(Section.CHANNELS).get(email.name());
    if (value != null && value.node() instanceof Node.Mapping mapping) {
      mapping.entry("relay").map(value::child).orElse(value).fault(fault);
    }
  }

  private <T> Optional<T> one(String section, Kind<T> kind) {
    return Optional.ofNullable(single.get(section)).flatMap(kind::read);
  }

  /// Two receivers cannot listen at one place.
  private void checkDoors(Map<String, Mailbox> mailboxes) {
    Map<InetSocketAddress, String> doors = new HashMap<>();
    mailboxes.forEach((name, mailbox) -> {
      Value value = in(Section.MAILBOXES).get(name);
      if (mailbox instanceof Mailbox.Receiver receiver && value != null) {
        String first = doors.putIfAbsent(receiver.listen(), name);
        if (first != null) {
          reader
              .findings()
              .add(
                  value.keyAt(),
                  Value.join(value.key(), "listen"),
                  "is where mailbox '%s' listens, expected another port".formatted(first));
        }
      }
    });
  }

  private void checkRetention(MailPath path, Duration retained) {
    Value value = in(Section.PATHS).get(path.name());
    Duration lostAfter = path.expect().lostAfter();
    if (value != null && lostAfter.compareTo(retained) > 0) {
      reader
          .findings()
          .add(
              value.keyAt(),
              Value.join(value.key(), "expect.lost-after"),
              "is %s, expected no more than canaries are kept (service.retain.canaries: %s)"
                  .formatted(Units.duration(lostAfter), Units.duration(retained)));
    }
  }

  /// Turns alone must not come near the limit: doubts ask for more.
  private void checkReceiverLimit(Collection<MailPath> paths, ServiceSettings settings) {
    double most = settings.receiverLimit() * TURNS_SHARE;
    Map<DomainName, Double> turns = new HashMap<>();
    for (MailPath path : paths) {
      if (path.enabled() && path.isSentFrom(settings.site())) {
        double own = path.cadence().aMinute();
        double all = turns.merge(path.to().domain(), own, Double::sum);
        Value value = in(Section.PATHS).get(path.name());
        if (value != null && all > most && all - own <= most) {
          reader
              .findings()
              .add(
                  value.keyAt(),
                  Value.join(value.key(), "every"),
                  "makes it %.0f canaries a minute to %s, expected at most nine tenths of service.receiver-limit (%d)"
                      .formatted(all, path.to().domain(), settings.receiverLimit()));
        }
      }
    }
  }

  private Map<String, Value> in(Section section) {
    return named.computeIfAbsent(section, _ -> new LinkedHashMap<>());
  }

  private <T> Map<String, T> bind(Section section, Kind<T> kind) {
    Map<String, T> bound = new LinkedHashMap<>();
    in(section).forEach((name, value) -> kind.read(value).ifPresent(read -> bound.put(name, read)));
    return bound;
  }

  private void section(Node.Entry entry) {
    Value value = new Value(entry.value(), entry.key(), entry.key(), entry.at(), reader);
    Optional<Section> section = Section.of(entry.key());
    if (section.isPresent()) {
      names(section.get(), value);
    } else if (SINGLE.containsKey(entry.key())) {
      single(value);
    } else {
      reader.findings().add(entry.at(), entry.key(), stranger(entry.key()));
    }
  }

  private static String stranger(String key) {
    return "is no known section, " + Nearest.among(key, sections());
  }

  private static Set<String> sections() {
    Set<String> all = new HashSet<>(SINGLE.keySet());
    for (Section section : Section.values()) {
      all.add(section.key());
    }
    return all;
  }

  private void names(Section section, Value value) {
    switch (value.node()) {
      case Node.Mapping mapping ->
          mapping.entries().forEach(entry -> name(section, value.child(entry)));
      case Node.Scalar scalar when scalar.empty() -> {}
      case Node.Scalar _, Node.Sequence _ ->
          value.fault("has no names, expected a name for each " + section.one());
    }
  }

  private void name(Section section, Value value) {
    Value first = in(section).putIfAbsent(value.name(), value);
    if (first != null) {
      reader
          .findings()
          .add(
              value.keyAt(),
              value.key(),
              "is defined at %s already, expected a name of its own".formatted(first.keyAt()));
    } else if (!Kinds.NAME.matcher(value.name()).matches()) {
      reader
          .findings()
          .add(
              value.keyAt(),
              value.key(),
              "is no name of a %s, expected %s".formatted(section.one(), Kinds.NAME_WORDS));
    } else if (section == Section.RELAYS && PathTable.VIA_RESERVED.contains(value.name())) {
      reader
          .findings()
          .add(
              value.keyAt(), value.key(), "is a word with a meaning in via, expected another name");
    }
  }

  private void single(Value value) {
    Value first = single.get(value.key());
    if (first != null) {
      reader
          .findings()
          .add(
              value.keyAt(),
              value.key(),
              "stands at %s already, expected once".formatted(first.keyAt()));
    } else if (!(value.node() instanceof Node.Scalar scalar && scalar.empty())) {
      single.put(value.key(), value);
    }
  }
}
