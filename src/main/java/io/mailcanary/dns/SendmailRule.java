package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Inquiry.Judgement;
import java.util.List;

/// `check_mail`: AAAA, A, then MX, the first that is there wins. With an address it never sees the
/// MX, and a null MX is an MX to it.
///
/// @param delayed `delay_checks`: says it at RCPT
record SendmailRule(boolean delayed) implements Inquiry.Rule {
  @Override
  public Judgement judge(Inquiry inquiry) {
    boolean failed = false;
    DnsAnswer why = inquiry.mx();
    for (RecordType type : List.of(RecordType.AAAA, RecordType.A, RecordType.MX)) {
      DnsAnswer answer = inquiry.vantage().ask(inquiry.domain(), type);
      if (!answer.found().isEmpty()) {
        return accept(answer);
      }
      if (Inquiry.isNoSuchName(answer)) {
        return unknown(inquiry, answer);
      }
      if (Inquiry.failed(answer)) {
        failed = true;
        why = answer;
      }
    }
    return failed
        ? refuse(
            why,
            451,
            "4.1.8 Domain of sender address %s does not resolve".formatted(inquiry.sender()))
        : unknown(inquiry, why);
  }

  private Judgement unknown(Inquiry inquiry, DnsAnswer why) {
    return refuse(
        why,
        553,
        "5.1.8 <%s>... Domain of sender address %s does not exist"
            .formatted(delayed ? inquiry.recipient() : inquiry.sender(), inquiry.sender()));
  }
}
