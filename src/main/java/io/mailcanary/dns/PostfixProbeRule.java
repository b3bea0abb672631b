package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Contact.At;
import io.mailcanary.dns.DnsAnswer.ServFail;
import io.mailcanary.dns.DnsAnswer.Timeout;
import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/// `reject_unverified_sender`: routes a probe as if it were mail for the sender, and says what came
/// of it.
///
/// @param firstAttempt nothing is known of the address yet: what takes longer than the receiver
///   waits is answered before it is over
/// @param unknownDomain checked before, where `reject_unknown_sender_domain` stands first
/// @param rejects `unverified_sender_reject_code`
record PostfixProbeRule(boolean firstAttempt, Optional<PostfixRule> unknownDomain, int rejects)
    implements Inquiry.Rule {
  private static final String NOT_FOUND = "Host not found";
  private static final String NO_DATA = "Host found but no data record of requested type";
  private static final String TRY_AGAIN = "Host not found, try again";

  /// How an attempt to deliver ended.
  ///
  /// @param definite Postfix would bounce
  /// @param late it took longer than a client is kept waiting
  private record Failure(String words, boolean definite, boolean late, DnsAnswer why) {}

  @Override
  public Judgement judge(Inquiry inquiry) {
    if (unknownDomain.isPresent()) {
      Judgement first = unknownDomain.get().judge(inquiry);
      if (first.verdict() != Verdict.ACCEPT) {
        return first;
      }
    }
    DnsAnswer mx = inquiry.mx();
    return attempt(inquiry, mx).map(failure -> say(inquiry, failure)).orElse(accept(mx));
  }

  private Judgement say(Inquiry inquiry, Failure failure) {
    int code = failure.definite ? rejects : 450;
    String words =
        firstAttempt && failure.late ? "Address verification in progress" : failure.words;
    return refuse(
        failure.why,
        code,
        "%d.1.7 <%s>: Sender address rejected: %s address: %s"
            .formatted(
                code / 100, inquiry.sender(), code < 500 ? "unverified" : "undeliverable", words));
  }

  private static Optional<Failure> attempt(Inquiry inquiry, DnsAnswer mx) {
    return switch (PostfixRule.state(mx)) {
      case FAILED ->
          Optional.of(
              new Failure(
                  noHost(inquiry.domain(), RecordType.MX, TRY_AGAIN), false, isLate(mx), mx));
      case NULL ->
          Optional.of(
              new Failure(
                  "Domain %s does not accept mail (nullMX)".formatted(inquiry.domain()),
                  true,
                  false,
                  mx));
      case MALFORMED ->
          Optional.of(
              new Failure(
                  "Name service error for name=%s type=MX: Malformed or unexpected name server reply"
                      .formatted(inquiry.domain()),
                  true,
                  false,
                  mx));
      case NONE -> byTargets(inquiry, List.of(inquiry.domain()), mx);
      case GOOD -> byTargets(inquiry, PostfixRule.usable(mx).stream().map(Mx::target).toList(), mx);
    };
  }

  /// The words are those of the last target; one that could not be asked keeps it from being final.
  private static Optional<Failure> byTargets(Inquiry inquiry, List<DnsName> targets, DnsAnswer mx) {
    Optional<Failure> lookup = Optional.empty();
    Optional<Failure> call = Optional.empty();
    for (DnsName target : targets) {
      Optional<InetAddress> literal = target.literal();
      List<InetAddress> addresses;
      if (literal.isPresent()) {
        addresses = List.of(literal.get());
      } else {
        Host host = inquiry.host(target);
        addresses = host.addresses();
        if (addresses.isEmpty()) {
          lookup = Optional.of(unresolved(host, lookup));
        }
      }
      for (InetAddress address : addresses) {
        Optional<Failure> failure = call(inquiry, target, address, mx);
        if (failure.isEmpty() || failure.get().definite) {
          return failure;
        }
        call = failure;
      }
    }
    return call.isPresent() ? call : lookup;
  }

  private static Failure unresolved(Host host, Optional<Failure> before) {
    boolean failed = host.failed();
    boolean definite = !failed && before.map(Failure::definite).orElse(true);
    String words = failed ? TRY_AGAIN : host.isNoSuchName() ? NOT_FOUND : NO_DATA;
    return new Failure(
        noHost(host.name(), RecordType.AAAA, words),
        definite,
        isLate(host.decisive()),
        host.decisive());
  }

  private static String noHost(DnsName name, RecordType type, String words) {
    return "Host or domain name not found. Name service error for name=%s type=%s: %s"
        .formatted(name, type, words);
  }

  private static Optional<Failure> call(
      Inquiry inquiry, DnsName host, InetAddress address, DnsAnswer mx) {
    String there = "%s[%s]".formatted(host, address.getHostAddress());
    return switch (met(inquiry, host, address)) {
      case Contact.Listens _, Contact.Untried _ -> Optional.empty();
      case Contact.ConnectionRefused _ -> notReached(there, "Connection refused", false, mx);
      case Contact.ConnectionTimedOut _ -> notReached(there, "Connection timed out", true, mx);
      case Contact.NetworkUnreachable _ -> notReached(there, "Network is unreachable", false, mx);
      case Contact.Says(At at, SmtpReply reply) ->
          Optional.of(
              new Failure(
                  said(there, at, reply), at != At.GREETING && reply.isPermanent(), false, mx));
    };
  }

  private static String said(String there, At at, SmtpReply reply) {
    String words = "%d %s".formatted(reply.code(), reply.text().replace('\n', ' '));
    return switch (at) {
      case GREETING -> "host %s refused to talk to me: %s".formatted(there, words);
      case MAIL -> "host %s said: %s (in reply to MAIL FROM command)".formatted(there, words);
      case RCPT -> "host %s said: %s (in reply to RCPT TO command)".formatted(there, words);
    };
  }

  private static Optional<Failure> notReached(
      String there, String why, boolean late, DnsAnswer mx) {
    return Optional.of(new Failure("connect to %s:25: %s".formatted(there, why), false, late, mx));
  }

  /// Where nobody has tried: the receiver finds itself behind a loopback address, and nobody behind
  /// a private one.
  private static Contact met(Inquiry inquiry, DnsName host, InetAddress address) {
    Contact known = inquiry.hosts().contact(host, address);
    if (!(known instanceof Contact.Untried)) {
      return known;
    }
    if (inquiry.isLoopback(address)) {
      return new Contact.ConnectionRefused();
    }
    return inquiry.isPrivate(address) ? new Contact.NetworkUnreachable() : known;
  }

  private static boolean isLate(DnsAnswer answer) {
    return answer instanceof Timeout || (answer instanceof ServFail fail && fail.isLate());
  }
}
