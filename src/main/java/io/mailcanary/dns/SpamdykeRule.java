package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Address;
import io.mailcanary.dns.RecordData.Mx;
import java.util.List;

/// spamdyke's `reject-sender=no-mx`: IPv4 alone, never final.
record SpamdykeRule() implements Inquiry.Rule {
  @Override
  public Judgement judge(Inquiry inquiry) {
    DnsAnswer mx = inquiry.mx();
    List<Mx> all = Inquiry.inOrder(mx);
    boolean good =
        all.isEmpty()
            ? !Inquiry.failed(mx) && hasAddress(inquiry, inquiry.domain())
            : all.stream().anyMatch(one -> !one.isNull() && leadsSomewhere(inquiry, one.target()));
    return good
        ? accept(mx)
        : refuse(mx, 421, "Refused. The domain of your sender address has no mail exchanger (MX).");
  }

  private static boolean leadsSomewhere(Inquiry inquiry, DnsName target) {
    return (!target.isBracketed() && target.literal().isPresent()) || hasAddress(inquiry, target);
  }

  private static boolean hasAddress(Inquiry inquiry, DnsName name) {
    return inquiry.vantage().ask(name, RecordType.A).found(Address.class).stream()
        .map(Address::address)
        .anyMatch(address -> !inquiry.isLoopback(address));
  }
}
