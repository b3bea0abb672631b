package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.ZoneFacts;
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
import java.util.function.Supplier;

/// Which names to ask for on behalf of one, and for what.
final class Names {
  private static final int MOST_TARGETS = 20;
  private static final Set<RecordType> ADDRESSES = EnumSet.of(RecordType.A, RecordType.AAAA);
  private static final Set<RecordType> MAIL =
      EnumSet.of(RecordType.MX, RecordType.A, RecordType.AAAA, RecordType.TXT);
  private static final Set<RecordType> TEXT = EnumSet.of(RecordType.TXT);
  private static final Set<RecordType> NONE = EnumSet.noneOf(RecordType.class);

  private Names() {}

  /// @param targets the hosts that its MX names; asked only where mail goes there
  static Map<DnsName, Wanted> of(
      Interest interest, Collection<String> selectors, Supplier<Set<DnsName>> targets) {
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
    selectors.forEach(
        selector -> names.put(name.child(selector + "._domainkey"), new Wanted(TEXT, NONE, most)));
    targets.get().forEach(target -> names.putIfAbsent(target, new Wanted(ADDRESSES, NONE, most)));
    return names;
  }

  /// The hosts of its MX records, as a resolver or one of its servers tells them.
  static Set<DnsName> targets(DnsName name, Sources sources, List<ZoneFacts> zones) {
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
