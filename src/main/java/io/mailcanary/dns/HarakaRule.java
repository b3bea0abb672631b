package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.DnsAnswer.ServFail;
import io.mailcanary.dns.DnsAnswer.Timeout;
import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Mx;
import java.net.InetAddress;
import java.util.List;

/// `mail_from.is_resolvable`: a named MX target with a usable address.
///
/// @param takesAddresses `allow_mx_ip`: the domain's own address will do, and an address as target
/// @param noMx code where nothing is there at all
/// @param noValidMx code where what is there does not lead to an address
/// @param current release 3.3: knows a null MX, and gives a resolver about a second
record HarakaRule(boolean takesAddresses, int noMx, int noValidMx, boolean current)
    implements Inquiry.Rule {

  @Override
  public Judgement judge(Inquiry inquiry) {
    DnsAnswer mx = inquiry.mx();
    if (Inquiry.failed(mx)) {
      return failed(mx);
    }
    List<Mx> all = Inquiry.inOrder(mx);
    if (all.isEmpty()) {
      return byOwnAddress(inquiry);
    }
    if (current && all.stream().allMatch(Mx::isNull)) {
      return refuse(mx, 550, "5.7.27 Null MX: %s does not send mail".formatted(inquiry.domain()));
    }
    return all.stream().anyMatch(one -> leadsSomewhere(inquiry, one)) ? accept(mx) : notValid(mx);
  }

  private Judgement byOwnAddress(Inquiry inquiry) {
    Host own = inquiry.own();
    if (!own.hasAddress()) {
      return own.failed()
          ? failed(own.decisive())
          : refuse(own.decisive(), noMx, "No MX for your FROM address");
    }
    return takesAddresses && own.addresses().stream().anyMatch(one -> isUsable(inquiry, one))
        ? accept(own.decisive())
        : notValid(own.decisive());
  }

  private boolean leadsSomewhere(Inquiry inquiry, Mx mx) {
    if (mx.isNull()) {
      return false;
    }
    if (!mx.target().isBracketed() && mx.target().literal().isPresent()) {
      return takesAddresses
          && mx.target().literal().filter(one -> isUsable(inquiry, one)).isPresent();
    }
    return inquiry.host(mx.target()).addresses().stream().anyMatch(one -> isUsable(inquiry, one));
  }

  private static boolean isUsable(Inquiry inquiry, InetAddress address) {
    return !inquiry.isLoopback(address) && !address.getHostAddress().equals("255.255.255.255");
  }

  private Judgement notValid(DnsAnswer why) {
    return refuse(why, noValidMx, "No valid MX for your FROM address");
  }

  private Judgement failed(DnsAnswer why) {
    boolean late =
        why instanceof Timeout || (current && why instanceof ServFail fail && fail.isLate());
    return refuse(why, 450, "Temp. resolver error (%s)".formatted(late ? "ETIMEOUT" : "ESERVFAIL"));
  }
}
