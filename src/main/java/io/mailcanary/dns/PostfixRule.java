package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Mx;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `reject_unknown_sender_domain`: MX, A, AAAA of the domain, the first that is there wins, targets
/// are never looked at. The same words for what is not there and for what could not be asked.
///
/// @param unknown `unknown_address_reject_code`
record PostfixRule(int unknown) implements Inquiry.Rule {
  private static final Pattern NAME =
      Pattern.compile("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*");

  /// What Postfix takes an MX answer for.
  enum MxState {
    GOOD,
    NULL,
    MALFORMED,
    NONE,
    FAILED
  }

  /// A null MX counts wherever it stands, even beside others; targets that are no names drop out,
  /// bare address literals stay in.
  static MxState state(DnsAnswer answer) {
    if (Inquiry.failed(answer)) {
      return MxState.FAILED;
    }
    List<Mx> all = answer.found(Mx.class);
    if (all.isEmpty()) {
      return MxState.NONE;
    }
    if (all.stream().anyMatch(Mx::isNull)) {
      return MxState.NULL;
    }
    return usable(answer).isEmpty() ? MxState.MALFORMED : MxState.GOOD;
  }

  static List<Mx> usable(DnsAnswer answer) {
    return Inquiry.inOrder(answer).stream().filter(mx -> isName(mx.target())).toList();
  }

  private static boolean isName(DnsName name) {
    return (!name.isBracketed() && name.literal().isPresent())
        || NAME.matcher(name.text()).matches();
  }

  @Override
  public Judgement judge(Inquiry inquiry) {
    DnsAnswer mx = inquiry.mx();
    return switch (state(mx)) {
      case GOOD -> accept(mx);
      case NULL ->
          refuse(
              mx,
              550,
              "5.7.27 <%s>: Sender address rejected: Domain %s does not accept mail (nullMX)"
                  .formatted(inquiry.sender(), inquiry.domain()));
      case MALFORMED -> unknown(inquiry, mx, "Malformed DNS server reply");
      case NONE, FAILED -> byAddress(inquiry, mx);
    };
  }

  private Judgement byAddress(Inquiry inquiry, DnsAnswer mx) {
    Host own = inquiry.own();
    if (own.hasAddress()) {
      return accept(own.decisive());
    }
    Optional<DnsAnswer> failure = Inquiry.failed(mx) ? Optional.of(mx) : own.failure();
    return failure
        .map(why ->
            refuse(
                why,
                450,
                "4.1.8 <%s>: Sender address rejected: Domain not found"
                    .formatted(inquiry.sender())))
        .orElseGet(() -> unknown(inquiry, mx, "Domain not found"));
  }

  private Judgement unknown(Inquiry inquiry, DnsAnswer why, String words) {
    return refuse(
        why,
        unknown,
        "%d.1.8 <%s>: Sender address rejected: %s"
            .formatted(unknown / 100, inquiry.sender(), words));
  }
}
