package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Mx;
import java.util.List;
import java.util.Optional;

/// `BOFHCHECKDNS=1`: MX or else address, targets are looked up, loopback addresses are fine.
record CourierRule() implements Inquiry.Rule {
  private static final String SEE =
      "Invalid domain, see <URL:https://www.ietf.org/rfc/rfc1035.txt>";

  @Override
  public Judgement judge(Inquiry inquiry) {
    DnsAnswer mx = inquiry.mx();
    if (Inquiry.failed(mx)) {
      return later(inquiry, mx);
    }
    List<Mx> all = Inquiry.inOrder(mx);
    if (all.isEmpty()) {
      Host own = inquiry.own();
      return own.hasAddress()
          ? accept(own.decisive())
          : own.failed() ? later(inquiry, own.decisive()) : unknown(inquiry, own.decisive());
    }
    if (all.stream().anyMatch(CourierRule::isAddress)) {
      return refuse(
          mx,
          517,
          "MX records for %s violate section 3.3.9 of RFC 1035.".formatted(inquiry.domain()),
          SEE);
    }
    return byTargets(inquiry, mx, all);
  }

  private static boolean isAddress(Mx mx) {
    return mx.target().literal().isPresent() && !mx.target().isBracketed();
  }

  private static Judgement byTargets(Inquiry inquiry, DnsAnswer mx, List<Mx> all) {
    Optional<DnsAnswer> failure = Optional.empty();
    for (Mx one : all) {
      if (one.isNull()) {
        continue;
      }
      Host host = inquiry.host(one.target());
      if (host.hasAddress()) {
        return accept(mx);
      }
      if (host.failed()) {
        failure = host.failure();
      }
    }
    return failure.map(why -> later(inquiry, why)).orElseGet(() -> unknown(inquiry, mx));
  }

  private static Judgement later(Inquiry inquiry, DnsAnswer why) {
    return refuse(
        why, 417, "DNS lookup failure: %s.  Try again later.".formatted(inquiry.domain()));
  }

  private static Judgement unknown(Inquiry inquiry, DnsAnswer why) {
    return refuse(why, 517, "Domain does not exist: %s.".formatted(inquiry.domain()), SEE);
  }
}
