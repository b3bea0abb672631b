package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.resolver.Look;
import io.mailcanary.resolver.Zone;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/// A world of a few names in memory, which notes what whom was asked. Every name of two labels is a
/// zone of its own; all are with the same two servers.
final class SmallWorld implements Sources {
  private final Map<Question, List<RecordData>> records = new HashMap<>();
  private final List<String> resolvers;

  private final AtomicLong serial = new AtomicLong(7);
  private final Map<DnsName, String> midway = new HashMap<>();

  /// `TYPE NAME at WHOM`, where whom is `authority`, `parent` or a resolver's name.
  final Set<String> asked = new ConcurrentSkipListSet<>();

  SmallWorld(List<String> resolvers, String lines) {
    this.resolvers = resolvers;
    lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(this::read);
  }

  /// Adds a record to a zone while it is looked through: after one server has answered and the
  /// other has told its serial.
  void addMidway(String zone, String line) {
    midway.put(DnsName.of(zone), line);
  }

  private void read(String line) {
    String[] parts = line.split(" +", 3);
    Question question = Question.of(parts[0], RecordType.valueOf(parts[1]));
    records.computeIfAbsent(question, _ -> new ArrayList<>()).add(data(question.type(), parts[2]));
  }

  private static RecordData data(RecordType type, String text) {
    return switch (type) {
      case A, AAAA -> new RecordData.Address(InetAddress.ofLiteral(text));
      case MX ->
          new RecordData.Mx(
              Integer.parseInt(text.split(" ", 2)[0]), DnsName.of(text.split(" ", 2)[1]));
      case TXT -> RecordData.Txt.of(text);
      case PTR -> new RecordData.Ptr(DnsName.of(text));
      case NS, SOA, CNAME, TLSA, DS, DNSKEY -> throw new IllegalArgumentException(text);
    };
  }

  @Override
  public Optional<Zone> zoneOf(DnsName name) {
    List<String> labels = name.labels();
    return Optional.of(
        zone(
            DnsName.of(
                String.join(".", labels.subList(Math.max(0, labels.size() - 2), labels.size()))),
            Optional.empty()));
  }

  @Override
  public Optional<ZoneFacts.Delegation> delegation(DnsName zone) {
    asked.add("NS " + zone + " at parent");
    return Optional.of(
        new ZoneFacts.Delegation(
            Origin.of("above"), new TreeSet<>(Set.of(ns(1), ns(2))), Map.of(), List.of()));
  }

  @Override
  public Zone zone(DnsName apex, Optional<ZoneFacts.Delegation> delegation) {
    return new Zone(apex, List.of(server(1), server(2)));
  }

  private static DnsName ns(int number) {
    return DnsName.of("ns%d.dnshost.test".formatted(number));
  }

  private static Zone.Server server(int number) {
    return new Zone.Server(ns(number), Optional.of(InetAddress.ofLiteral("192.0.2.25" + number)));
  }

  @Override
  public ZoneFacts.ServerView ask(
      DnsName zone, Zone.Server server, Collection<Question> questions, boolean tcp) {
    Map<Question, DnsAnswer> answers = new HashMap<>();
    Question soa = new Question(zone, RecordType.SOA);
    answers.put(soa, answer(soa, "authority"));
    if (server.name().equals(ns(2)) && midway.containsKey(zone)) {
      read(midway.remove(zone));
      serial.incrementAndGet();
    }
    questions.forEach(question -> answers.put(question, answer(question, "authority")));
    return new ZoneFacts.ServerView(server.name(), server.address(), answers, Optional.empty());
  }

  @Override
  public DnsAnswer ask(Zone.Server server, Question question) {
    return answer(question, "authority");
  }

  @Override
  public DnsAnswer ask(String resolver, Question question, Look look) {
    return answer(question, resolver);
  }

  private DnsAnswer answer(Question question, String whom) {
    asked.add("%s %s at %s".formatted(question.type(), question.name(), whom));
    Origin origin = new Origin(whom, true, false);
    List<RecordData> found =
        switch (question.type()) {
          case SOA ->
              List.of(
                  new RecordData.Soa(
                      ns(1), DnsName.of("h.dnshost.test"), serial.get(), 3600, 600, 86400, 60));
          case NS -> List.of(new RecordData.Ns(ns(1)), new RecordData.Ns(ns(2)));
          case A, AAAA, MX, TXT, CNAME, PTR, TLSA, DS, DNSKEY ->
              records.getOrDefault(question, List.of());
        };
    return found.isEmpty()
        ? new DnsAnswer.NoSuchRecord(question, origin, List.of(), Optional.empty())
        : new DnsAnswer.Records(
            question,
            origin,
            List.of(),
            found.stream().map(one -> new DnsRecord(question.name(), 300, one)).toList(),
            List.of());
  }

  @Override
  public List<String> resolvers() {
    return resolvers;
  }

  @Override
  public String label(String resolver) {
    return resolver;
  }
}
