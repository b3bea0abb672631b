package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Records;
import io.mailcanary.dns.RecordData.Dnskey;
import io.mailcanary.dns.RecordData.Ds;
import io.mailcanary.dns.ZoneFacts.Delegation;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Findings about signatures, before and after they fail.
final class DnssecCheck {
  private static final Duration SOON = Duration.ofDays(3);

  private DnssecCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    for (ZoneFacts zone : facts.zones()) {
      List<Ds> ds = zone.parent().map(Delegation::ds).orElse(List.of());
      // Signatures that no parent vouches for are checked by nobody.
      if (zone.parent().isPresent() && ds.isEmpty()) {
        continue;
      }
      keys(zone, ds, found);
      zone.servers().forEach(server -> signatures(facts.at(), zone, server, found));
    }
  }

  private static void keys(ZoneFacts zone, List<Ds> ds, List<Finding> found) {
    if (ds.isEmpty()) {
      return;
    }
    for (ServerView server : zone.servers()) {
      DnsAnswer answer = server.answer(zone.zone(), RecordType.DNSKEY).orElse(null);
      if (answer == null || Inquiry.failed(answer)) {
        continue;
      }
      List<Dnskey> keys = answer.found(Dnskey.class);
      boolean fits =
          keys.stream()
              .filter(Dnskey::signs)
              .anyMatch(key ->
                  ds.stream()
                      .anyMatch(one ->
                          one.keyTag() == key.keyTag() && one.algorithm() == key.algorithm()));
      if (!fits) {
        found.add(
            FindingKind.DNSSEC_DS_MISMATCH.at(
                zone.zone(),
                keys.isEmpty()
                    ? "the parent says that %s is signed, and %s has no key"
                        .formatted(zone.zone(), server.label())
                    : "the parent's DS of %s fits none of the keys at %s"
                        .formatted(zone.zone(), server.label()),
                List.of("DS %s at the parent: %s".formatted(zone.zone(), ds), answer.sentence())));
        return;
      }
    }
  }

  /// The worst of a server's signatures, once.
  private static void signatures(
      Instant now, ZoneFacts zone, ServerView server, List<Finding> found) {
    Finding expiring = null;
    for (DnsAnswer answer : server.answers().values()) {
      if (!(answer instanceof Records some)) {
        continue;
      }
      for (Signature signature : some.signatures()) {
        if (signature.expiry().isBefore(now) || signature.inception().isAfter(now)) {
          found.add(expired(now, zone, server, some, signature));
          return;
        }
        if (signature.expiry().isBefore(now.plus(notice(some, signature)))) {
          expiring = expiring(zone, server, some, signature);
        }
      }
    }
    if (expiring != null) {
      found.add(expiring);
    }
  }

  /// Twice the time to live and three days at least; a quarter of its whole life where a signer
  /// makes short-lived ones.
  private static Duration notice(Records some, Signature signature) {
    long ttl = some.records().stream().mapToLong(DnsRecord::ttl).max().orElse(0);
    Duration twice = Duration.ofSeconds(2 * ttl);
    Duration usual = twice.compareTo(SOON) > 0 ? twice : SOON;
    Duration quarter = Duration.between(signature.inception(), signature.expiry()).dividedBy(4);
    return quarter.compareTo(usual) < 0 ? quarter : usual;
  }

  private static Finding expired(
      Instant now, ZoneFacts zone, ServerView server, Records some, Signature signature) {
    return FindingKind.DNSSEC_EXPIRED.at(
        zone.zone().text(),
        some.question().type().name(),
        FindingKind.DNSSEC_EXPIRED.severity(),
        signature.expiry().isBefore(now)
            ? "signatures of %s at %s expired at %s"
                .formatted(zone.zone(), server.label(), signature.expiry())
            : "signatures of %s at %s hold from %s on only"
                .formatted(zone.zone(), server.label(), signature.inception()),
        List.of(some.sentence(), sentence(signature)));
  }

  private static Finding expiring(
      ZoneFacts zone, ServerView server, Records some, Signature signature) {
    return FindingKind.DNSSEC_EXPIRING.at(
        zone.zone().text(),
        some.question().type().name(),
        FindingKind.DNSSEC_EXPIRING.severity(),
        "signatures of %s at %s expire at %s and were not renewed"
            .formatted(zone.zone(), server.label(), signature.expiry()),
        List.of(some.sentence(), sentence(signature)));
  }

  private static String sentence(Signature signature) {
    return "RRSIG %s by %s, key tag %d: from %s to %s"
        .formatted(
            signature.covers(),
            signature.signer(),
            signature.keyTag(),
            signature.inception(),
            signature.expiry());
  }
}
