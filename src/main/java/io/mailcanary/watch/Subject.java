package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.Question;
import io.mailcanary.mail.DomainName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A name of the probe files, with what is known of it.
final class Subject {
  final DomainName domain;
  final DnsName name;

  /// One judgement at a time.
  final Object turn = new Object();

  /// How its resolvers answered last.
  final Map<String, String> shapes = new ConcurrentHashMap<>();

  private volatile Interest interest;
  private volatile Set<DnsName> zones = Set.of();
  private volatile @Nullable DomainView view;
  private volatile Instant sweptAt = Instant.EPOCH;

  Subject(Interest interest) {
    this.domain = interest.name();
    this.name = DnsName.of(domain);
    this.interest = interest;
  }

  Interest interest() {
    return interest;
  }

  void become(Interest next) {
    interest = next;
  }

  /// The zones that its names live in, its own first.
  Set<DnsName> zones() {
    return zones;
  }

  void livesIn(Set<DnsName> found) {
    zones = found;
  }

  Optional<DomainView> view() {
    return Optional.ofNullable(view);
  }

  void show(DomainView next) {
    view = next;
  }

  Instant sweptAt() {
    return sweptAt;
  }

  void swept(Instant at) {
    sweptAt = at;
  }

  /// @return whether a resolver answers otherwise than before; the first time it does not
  boolean differs(String resolver, Question question, DnsAnswer answer) {
    String shape =
        answer instanceof DnsAnswer.Answered
            ? answer.found().stream().map(record -> record.data().toString()).sorted().toList()
                + " "
                + answer.getClass().getSimpleName()
            : answer.getClass().getSimpleName();
    String before = shapes.put(resolver + " " + question, shape);
    return before != null && !before.equals(shape);
  }
}
