package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Mx;
import java.util.List;

/// `resolvable_fromhost`: MX whose targets have an address, or an address; never final.
record QpsmtpdRule() implements Inquiry.Rule {
  @Override
  public Judgement judge(Inquiry inquiry) {
    DnsAnswer mx = inquiry.mx();
    List<Mx> all = Inquiry.inOrder(mx);
    if (all.isEmpty()) {
      Host own = inquiry.own();
      return own.hasAddress()
          ? accept(own.decisive())
          : refuse(
              Inquiry.failed(mx) ? mx : own.decisive(),
              450,
              "Temporary address resolution failure (#4.4.3)");
    }
    return all.stream().anyMatch(one -> leadsSomewhere(inquiry, one))
        ? accept(mx)
        : refuse(mx, 450, "FQDN required in the envelope sender (#4.1.8)");
  }

  private static boolean leadsSomewhere(Inquiry inquiry, Mx mx) {
    if (mx.isNull()) {
      return false;
    }
    return (!mx.target().isBracketed() && mx.target().literal().isPresent())
        || inquiry.host(mx.target()).hasAddress();
  }
}
