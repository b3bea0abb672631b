package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.Vantage;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.resolver.Zone;
import java.util.ArrayList;
import java.util.List;

/// DNS as somebody sees it whose resolver got this zone's records from this one of its servers.
final class ServerVantage implements Vantage {
  private final DnsName zone;
  private final ServerView view;
  private final Sources sources;
  private final Vantage others;

  ServerVantage(DnsName zone, ServerView view, Sources sources, Vantage others) {
    this.zone = zone;
    this.view = view;
    this.sources = sources;
    this.others = others;
  }

  @Override
  public DnsAnswer ask(Question question) {
    if (!question.name().isWithin(zone)) {
      return others.ask(question);
    }
    DnsAnswer known = view.answers().get(question);
    DnsAnswer answer =
        known == null
            ? sources.ask(new Zone.Server(view.name(), view.address()), question)
            : known;
    return switch (answer) {
      // It stands in a zone further down.
      case DnsAnswer.Lame _ when known == null -> others.ask(question);
      case DnsAnswer.Records some when some.isOpen() -> through(some);
      case DnsAnswer other -> other;
    };
  }

  /// The alias leads elsewhere: the rest comes from there.
  private DnsAnswer through(DnsAnswer.Records alias) {
    DnsAnswer rest = others.ask(alias.end(), alias.question().type());
    return switch (rest) {
      case DnsAnswer.Records some ->
          new DnsAnswer.Records(
              alias.question(),
              alias.origin(),
              joined(alias.chain(), some.chain()),
              some.records(),
              some.signatures());
      case DnsAnswer.NoSuchName none ->
          new DnsAnswer.NoSuchName(
              alias.question(), alias.origin(), joined(alias.chain(), none.chain()), none.soa());
      case DnsAnswer.NoSuchRecord none ->
          new DnsAnswer.NoSuchRecord(
              alias.question(), alias.origin(), joined(alias.chain(), none.chain()), none.soa());
      case DnsAnswer.ServFail fail ->
          new DnsAnswer.ServFail(alias.question(), fail.origin(), fail.code(), fail.errors());
      case DnsAnswer.Refused refused ->
          new DnsAnswer.Refused(alias.question(), refused.origin(), refused.errors());
      case DnsAnswer.Timeout silent ->
          new DnsAnswer.Timeout(alias.question(), silent.origin(), silent.why());
      case DnsAnswer.Lame lame ->
          new DnsAnswer.Lame(alias.question(), lame.origin(), lame.why());
    };
  }

  private static List<DnsRecord> joined(List<DnsRecord> one, List<DnsRecord> other) {
    List<DnsRecord> both = new ArrayList<>(one);
    both.addAll(other);
    return both;
  }
}
