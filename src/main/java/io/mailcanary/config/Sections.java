package io.mailcanary.config;

import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Queue;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Resolver;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// All sections of a folder: gathered from its files first, since they refer to one another, then
/// bound.
final class Sections {
  static final String SERVICE = "service";
  static final String DNS = "dns";

  /// Sections that are known, but that this version cannot honour.
  static final Map<String, String> LATER =
      Map.of(
          "channels", "notifications",
          "routes", "notifications",
          "heartbeat", "the heartbeat",
          "silences", "silences");

  static final Kind<Relay> RELAY = new RelayTable();
  static final Kind<Mailbox> MAILBOX = new MailboxKind();
  static final Kind<Resolver> RESOLVER = new ResolverTable();
  static final Kind<MailPath> PATH = new PathTable();
  static final Kind<Queue> QUEUE = new QueueTable();
  static final Kind<ServiceSettings> SETTINGS = new ServiceTable();
  static final Kind<DnsSettings> DNS_SETTINGS = new DnsTable();

  private final Reader reader;
  private final Map<Section, Map<String, Value>> named = new EnumMap<>(Section.class);
  private Optional<Value> service = Optional.empty();
  private Optional<Value> dns = Optional.empty();

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
    ServiceSettings settings = service.flatMap(SETTINGS::read).orElse(ServiceSettings.DEFAULT);
    paths.values().forEach(path -> checkRetention(path, settings.retain().canaries()));
    DnsSettings watched = dns.flatMap(DNS_SETTINGS::read).orElse(DnsSettings.DEFAULT);
    Map<String, Queue> queues = bind(Section.QUEUES, QUEUE);
    return new Plan(relays, mailboxes, resolvers, paths, settings, watched, queues);
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
    } else if (entry.key().equals(SERVICE)) {
      service = once(service, value);
    } else if (entry.key().equals(DNS)) {
      dns = once(dns, value);
    } else {
      reader.findings().add(entry.at(), entry.key(), stranger(entry.key()));
    }
  }

  private static String stranger(String key) {
    String what = LATER.get(key);
    return what == null
        ? "is no known section, "
            + Nearest.among(
                key, Set.of("relays", "mailboxes", "resolvers", "paths", "queues", SERVICE, DNS))
        : Kinds.LATER + what;
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

  /// A section without names: it stands once, and an empty one says nothing.
  private Optional<Value> once(Optional<Value> before, Value value) {
    if (before.isPresent()) {
      reader
          .findings()
          .add(
              value.keyAt(),
              value.key(),
              "stands at %s already, expected once".formatted(before.get().keyAt()));
      return before;
    }
    return value.node() instanceof Node.Scalar scalar && scalar.empty()
        ? Optional.empty()
        : Optional.of(value);
  }
}
