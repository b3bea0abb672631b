package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Records;
import io.mailcanary.dns.RecordData.Soa;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Finding;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Findings about times to live. What servers give is looked at; a resolver's runs down.
final class TtlCheck {
  private static final long SHORT = 60;
  private static final long LONG = 86_400;
  private static final long LONG_NEGATIVE = 3_600;

  private TtlCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    for (ZoneFacts zone : facts.zones()) {
      Map<Question, Records> longest = new LinkedHashMap<>();
      for (ServerView server : zone.answering()) {
        for (DnsAnswer answer : server.answers().values()) {
          if (answer instanceof Records some && !some.isOpen() && isMail(some.question())) {
            longest.merge(some.question(), some, (a, b) -> ttl(b) > ttl(a) ? b : a);
          }
        }
      }
      longest.values().stream()
          .sorted((a, b) -> a.question().toString().compareTo(b.question().toString()))
          .forEach(some -> records(facts, some, found));
      negative(zone, found);
    }
  }

  private static boolean isMail(Question question) {
    return switch (question.type()) {
      case MX, TXT, A, AAAA -> true;
      case CNAME, NS, SOA, PTR, TLSA, DS, DNSKEY -> false;
    };
  }

  private static long ttl(Records some) {
    return some.records().stream().mapToLong(DnsRecord::ttl).max().orElse(0);
  }

  private static void records(DomainFacts facts, Records some, List<Finding> found) {
    long ttl = ttl(some);
    Question question = some.question();
    if (ttl < SHORT || ttl > LONG) {
      FindingKind kind = ttl < SHORT ? FindingKind.TTL_SHORT : FindingKind.TTL_LONG;
      found.add(
          kind.at(
              question.name(),
              question.type(),
              "%s lives %d seconds".formatted(question, ttl),
              List.of(some.sentence() + ", time to live " + ttl)));
    }
    if (facts.resolver().ask(question) instanceof Records held
        && !held.isOpen()
        && ttl(held) > ttl) {
      found.add(
          FindingKind.TTL_STRETCHED.at(
              question.name(),
              question.type(),
              "%s holds %s for %d seconds, its servers give %d"
                  .formatted(held.origin().server(), question, ttl(held), ttl),
              List.of(
                  held.sentence() + ", time to live " + ttl(held),
                  some.sentence() + ", time to live " + ttl)));
    }
  }

  private static void negative(ZoneFacts zone, List<Finding> found) {
    for (ServerView server : zone.answering()) {
      DnsAnswer answer = server.answer(zone.zone(), RecordType.SOA).orElseThrow();
      for (DnsRecord record : answer.found()) {
        if (record.data() instanceof Soa soa
            && Math.min(record.ttl(), soa.minimum()) > LONG_NEGATIVE) {
          found.add(
              FindingKind.NEGATIVE_TTL_LONG.at(
                  zone.zone(),
                  "that a record of %s is missing is remembered for %d seconds"
                      .formatted(zone.zone(), Math.min(record.ttl(), soa.minimum())),
                  List.of(answer.sentence())));
          return;
        }
      }
    }
  }
}
