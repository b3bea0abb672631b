package io.mailcanary.dns;

import io.mailcanary.dns.RecordData.Ds;
import io.mailcanary.dns.RecordData.Ns;
import io.mailcanary.dns.RecordData.Soa;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// One zone as its parent and each of its own servers tell it.
///
/// @param parent empty where nobody asked it
/// @param servers one for each address of each name server that the parent or the zone names; a
///   name without an address has one without
/// @param skewedSince since when they stand at different serials; empty where they do not, or where
///   nobody looked before
public record ZoneFacts(
    DnsName zone,
    Optional<Delegation> parent,
    List<ServerView> servers,
    Optional<Instant> skewedSince) {
  public ZoneFacts {
    servers = List.copyOf(servers);
  }

  /// The same with what was asked of these names alone.
  public ZoneFacts about(Predicate<DnsName> names) {
    return new ZoneFacts(
        zone, parent, servers.stream().map(server -> server.about(names)).toList(), skewedSince);
  }

  /// As one look shows it.
  public ZoneFacts(DnsName zone, Optional<Delegation> parent, List<ServerView> servers) {
    this(zone, parent, servers, Optional.empty());
  }

  /// What the parent says of the zone.
  ///
  /// @param origin which of the parent's servers
  /// @param servers the NS set
  /// @param glue addresses that came along, by server
  /// @param ds empty where the zone is not signed as far as the parent knows
  public record Delegation(
      Origin origin,
      SortedSet<DnsName> servers,
      Map<DnsName, List<InetAddress>> glue,
      List<Ds> ds) {
    public Delegation {
      servers = new TreeSet<>(servers);
      glue = Map.copyOf(glue);
      ds = List.copyOf(ds);
    }
  }

  /// What one address of one name server answers, asked directly and without recursion.
  ///
  /// @param address empty where the server's name has none
  /// @param answers by question, SOA and NS of the zone among them; empty where there is no address
  /// @param tcp why it does not answer over TCP; empty where it does or nobody tried
  public record ServerView(
      DnsName name,
      Optional<InetAddress> address,
      Map<Question, DnsAnswer> answers,
      Optional<String> tcp) {
    public ServerView {
      answers = Map.copyOf(answers);
    }

    public ServerView(DnsName name, InetAddress address, List<DnsAnswer> answers) {
      this(
          name,
          Optional.of(address),
          answers.stream().collect(Collectors.toMap(DnsAnswer::question, a -> a, (_, b) -> b)),
          Optional.empty());
    }

    private ServerView about(Predicate<DnsName> names) {
      return new ServerView(
          name,
          address,
          answers.values().stream()
              .filter(answer -> names.test(answer.question().name()))
              .collect(Collectors.toMap(DnsAnswer::question, answer -> answer)),
          tcp);
    }

    public Optional<DnsAnswer> answer(DnsName name, RecordType type) {
      return Optional.ofNullable(answers.get(new Question(name, type)));
    }

    /// As people know it: `192.0.2.53 (ns1.example.org)`.
    public String label() {
      return address.map(a -> a.getHostAddress() + " (" + name + ")").orElse(name.text());
    }
  }

  /// Its SOA record as one of its servers tells it.
  public Optional<Soa> soa(ServerView server) {
    return server.answer(zone, RecordType.SOA).stream()
        .flatMap(answer -> answer.found(Soa.class).stream())
        .findFirst();
  }

  /// Whether those that answer stand at different serials.
  public boolean isSkewed() {
    return answering().stream().map(server -> serial(server).orElse(0)).distinct().count() > 1;
  }

  /// Whether so much time has passed since the serials parted that a transfer must have been made
  /// (RFC 1035 §3.3.13); empty where nobody knows since when.
  Optional<Boolean> isOverdue(Instant now) {
    long refresh =
        answering().stream()
            .flatMap(server -> soa(server).stream())
            .mapToLong(Soa::refresh)
            .max()
            .orElse(0);
    return skewedSince.map(since -> !since.plusSeconds(refresh).isAfter(now));
  }

  public OptionalLong serial(ServerView server) {
    return soa(server).map(soa -> OptionalLong.of(soa.serial())).orElse(OptionalLong.empty());
  }

  /// The NS set as one of its servers tells it.
  public SortedSet<DnsName> nameServers(ServerView server) {
    return server.answer(zone, RecordType.NS).stream()
        .flatMap(answer -> answer.found(Ns.class).stream())
        .map(Ns::server)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// Those of its servers that answer for it.
  public List<ServerView> answering() {
    return servers.stream().filter(server -> soa(server).isPresent()).toList();
  }
}
