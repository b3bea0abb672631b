package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Mx;
import java.util.List;
import java.util.Optional;

/// Envelope sender verification of Cisco's mail gateways: one name that does not exist, among all
/// that are looked up, refuses.
record CiscoRule() implements Inquiry.Rule {
  @Override
  public Judgement judge(Inquiry inquiry) {
    DnsAnswer mx = inquiry.mx();
    if (Inquiry.failed(mx)) {
      return later(inquiry, mx);
    }
    List<Mx> all = Inquiry.inOrder(mx);
    if (Inquiry.isNoSuchName(mx)) {
      return unknown(inquiry, mx);
    }
    if (all.isEmpty()) {
      Host own = inquiry.own();
      return own.hasAddress()
          ? accept(own.decisive())
          : own.failed() ? later(inquiry, own.decisive()) : unknown(inquiry, own.decisive());
    }
    return byTargets(inquiry, mx, all);
  }

  private static Judgement byTargets(Inquiry inquiry, DnsAnswer mx, List<Mx> all) {
    Optional<DnsAnswer> failure = Optional.empty();
    boolean some = false;
    for (Mx one : all) {
      if (one.isNull() || one.target().literal().isPresent()) {
        return unknown(inquiry, mx);
      }
      Host host = inquiry.host(one.target());
      if (host.isNoSuchName()) {
        return unknown(inquiry, host.decisive());
      }
      failure = host.failed() && !host.hasAddress() ? host.failure() : failure;
      some |= host.hasAddress();
    }
    if (failure.isPresent()) {
      return later(inquiry, failure.get());
    }
    return some ? accept(mx) : unknown(inquiry, mx);
  }

  private static Judgement later(Inquiry inquiry, DnsAnswer why) {
    return refuse(
        why,
        451,
        "#4.1.8 Domain of sender address <%s> does not resolve".formatted(inquiry.sender()));
  }

  private static Judgement unknown(Inquiry inquiry, DnsAnswer why) {
    return refuse(
        why,
        553,
        "#5.1.8 Domain of sender address <%s> does not exist".formatted(inquiry.sender()));
  }
}
