package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.DomainFacts.Certificate;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.DomainFacts.Served;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.dns.RecordData.Tlsa;
import io.mailcanary.mail.Finding;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Findings about DANE: TLSA records of the MX hosts, and what these serve.
final class DaneCheck {
  private static final int MOST_HOSTS = 20;

  private DaneCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    if (!facts.roles().contains(Role.RECEIVES)) {
      return;
    }
    DnsAnswer mx = facts.resolver().ask(facts.name(), RecordType.MX);
    mx.found(Mx.class).stream()
        .filter(one -> !one.isNull() && one.target().literal().isEmpty())
        .limit(MOST_HOSTS)
        .forEach(one -> host(facts, mx, one.target(), found));
  }

  private static void host(DomainFacts facts, DnsAnswer mx, DnsName host, List<Finding> found) {
    DnsName name = host.child("_25._tcp");
    DnsAnswer answer = facts.resolver().ask(name, RecordType.TLSA);
    Host addresses = Host.of(facts.resolver(), host);
    if (answer instanceof Unanswered) {
      // Where the host's zone is not signed, nobody looks for TLSA records (RFC 7672 §2.1.2).
      if (addresses.four().origin().authenticated() || addresses.six().origin().authenticated()) {
        found.add(
            FindingKind.DANE_UNRESOLVABLE.at(
                name,
                "the TLSA records of %s cannot be asked for, and its zone is signed"
                    .formatted(host),
                List.of(answer.sentence(), addresses.four().sentence())));
      }
      return;
    }
    List<Tlsa> records = answer.found(Tlsa.class);
    if (records.isEmpty()) {
      return;
    }
    boolean secure =
        answer.origin().authenticated()
            && mx.origin().authenticated()
            && (addresses.four().origin().authenticated()
                || addresses.six().origin().authenticated());
    if (!secure) {
      insecure(facts, answer, mx, host, found);
    }
    List<Tlsa> usable = records.stream().filter(DaneCheck::isUsable).toList();
    if (usable.size() < records.size()) {
      found.add(
          FindingKind.DANE_UNUSABLE.at(
              name,
              "%d of the %d TLSA records of %s are of no use to mail"
                  .formatted(records.size() - usable.size(), records.size(), host),
              List.of(answer.sentence())));
    }
    if (!usable.isEmpty() && answer.origin().authenticated()) {
      served(facts, host, usable, answer, found);
    }
  }

  /// Only where the resolver validates: one that doesn't finds nothing secure.
  private static void insecure(
      DomainFacts facts, DnsAnswer tlsa, DnsAnswer mx, DnsName host, List<Finding> found) {
    DnsAnswer root = facts.resolver().ask(DnsName.ROOT, RecordType.NS);
    boolean validates =
        root.origin().authenticated()
            || tlsa.origin().authenticated()
            || mx.origin().authenticated();
    if (validates) {
      found.add(
          FindingKind.DANE_INSECURE.at(
              tlsa.question().name(),
              "%s has TLSA records, and not all that leads to them is signed".formatted(host),
              List.of(said(tlsa), said(mx))));
    }
  }

  private static String said(DnsAnswer answer) {
    return answer.sentence() + (answer.origin().authenticated() ? ", secure" : ", not secure");
  }

  private static boolean isUsable(Tlsa record) {
    int digits = record.association().length();
    boolean whole =
        switch (record.matching()) {
          case 0 -> digits > 0;
          case 1 -> digits == 64;
          case 2 -> digits == 128;
          default -> false;
        };
    return whole
        && (record.usage() == 2 || record.usage() == 3)
        && (record.selector() == 0 || record.selector() == 1);
  }

  private static void served(
      DomainFacts facts, DnsName host, List<Tlsa> records, DnsAnswer answer, List<Finding> found) {
    for (Served served : facts.served()) {
      if (!served.host().equals(host)) {
        continue;
      }
      String where = "%s (%s)".formatted(host, served.address().getHostAddress());
      if (served.chain().isEmpty()) {
        found.add(
            FindingKind.DANE_NO_TLS.at(
                host,
                "%s has TLSA records and offers no TLS".formatted(where),
                List.of(
                    answer.sentence(),
                    "STARTTLS at %s: %s".formatted(where, served.problem().orElse("none")))));
      } else if (records.stream().noneMatch(record -> fits(record, served.chain()))) {
        found.add(
            FindingKind.DANE_MISMATCH.at(
                host,
                "the certificate that %s serves fits none of its TLSA records".formatted(where),
                List.of(
                    answer.sentence(),
                    "%s serves a key with SHA-256 %s"
                        .formatted(
                            where, digest("SHA-256", served.chain().getFirst().publicKey())))));
      }
    }
  }

  private static boolean fits(Tlsa record, List<Certificate> chain) {
    List<Certificate> candidates = record.usage() == 3 ? chain.subList(0, 1) : chain;
    return candidates.stream()
        .map(one -> record.selector() == 0 ? one.der() : one.publicKey())
        .map(data ->
            switch (record.matching()) {
              case 1 -> digest("SHA-256", data);
              case 2 -> digest("SHA-512", data);
              default -> data;
            })
        .anyMatch(record.association()::equalsIgnoreCase);
  }

  private static String digest(String algorithm, String data) {
    try {
      HexFormat hex = HexFormat.of();
      return hex.formatHex(MessageDigest.getInstance(algorithm).digest(hex.parseHex(data)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
