package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Answered;
import io.mailcanary.dns.DnsAnswer.NoSuchName;
import io.mailcanary.dns.DnsAnswer.NoSuchRecord;
import io.mailcanary.dns.DnsAnswer.Records;
import io.mailcanary.dns.DnsAnswer.ServFail;
import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.RecordData.Cname;
import io.mailcanary.dns.ZoneFacts.ServerView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Ways of looking that are made of others.
public final class Vantages {
  /// As many as resolvers follow.
  private static final int MOST_ALIASES = 10;

  private Vantages() {}

  /// What a resolver would say that can reach this one of a zone's servers and no other: its own
  /// answers for the zone's names, `resolver` for all else, and where an alias leads out.
  public static Vantage at(ZoneFacts zone, ServerView server, Vantage resolver) {
    return question -> {
      DnsAnswer own = server.answers().get(question);
      if (own != null && question.name().isWithin(zone.zone())) {
        return follow(own, resolver, MOST_ALIASES);
      }
      return resolver.ask(question);
    };
  }

  /// What a caching resolver says once it holds the aliases, since somebody asked for an address
  /// first: it applies them to every type until they expire (RFC 1034 §3.6.2), whatever else the
  /// authoritative server would say.
  public static Vantage holdingAliases(Vantage vantage) {
    return question -> holding(vantage, question, MOST_ALIASES);
  }

  private static DnsAnswer holding(Vantage vantage, Question question, int left) {
    DnsAnswer plain = vantage.ask(question);
    if (question.type() == RecordType.CNAME || !plain.aliases().isEmpty()) {
      return plain;
    }
    Optional<DnsRecord> alias = aliasAt(vantage, question.name());
    if (alias.isEmpty() || !(alias.get().data() instanceof Cname(DnsName target))) {
      return plain;
    }
    if (left == 0) {
      return loop(question, plain.origin());
    }
    return behind(
        question,
        List.of(alias.get()),
        holding(vantage, new Question(target, question.type()), left - 1));
  }

  /// The alias that stands at a name as those see it who ask for an address.
  static Optional<DnsRecord> aliasAt(Vantage vantage, DnsName name) {
    for (RecordType type : List.of(RecordType.A, RecordType.AAAA)) {
      List<DnsRecord> chain = vantage.ask(name, type).aliases();
      if (!chain.isEmpty() && chain.getFirst().owner().equals(name)) {
        return Optional.of(chain.getFirst());
      }
    }
    return Optional.empty();
  }

  private static DnsAnswer follow(DnsAnswer answer, Vantage resolver, int left) {
    if (!(answer instanceof Records some) || !some.isOpen()) {
      return answer;
    }
    if (left == 0 || some.end().equals(some.question().name())) {
      return loop(some.question(), some.origin());
    }
    DnsAnswer rest = resolver.ask(some.end(), some.question().type());
    return behind(some.question(), some.chain(), follow(rest, resolver, left - 1));
  }

  /// The answer about an alias's target as one to the question about the alias.
  private static DnsAnswer behind(Question question, List<DnsRecord> chain, DnsAnswer rest) {
    List<DnsRecord> whole = new ArrayList<>(chain);
    if (rest instanceof Answered answered) {
      whole.addAll(answered.chain());
    }
    return switch (rest) {
      case Records some ->
          new Records(question, some.origin(), whole, some.records(), some.signatures());
      case NoSuchName none -> new NoSuchName(question, none.origin(), whole, none.soa());
      case NoSuchRecord none -> new NoSuchRecord(question, none.origin(), whole, none.soa());
      case Unanswered failure -> failure;
    };
  }

  private static DnsAnswer loop(Question question, Origin origin) {
    return new ServFail(
        question, origin, "SERVFAIL", List.of(new ExtendedError(0, "aliases go round")));
  }
}
