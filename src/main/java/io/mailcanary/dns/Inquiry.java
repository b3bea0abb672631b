package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.NoSuchName;
import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One sender's domain before one receiver.
record Inquiry(EmailAddress sender, EmailAddress recipient, Vantage vantage, MailHosts hosts) {

  /// What a receiver decided.
  record Judgement(Verdict verdict, Optional<SmtpReply> reply, Optional<DnsAnswer> decisive) {}

  /// A receiver's way of deciding.
  @FunctionalInterface
  interface Rule {
    Judgement judge(Inquiry inquiry);
  }

  DnsName domain() {
    return DnsName.of(sender.domain());
  }

  DnsAnswer mx() {
    return vantage.ask(domain(), RecordType.MX);
  }

  Host own() {
    return Host.of(vantage, domain());
  }

  Host host(DnsName name) {
    return Host.of(vantage, name);
  }

  /// The receiver finds itself there, and no other host.
  boolean isLoopback(InetAddress address) {
    return Host.isLoopback(address) && !hosts.isDeclared(address);
  }

  /// No way leads there from the receiver.
  boolean isPrivate(InetAddress address) {
    return Host.isPrivate(address) && !hosts.isDeclared(address);
  }

  /// In the order in which they are tried; the names of those that weigh the same are sorted, where
  /// real servers roll dice.
  static List<Mx> inOrder(DnsAnswer answer) {
    return answer.found(Mx.class).stream()
        .sorted(Comparator.comparingInt(Mx::preference).thenComparing(Mx::target))
        .toList();
  }

  static boolean failed(DnsAnswer answer) {
    return answer instanceof Unanswered;
  }

  static boolean isNoSuchName(DnsAnswer answer) {
    return answer instanceof NoSuchName;
  }

  static Judgement accept(DnsAnswer why) {
    return new Judgement(Verdict.ACCEPT, Optional.empty(), Optional.of(why));
  }

  static Judgement acceptAll() {
    return new Judgement(Verdict.ACCEPT, Optional.empty(), Optional.empty());
  }

  static Judgement refuse(DnsAnswer why, int code, String... lines) {
    StringBuilder wire = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      wire.append(code).append(i == lines.length - 1 ? ' ' : '-').append(lines[i]).append("\r\n");
    }
    return new Judgement(
        code < 500 ? Verdict.TEMPORARY : Verdict.REJECT,
        SmtpReply.parse(wire.toString()),
        Optional.of(why));
  }
}
