package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.SpfIncludes;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Resolver;
import io.mailcanary.resolver.Look;
import io.mailcanary.watch.WatchedZone.Wanted;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Which names to ask for on behalf of one, and for what.
final class Names {
  private static final int MOST_TARGETS = 20;
  private static final Set<RecordType> ADDRESSES = EnumSet.of(RecordType.A, RecordType.AAAA);
  private static final Set<RecordType> MAIL =
      EnumSet.of(RecordType.MX, RecordType.A, RecordType.AAAA, RecordType.TXT);
  private static final Set<RecordType> TEXT = EnumSet.of(RecordType.TXT);
  private static final Set<RecordType> TLSA = EnumSet.of(RecordType.TLSA);
  private static final Set<RecordType> NONE = EnumSet.noneOf(RecordType.class);

  private Names() {}

  /// @param targets the hosts that its MX names
  /// @param includes the domains that its SPF record takes in
  record Refers(Set<DnsName> targets, Set<DnsName> includes) {
    static final Refers NOTHING = new Refers(Set.of(), Set.of());
  }

  static Map<DnsName, Wanted> of(Interest interest, Collection<String> selectors, Refers refers) {
    DnsName name = DnsName.of(interest.name());
    boolean mail = !interest.roles().isEmpty();
    boolean needed = !interest.paths().isEmpty();
    Severity most = needed ? Severity.PAGE : Severity.WARN;
    Map<DnsName, Wanted> names = new LinkedHashMap<>();
    names.put(name, new Wanted(mail || !needed ? MAIL : ADDRESSES, NONE, most));
    if (!mail) {
      return names;
    }
    names.put(name.child("_dmarc"), new Wanted(TEXT, NONE, most));
    for (String label : List.of("_mta-sts", "_smtp._tls")) {
      names.put(name.child(label), new Wanted(NONE, TEXT, Severity.WARN));
    }
    names.put(name.child("mta-sts"), new Wanted(NONE, ADDRESSES, Severity.WARN));
    selectors.forEach(
        selector -> names.put(name.child(selector + "._domainkey"), new Wanted(TEXT, NONE, most)));
    refers.includes().forEach(one -> names.merge(one, new Wanted(TEXT, NONE, most), Wanted::and));
    for (DnsName target : refers.targets()) {
      names.merge(target, new Wanted(ADDRESSES, NONE, most), Wanted::and);
      names.put(tlsa(target), new Wanted(NONE, TLSA, Severity.WARN));
    }
    return names;
  }

  /// Where the TLSA records of a host stand that takes mail (RFC 7672 §2.2).
  static DnsName tlsa(DnsName host) {
    return host.child("_25._tcp");
  }

  /// The name servers of a zone, by name. Their servers are others' mostly, and are asked seldom.
  static Map<DnsName, Wanted> servers(ZoneFacts zone) {
    Map<DnsName, Wanted> names = new LinkedHashMap<>();
    zone.servers().stream()
        .map(ServerView::name)
        .distinct()
        .limit(MOST_TARGETS)
        .forEach(name -> names.put(name, new Wanted(ADDRESSES, NONE, Severity.WARN)));
    return names;
  }

  /// What the zone above says, as answers.
  static List<DnsAnswer> delegation(DnsName zone, ZoneFacts.Delegation parent) {
    return List.of(
        answer(
            zone,
            RecordType.NS,
            parent.origin(),
            parent.servers().stream().<RecordData>map(RecordData.Ns::new).toList()),
        answer(zone, RecordType.DS, parent.origin(), List.copyOf(parent.ds())));
  }

  private static DnsAnswer answer(
      DnsName zone, RecordType type, Origin origin, List<RecordData> data) {
    Question question = new Question(zone, type);
    return data.isEmpty()
        ? new DnsAnswer.NoSuchRecord(question, origin, List.of(), Optional.empty())
        : new DnsAnswer.Records(
            question,
            origin,
            List.of(),
            data.stream().map(one -> new DnsRecord(zone, 0, one)).toList(),
            List.of());
  }

  /// What its records refer to, as a resolver or one of its servers tells them.
  static Refers refers(Interest interest, Sources sources, List<ZoneFacts> zones) {
    DnsName name = DnsName.of(interest.name());
    return new Refers(
        interest.roles().isEmpty() ? Set.of() : targets(name, sources, zones),
        interest.roles().contains(Role.SENDS)
            ? SpfIncludes.of(question -> sources.ask(Resolver.DEFAULT, question, Look.PLAIN), name)
            : Set.of());
  }

  /// The hosts of its MX records, as a resolver or one of its servers tells them.
  private static Set<DnsName> targets(DnsName name, Sources sources, List<ZoneFacts> zones) {
    Question question = new Question(name, RecordType.MX);
    List<DnsAnswer> answers = new ArrayList<>();
    answers.add(sources.ask(Resolver.DEFAULT, question, Look.PLAIN));
    zones.stream()
        .flatMap(zone -> zone.servers().stream())
        .flatMap(view -> Optional.ofNullable(view.answers().get(question)).stream())
        .forEach(answers::add);
    Set<DnsName> targets = new TreeSet<>();
    answers.stream()
        .flatMap(answer -> answer.found(RecordData.Mx.class).stream())
        .map(RecordData.Mx::target)
        .filter(DnsName::isHostName)
        .limit(MOST_TARGETS)
        .forEach(targets::add);
    return targets;
  }
}
