package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Inquiry.Judgement;

/// Yahoo and AOL: MX or address, and an SOA record of the organisation's domain that can be asked
/// for.
record YahooRule() implements Inquiry.Rule {
  private static final PostfixRule MX_OR_ADDRESS = new PostfixRule(450);

  @Override
  public Judgement judge(Inquiry inquiry) {
    Judgement first = MX_OR_ADDRESS.judge(inquiry);
    // An empty answer from the middle of a zone carries the zone's SOA record along.
    DnsAnswer soa = inquiry.vantage().ask(inquiry.domain(), RecordType.SOA);
    if (first.verdict() == Verdict.ACCEPT && Inquiry.failed(soa)) {
      return unresolvable(soa);
    }
    return first.verdict() == Verdict.TEMPORARY
        ? unresolvable(first.decisive().orElse(soa))
        : first;
  }

  private static Judgement unresolvable(DnsAnswer why) {
    return refuse(
        why, 451, "Message temporarily deferred due to unresolvable RFC.5321 from domain");
  }
}
