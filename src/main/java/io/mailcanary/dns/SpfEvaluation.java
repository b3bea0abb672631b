package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.dns.SpfRecord.Term;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// What SPF says of one sending address (RFC 7208 §4), as far as that can be told without macros.
final class SpfEvaluation {
  /// RFC 7208 §2.6, and what is not known here.
  enum Result {
    PASS,
    FAIL,
    SOFT_FAIL,
    NEUTRAL,
    NONE,
    ERROR,
    UNKNOWN
  }

  private final Vantage vantage;
  private final InetAddress client;
  private int lookups;

  private SpfEvaluation(Vantage vantage, InetAddress client) {
    this.vantage = vantage;
    this.client = client;
  }

  static Result of(Vantage vantage, DnsName domain, InetAddress client) {
    return new SpfEvaluation(vantage, client).check(domain);
  }

  private Result check(DnsName domain) {
    SpfWalk.Found found = SpfWalk.find(vantage, domain);
    if (found.texts().size() != 1) {
      return found.answer() instanceof Unanswered || found.texts().size() > 1
          ? Result.ERROR
          : Result.NONE;
    }
    SpfRecord record = SpfRecord.parse(found.texts().getFirst());
    if (!record.problems().isEmpty()) {
      return Result.ERROR;
    }
    for (Term term : record.terms()) {
      if (term.mechanism().asksDns() && ++lookups > SpfWalk.MOST_LOOKUPS) {
        return Result.ERROR;
      }
      Optional<Result> result = match(domain, term);
      if (result.isPresent()) {
        return result.get();
      }
    }
    if (record.redirect().isEmpty()) {
      return Result.NEUTRAL;
    }
    String target = record.redirect().get();
    if (target.indexOf('%') >= 0 || target.length() > 253) {
      return Result.UNKNOWN;
    }
    if (++lookups > SpfWalk.MOST_LOOKUPS) {
      return Result.ERROR;
    }
    Result result = check(new DnsName(target));
    return result == Result.NONE ? Result.ERROR : result;
  }

  /// Nothing where the term does not match.
  private Optional<Result> match(DnsName domain, Term term) {
    if (term.hasMacro() || term.domain().length() > 253) {
      return Optional.of(Result.UNKNOWN);
    }
    DnsName target = term.domain().isEmpty() ? domain : new DnsName(term.domain());
    return switch (term.mechanism()) {
      case ALL -> Optional.of(says(term));
      case IP4, IP6 -> term.network().filter(n -> n.contains(client)).map(_ -> says(term));
      case A -> among(List.of(target), term);
      case MX ->
          among(
              vantage.ask(target, RecordType.MX).found(Mx.class).stream()
                  .filter(mx -> !mx.isNull())
                  .limit(SpfWalk.MOST_MX)
                  .map(Mx::target)
                  .toList(),
              term);
      case INCLUDE ->
          switch (check(target)) {
            case PASS -> Optional.of(says(term));
            case FAIL, SOFT_FAIL, NEUTRAL -> Optional.empty();
            case NONE, ERROR -> Optional.of(Result.ERROR);
            case UNKNOWN -> Optional.of(Result.UNKNOWN);
          };
      case EXISTS ->
          vantage.ask(target, RecordType.A).found().isEmpty()
              ? Optional.empty()
              : Optional.of(says(term));
      case PTR -> Optional.of(Result.UNKNOWN);
    };
  }

  private Optional<Result> among(List<DnsName> hosts, Term term) {
    for (DnsName host : hosts) {
      for (InetAddress address : Host.of(vantage, host).addresses()) {
        int prefix = address.getAddress().length == 4 ? term.prefix4() : term.prefix6();
        if (new Network(address, prefix).contains(client)) {
          return Optional.of(says(term));
        }
      }
    }
    return Optional.empty();
  }

  private static Result says(Term term) {
    return switch (term.qualifier()) {
      case '-' -> Result.FAIL;
      case '~' -> Result.SOFT_FAIL;
      case '?' -> Result.NEUTRAL;
      default -> Result.PASS;
    };
  }
}
