package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.ZoneFacts;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Severity;
import io.mailcanary.resolver.Zone;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/// One zone: which of its names are watched, who serves it, and what each server said last.
final class WatchedZone {
  final DnsName apex;

  /// One look at a time.
  final Object turn = new Object();

  private final Map<DnsName, Wanted> wanted = new TreeMap<>();
  private final Map<DnsName, Set<DnsName>> askers = new HashMap<>();
  private final Set<DnsName> subjects = ConcurrentHashMap.newKeySet();
  private final Set<DnsName> onlookers = ConcurrentHashMap.newKeySet();
  private volatile Zone zone;
  private volatile ZoneFacts facts;
  private volatile boolean swept;
  private volatile boolean doubtful;
  private volatile boolean settled;

  /// A question to those who stand at one serial.
  private record Asked(OptionalLong serial, Question question) {}

  /// What is asked of a name.
  ///
  /// @param often asked in every turn
  /// @param seldom asked in sweeps alone
  /// @param most how much a change weighs at most
  record Wanted(Set<RecordType> often, Set<RecordType> seldom, Severity most) {
    Wanted and(Wanted other) {
      return new Wanted(
          both(often, other.often),
          both(seldom, other.seldom),
          most.compareTo(other.most) >= 0 ? most : other.most);
    }

    Set<RecordType> all() {
      return both(often, seldom);
    }

    private static Set<RecordType> both(Set<RecordType> one, Set<RecordType> other) {
      Set<RecordType> all = EnumSet.noneOf(RecordType.class);
      all.addAll(one);
      all.addAll(other);
      return all;
    }
  }

  WatchedZone(Zone zone) {
    this.apex = zone.name();
    this.zone = zone;
    this.facts = new ZoneFacts(zone.name(), Optional.empty(), List.of());
  }

  Zone zone() {
    return zone;
  }

  ZoneFacts facts() {
    return facts;
  }

  /// What concerns this subject: of the names that others want here it knows nothing.
  ZoneFacts facts(DnsName subject) {
    Set<DnsName> others = wantedByOthersAlone(subject);
    return others.isEmpty() ? facts : facts.about(name -> !others.contains(name));
  }

  private synchronized Set<DnsName> wantedByOthersAlone(DnsName subject) {
    return askers.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(apex) && !entry.getValue().contains(subject))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  boolean isSwept() {
    return swept;
  }

  /// Whether the last sweep saw something that is to be seen once more.
  boolean isDoubtful() {
    return doubtful;
  }

  void doubt(boolean value) {
    doubtful = value;
  }

  /// Whether these answer word for word as before, and nothing of that is still to be judged.
  boolean isOldNews(List<ServerView> views) {
    if (!settled || doubtful) {
      return false;
    }
    Map<String, ServerView> known = byLabel(facts);
    return known.size() == views.size()
        && views.stream()
            .allMatch(view ->
                known.containsKey(view.label())
                    && known
                        .get(view.label())
                        .answers()
                        .entrySet()
                        .containsAll(view.answers().entrySet()));
  }

  /// Whether all that was seen last is what its servers are taken to say.
  void settle(boolean value) {
    settled = value;
  }

  private static Map<String, ServerView> byLabel(ZoneFacts facts) {
    Map<String, ServerView> known = new HashMap<>();
    facts.servers().forEach(view -> known.put(view.label(), view));
    return known;
  }

  /// What each server says, whatever the serial.
  static Map<String, Map<Question, String>> said(ZoneFacts facts) {
    Map<String, Map<Question, String>> all = new HashMap<>();
    facts.servers().forEach(view -> all.put(view.label(), Looking.says(view)));
    return all;
  }

  /// Those who are judged by it.
  Set<DnsName> subjects() {
    return Set.copyOf(subjects);
  }

  /// @param judged whether the subject is judged by what stands there
  /// @return whether that is news
  synchronized boolean want(DnsName subject, DnsName name, Wanted more, boolean judged) {
    (judged ? subjects : onlookers).add(subject);
    askers.computeIfAbsent(name, _ -> new HashSet<>()).add(subject);
    Wanted before = wanted.get(name);
    Wanted after = before == null ? more : before.and(more);
    wanted.put(name, after);
    return !after.equals(before);
  }

  synchronized void forget(Collection<DnsName> gone) {
    subjects.removeAll(gone);
    onlookers.removeAll(gone);
    askers.values().forEach(names -> names.removeAll(gone));
    askers.values().removeIf(Set::isEmpty);
    wanted.keySet().retainAll(askers.keySet());
  }

  synchronized boolean isUnwanted() {
    return subjects.isEmpty() && onlookers.isEmpty();
  }

  synchronized Map<DnsName, Wanted> wanted() {
    return new LinkedHashMap<>(wanted);
  }

  List<Question> questions(boolean sweep) {
    List<Question> questions = new ArrayList<>();
    wanted()
        .forEach((name, types) -> {
          types.often().forEach(type -> questions.add(new Question(name, type)));
          if (sweep) {
            types.seldom().forEach(type -> questions.add(new Question(name, type)));
          }
        });
    if (sweep) {
      questions.add(new Question(apex, RecordType.NS));
      questions.add(new Question(apex, RecordType.DNSKEY));
    }
    return questions;
  }

  /// What a sweep found; servers that nobody names any more are gone.
  void sweep(
      Zone found, Optional<ZoneFacts.Delegation> delegation, List<ServerView> views, Instant now) {
    zone = found;
    facts = skewed(new ZoneFacts(apex, delegation.or(facts::parent), views), now);
    swept = true;
  }

  /// Whether servers of one serial answer a question differently. As a rule a change came between
  /// two questions: asked once more they agree, or one is ahead of the other.
  boolean isTorn() {
    Map<Asked, Set<String>> said = new HashMap<>();
    for (ServerView view : facts.answering()) {
      for (DnsAnswer answer : view.answers().values()) {
        if (answer instanceof DnsAnswer.Answered && answer.question().type() != RecordType.SOA) {
          said.computeIfAbsent(
                  new Asked(facts.serial(view), answer.question()), _ -> new HashSet<>())
              .add(Looking.sorted(answer));
        }
      }
    }
    return said.values().stream().anyMatch(different -> different.size() > 1);
  }

  /// Since when the serials differ, by what was seen before.
  private ZoneFacts skewed(ZoneFacts fresh, Instant now) {
    return fresh.isSkewed()
        ? new ZoneFacts(
            fresh.zone(),
            fresh.parent(),
            fresh.servers(),
            Optional.of(facts.skewedSince().orElse(now)))
        : fresh;
  }

  /// What a turn found, laid over what was known.
  void refresh(List<ServerView> views, Instant now) {
    Map<String, ServerView> known = byLabel(facts);
    List<ServerView> merged =
        views.stream().map(view -> over(known.get(view.label()), view)).toList();
    facts = skewed(new ZoneFacts(apex, facts.parent(), merged), now);
  }

  private ServerView over(@org.jspecify.annotations.Nullable ServerView before, ServerView now) {
    if (before == null || !answers(now)) {
      return now;
    }
    Map<Question, DnsAnswer> answers = new HashMap<>(before.answers());
    answers.putAll(now.answers());
    return new ServerView(now.name(), now.address(), answers, before.tcp());
  }

  boolean answers(ServerView view) {
    return view.answer(apex, RecordType.SOA)
        .filter(DnsAnswer.Answered.class::isInstance)
        .isPresent();
  }
}
