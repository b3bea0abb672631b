package io.mailcanary.world;

import java.util.List;
import javax.net.ssl.SSLContext;

/// Takes mail from one server's queue to the next server or into a mailbox.
final class Courier implements Spool.Delivery {
  private final Role role;
  private final NextHops hops;
  private final Mailboxes mailboxes;
  private final SSLContext trust;
  private final InForce<Filing> filing = new InForce<>(Filing.INBOX);
  private final InForce<Boolean> keepsUnroutable = new InForce<>(false);

  Courier(Role role, NextHops hops, Mailboxes mailboxes, SSLContext trust) {
    this.role = role;
    this.hops = hops;
    this.mailboxes = mailboxes;
    this.trust = trust;
  }

  Repair files(Filing next) {
    return filing.put(next);
  }

  /// Lets mail wait whose next host does not exist, which otherwise goes back at once.
  Repair keepUnroutable() {
    return keepsUnroutable.put(true);
  }

  @Override
  public void attempt(Mail mail) throws SmtpRefusal {
    if (role.keeps().contains(mail.domain())) {
      filing.now().file(mail, mailboxes);
      return;
    }
    SmtpRefusal last = new SmtpRefusal(450, "4.4.1 nobody to hand over to");
    for (String host : hosts(mail)) {
      try {
        SmtpTransfer.send(hops.hop(host), role.host(), mail, trust);
        return;
      } catch (SmtpRefusal refusal) {
        last = considered(refusal);
        if (last.reply().isPermanent()) {
          throw last;
        }
      }
    }
    throw last;
  }

  private List<String> hosts(Mail mail) throws SmtpRefusal {
    String behind = role.passes().get(mail.domain());
    if (behind != null) {
      return List.of(behind);
    }
    try {
      return hops.exchangers(mail.domain());
    } catch (SmtpRefusal refusal) {
      throw considered(refusal);
    }
  }

  private SmtpRefusal considered(SmtpRefusal refusal) {
    boolean isAboutTheWay = refusal.by().isEmpty() && refusal.reply().isPermanent();
    return keepsUnroutable.now() && isAboutTheWay
        ? new SmtpRefusal(450, "4" + refusal.reply().text().substring(1))
        : refusal;
  }
}
