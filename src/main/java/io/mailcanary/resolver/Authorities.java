package io.mailcanary.resolver;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.dns.ZoneFacts.Delegation;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/// Finds who serves a zone, by asking a resolver and, where that fails, the zone above; and asks
/// each of its servers directly.
public final class Authorities {
  static final int PORT = 53;
  private static final int MOST_SERVERS = 26;
  private static final int MOST_PARENT_SERVERS = 4;
  private static final int MOST_LABELS = 40;

  private final Asker asker;
  private final Recursor recursor;
  private final int port;

  /// @param port of all authoritative servers
  public Authorities(Asker asker, Recursor recursor, int port) {
    this.asker = asker;
    this.recursor = recursor;
    this.port = port;
  }

  /// The zone in which the records of `name` stand; empty when nobody knows.
  public Optional<Zone> zoneOf(DnsName name) {
    Deque<DnsName> unknown = new ArrayDeque<>();
    DnsName at = name;
    for (int i = 0; i < MOST_LABELS; i++) {
      Optional<DnsName> apex = apex(at);
      if (apex.isPresent()) {
        return descend(zone(apex.get(), Map.of()), unknown);
      }
      if (at.isRoot()) {
        return Optional.empty();
      }
      unknown.push(at);
      at = at.parent();
    }
    return Optional.empty();
  }

  /// What the zone above says of this one; empty when none of its servers says anything.
  public Optional<Delegation> delegation(DnsName zone) {
    return zone.isRoot()
        ? Optional.empty()
        : zoneOf(zone.parent()).flatMap(parent -> delegation(parent, zone));
  }

  /// The servers that the zone or its parent names.
  public Zone zone(DnsName apex, Optional<Delegation> delegation) {
    Map<DnsName, List<InetAddress>> glue = new LinkedHashMap<>();
    delegation.ifPresent(parent -> {
      parent.servers().forEach(server -> glue.put(server, List.of()));
      glue.putAll(parent.glue());
    });
    return zone(apex, glue);
  }

  /// Asks one server, SOA first: one that does not know the zone, or is silent, is asked no more.
  public ZoneFacts.ServerView ask(
      DnsName zone, Zone.Server server, Collection<Question> questions, boolean tcp) {
    if (server.address().isEmpty()) {
      return new ZoneFacts.ServerView(server.name(), Optional.empty(), Map.of(), Optional.empty());
    }
    InetSocketAddress address = new InetSocketAddress(server.address().get(), port);
    // It stands in every answer that is kept.
    String label = server.label().intern();
    Map<Question, DnsAnswer> answers = new LinkedHashMap<>();
    Question soa = new Question(zone, RecordType.SOA);
    answers.putAll(asker.ask(address, label, List.of(soa)));
    if (answers.get(soa) instanceof DnsAnswer.Answered) {
      Set<Question> others = new LinkedHashSet<>(questions);
      others.remove(soa);
      answers.putAll(asker.ask(address, label, others));
    }
    boolean silent = answers.get(soa) instanceof DnsAnswer.Timeout;
    return new ZoneFacts.ServerView(
        server.name(),
        server.address(),
        answers,
        tcp && !silent ? asker.tcpTrouble(address, soa) : Optional.empty());
  }

  /// Asks one server one question.
  public DnsAnswer ask(Zone.Server server, Question question) {
    return server
        .address()
        .map(address ->
            asker.ask(
                new InetSocketAddress(address, port), server.label(), question, Look.AUTHORITATIVE))
        .orElseGet(() ->
            new DnsAnswer.Timeout(
                question, Origin.of(server.label()), "the server's name has no address"));
  }

  private Optional<DnsName> apex(DnsName name) {
    // Without validation: a zone with broken signatures is still served somewhere.
    DnsAnswer answer = recursor.ask(new Question(name, RecordType.SOA), Look.PLAIN);
    return switch (answer) {
      case DnsAnswer.Answered alias when !alias.chain().isEmpty() -> Optional.empty();
      case DnsAnswer.Records records -> Optional.of(records.records().getFirst().owner());
      case DnsAnswer.Negative none -> none.soa().map(DnsRecord::owner).filter(name::isWithin);
      case DnsAnswer.Unanswered _ -> Optional.empty();
    };
  }

  /// From a zone that the resolver knows to one further down that it cannot reach.
  private Optional<Zone> descend(Zone from, Deque<DnsName> unknown) {
    Zone zone = from;
    for (DnsName name : unknown) {
      Optional<Delegation> below = delegation(zone, name);
      if (below.isPresent()) {
        zone = referred(name, below.get());
      }
    }
    return Optional.of(zone);
  }

  /// The resolver cannot reach it: what came along with the referral has to do.
  private Zone referred(DnsName apex, Delegation delegation) {
    List<Zone.Server> servers = new ArrayList<>();
    for (DnsName name : delegation.servers()) {
      List<InetAddress> glue = delegation.glue().getOrDefault(name, List.of());
      List<InetAddress> found = glue.isEmpty() && !name.isWithin(apex) ? addresses(name) : glue;
      found.stream()
          .filter(this::isRouted)
          .forEach(address -> servers.add(new Zone.Server(name, Optional.of(address))));
      if (found.isEmpty()) {
        servers.add(new Zone.Server(name, Optional.empty()));
      }
    }
    return new Zone(apex, servers.stream().limit(MOST_SERVERS).toList());
  }

  private Zone zone(DnsName apex, Map<DnsName, List<InetAddress>> glue) {
    Set<DnsName> names = new LinkedHashSet<>(glue.keySet());
    recursor
        .ask(new Question(apex, RecordType.NS), Look.PLAIN)
        .found(RecordData.Ns.class)
        .forEach(ns -> names.add(ns.server()));
    List<Zone.Server> servers = new ArrayList<>();
    for (DnsName name : new TreeSet<>(names)) {
      Set<InetAddress> addresses = new LinkedHashSet<>(addresses(name));
      addresses.addAll(glue.getOrDefault(name, List.of()));
      if (addresses.isEmpty()) {
        servers.add(new Zone.Server(name, Optional.empty()));
      }
      addresses.stream()
          .filter(this::isRouted)
          .forEach(address -> servers.add(new Zone.Server(name, Optional.of(address))));
    }
    return new Zone(apex, servers.stream().limit(MOST_SERVERS).toList());
  }

  private List<InetAddress> addresses(DnsName name) {
    List<InetAddress> addresses = new ArrayList<>();
    for (RecordType type : List.of(RecordType.A, RecordType.AAAA)) {
      recursor
          .ask(new Question(name, type), Look.PLAIN)
          .found(RecordData.Address.class)
          .forEach(found -> addresses.add(found.address()));
    }
    return addresses;
  }

  /// A server is not to blame when this host has no IPv6. Nothing is sent.
  private boolean isRouted(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return true;
    }
    try (DatagramChannel channel = DatagramChannel.open()) {
      SocketAddress far = new InetSocketAddress(address, port);
      channel.connect(far);
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private Optional<Delegation> delegation(Zone parent, DnsName child) {
    return parent.servers().stream()
        .filter(server -> server.address().isPresent())
        .limit(MOST_PARENT_SERVERS)
        .flatMap(server -> delegation(server, child).stream())
        .findFirst();
  }

  private Optional<Delegation> delegation(Zone.Server server, DnsName child) {
    InetSocketAddress address = new InetSocketAddress(server.address().orElseThrow(), port);
    Question question = new Question(child, RecordType.NS);
    if (!(asker.exchange(address, question, Look.AUTHORITATIVE)
            instanceof Asker.Exchange.Came(Message message))
        || message.getRcode() != Rcode.NOERROR) {
      return Optional.empty();
    }
    SortedSet<DnsName> servers = servers(message, child);
    if (servers.isEmpty()) {
      return Optional.empty();
    }
    List<RecordData.Ds> ds =
        asker
            .ask(address, server.label(), new Question(child, RecordType.DS), Look.AUTHORITATIVE)
            .found(RecordData.Ds.class);
    boolean authoritative = message.getHeader().getFlag(Flags.AA);
    return Optional.of(
        new Delegation(
            new Origin(server.label(), authoritative, false),
            servers,
            authoritative ? inside(server, address, child, servers) : glue(message, servers),
            ds));
  }

  /// A server that has both zones refers to nobody: what it says of the names is what comes along.
  private Map<DnsName, List<InetAddress>> inside(
      Zone.Server server, InetSocketAddress address, DnsName child, Set<DnsName> names) {
    Map<DnsName, List<InetAddress>> found = new LinkedHashMap<>();
    for (DnsName name : names) {
      for (RecordType type : List.of(RecordType.A, RecordType.AAAA)) {
        if (name.isWithin(child)) {
          asker
              .ask(address, server.label(), new Question(name, type), Look.AUTHORITATIVE)
              .found(RecordData.Address.class)
              .forEach(
                  one -> found.computeIfAbsent(name, _ -> new ArrayList<>()).add(one.address()));
        }
      }
    }
    return found;
  }

  /// As a referral, or as an answer where one server has both zones.
  private static SortedSet<DnsName> servers(Message message, DnsName child) {
    SortedSet<DnsName> servers = new TreeSet<>();
    for (int section : List.of(Section.ANSWER, Section.AUTHORITY)) {
      message.getSection(section).stream()
          .limit(AnswerReader.MOST_RECORDS)
          .flatMap(record -> AnswerReader.record(record).stream())
          .filter(record -> record.owner().equals(child))
          .map(DnsRecord::data)
          .filter(RecordData.Ns.class::isInstance)
          .forEach(data -> servers.add(((RecordData.Ns) data).server()));
    }
    return servers;
  }

  private static Map<DnsName, List<InetAddress>> glue(Message message, Set<DnsName> servers) {
    Map<DnsName, List<InetAddress>> glue = new LinkedHashMap<>();
    message.getSection(Section.ADDITIONAL).stream()
        .limit(AnswerReader.MOST_RECORDS)
        .flatMap(record -> AnswerReader.record(record).stream())
        .filter(record -> servers.contains(record.owner()))
        .forEach(record -> {
          if (record.data() instanceof RecordData.Address(InetAddress address)) {
            glue.computeIfAbsent(record.owner(), _ -> new ArrayList<>()).add(address);
          }
        });
    return glue;
  }
}
