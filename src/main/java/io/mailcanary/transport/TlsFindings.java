package io.mailcanary.transport;

import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.transport.MailPort.Mode;
import io.mailcanary.transport.PortLook.Failed;
import io.mailcanary.transport.PortLook.Plain;
import io.mailcanary.transport.PortLook.Served;
import io.mailcanary.transport.PortLook.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Judges what a mail port showed of its TLS. An address that could not be looked at is no finding:
/// whether it can be reached is what canaries say.
public final class TlsFindings {
  /// When it is time to hear that a certificate expires.
  private static final Duration SOON = Duration.ofDays(30);

  private static final Duration SOONER = Duration.ofDays(14);
  private static final Duration SOONEST = Duration.ofDays(7);

  /// Certificates of a week (RFC 9773 renews them by their own measure) are always near their end.
  private static final Duration SHORT_LIVED = Duration.ofDays(10);

  private static final int SHORTEST_RSA = 2048;
  private static final int SHORTEST_EC = 224;

  private TlsFindings() {}

  /// What is wrong at one port, each fault once, however many addresses show it.
  public static List<Finding> of(MailPort port, List<PortLook> looks, Instant now) {
    List<Finding> findings = new ArrayList<>();
    for (PortLook look : looks) {
      switch (look) {
        case Unknown _ -> {}
        case Plain plain -> findings.add(starttlsMissing(port, plain));
        case Failed failed -> {
          findings.add(handshakeFailed(port, failed));
          oldVersions(port, failed.address(), failed.versions()).ifPresent(findings::add);
        }
        case Served served -> {
          findings.addAll(certificate(port, served, now));
          findings.addAll(versions(port, served));
        }
      }
    }
    differing(port, looks).ifPresent(findings::add);
    return merged(findings);
  }

  private static Finding starttlsMissing(MailPort port, Plain plain) {
    boolean required = port.mode() == Mode.REQUIRED;
    return TlsFault.STARTTLS_MISSING.at(
        port.name(),
        "",
        required ? Severity.PAGE : Severity.INFO,
        required
            ? "%s does not offer STARTTLS, which %s asks for".formatted(port.name(), users(port))
            : "%s does not offer STARTTLS: mail goes there in plain text".formatted(port.name()),
        List.of("%s answered: %s".formatted(plain.address(), plain.said())));
  }

  private static Finding handshakeFailed(MailPort port, Failed failed) {
    String spoken =
        failed.versions().isEmpty() ? "no version of TLS" : words(failed.versions()) + " alone";
    return TlsFault.TLS_HANDSHAKE_FAILED.at(
        port.name(),
        "",
        port.mode() == Mode.OFFERED && !port.verified() ? Severity.WARN : Severity.PAGE,
        "no TLS connection to %s comes about: it speaks %s".formatted(port.name(), spoken),
        List.of("%s: %s".formatted(failed.address(), failed.why())));
  }

  private static List<Finding> certificate(MailPort port, Served served, Instant now) {
    List<Finding> findings = new ArrayList<>();
    for (ServedCertificate one : served.chain()) {
      dates(port, served, one, now).ifPresent(findings::add);
    }
    ServedCertificate leaf = served.certificate();
    Severity hurts = port.verified() ? Severity.PAGE : Severity.INFO;
    if (!leaf.isFor(port.host())) {
      findings.add(
          TlsFault.CERTIFICATE_NAME_MISMATCH.at(
              port.name(),
              "",
              hurts,
              "the certificate of %s is for %s, not for %s"
                  .formatted(port.name(), names(leaf), port.host()),
              List.of(shown(served, leaf))));
    }
    // Where nobody asks for proof, a certificate of one's own will do.
    served
        .untrusted()
        .filter(_ -> port.verified())
        .ifPresent(why ->
            findings.add(
                (isIncomplete(served)
                        ? TlsFault.CERTIFICATE_CHAIN_INCOMPLETE
                        : TlsFault.CERTIFICATE_UNTRUSTED)
                    .at(
                        port.name(),
                        "",
                        hurts,
                        untrusted(port, served),
                        List.of(shown(served, leaf), why))));
    served.chain().stream()
        .filter(one -> one.equals(leaf) || !one.isSelfIssued())
        .filter(TlsFindings::isWeak)
        .findFirst()
        .ifPresent(weak ->
            findings.add(
                TlsFault.CERTIFICATE_WEAK.at(
                    port.name(),
                    "",
                    Severity.WARN,
                    "a certificate of %s has a %s key of %d bits and is signed with %s"
                        .formatted(
                            port.name(),
                            weak.keyAlgorithm(),
                            weak.keyBits(),
                            weak.signatureAlgorithm()),
                    List.of(shown(served, weak)))));
    return findings;
  }

  private static Optional<Finding> dates(
      MailPort port, Served served, ServedCertificate one, Instant now) {
    Severity hurts = port.verified() ? Severity.PAGE : Severity.INFO;
    String whose = (one.equals(served.certificate()) ? "the" : "an intermediate") + " certificate";
    List<String> evidence = List.of(shown(served, one));
    if (!now.isBefore(one.notAfter())) {
      return Optional.of(
          TlsFault.CERTIFICATE_EXPIRED.at(
              port.name(),
              "",
              hurts,
              "%s of %s has been expired since %s".formatted(whose, port.name(), one.notAfter()),
              evidence));
    }
    if (now.isBefore(one.notBefore())) {
      return Optional.of(
          TlsFault.CERTIFICATE_NOT_YET_VALID.at(
              port.name(),
              "",
              hurts,
              "%s of %s is not valid before %s".formatted(whose, port.name(), one.notBefore()),
              evidence));
    }
    Duration left = Duration.between(now, one.notAfter());
    if (left.compareTo(SOON) > 0) {
      return Optional.empty();
    }
    return Optional.of(
        TlsFault.CERTIFICATE_EXPIRES_SOON.at(
            port.name(),
            "",
            port.verified() ? pressing(one, left) : Severity.INFO,
            "%s of %s expires on %s, in %s"
                .formatted(whose, port.name(), one.notAfter(), days(left)),
            evidence));
  }

  private static Severity pressing(ServedCertificate one, Duration left) {
    Duration lifetime = Duration.between(one.notBefore(), one.notAfter());
    boolean renewedLater =
        lifetime.compareTo(SHORT_LIVED) <= 0 && left.multipliedBy(3).compareTo(lifetime) > 0;
    return left.compareTo(SOONER) > 0 || renewedLater ? Severity.INFO : Severity.WARN;
  }

  private static List<Finding> versions(MailPort port, Served served) {
    List<Finding> findings = new ArrayList<>();
    oldVersions(port, served.address(), served.versions()).ifPresent(findings::add);
    if (!served.weak().isEmpty()) {
      findings.add(
          TlsFault.TLS_WEAK_CIPHER.at(
              port.name(),
              "",
              Severity.WARN,
              "%s would use %s".formatted(port.name(), String.join(", ", served.weak())),
              List.of("%s chose it from what was offered to it".formatted(served.address()))));
    }
    return findings;
  }

  private static Optional<Finding> oldVersions(
      MailPort port, String address, Set<TlsVersion> versions) {
    Set<TlsVersion> old = versions.stream().filter(TlsVersion::isOld).collect(Collectors.toSet());
    if (old.isEmpty()) {
      return Optional.empty();
    }
    boolean nothingNewer = old.size() == versions.size();
    return Optional.of(
        TlsFault.TLS_OLD_VERSION.at(
            port.name(),
            "",
            nothingNewer ? Severity.WARN : Severity.INFO,
            "%s still speaks %s%s"
                .formatted(port.name(), words(old), nothingNewer ? " and nothing newer" : ""),
            List.of("%s would speak %s".formatted(address, words(versions)))));
  }

  private static Optional<Finding> differing(MailPort port, List<PortLook> looks) {
    Map<String, String> byAddress = new LinkedHashMap<>();
    for (PortLook look : looks) {
      if (look instanceof Served served) {
        ServedCertificate leaf = served.certificate();
        byAddress.put(
            served.address(),
            "%s until %s, %s".formatted(names(leaf), leaf.notAfter(), leaf.fingerprint()));
      }
    }
    if (byAddress.values().stream().distinct().count() < 2) {
      return Optional.empty();
    }
    return Optional.of(
        TlsFault.CERTIFICATES_DIFFER.at(
            port.name(),
            "",
            Severity.INFO,
            "the %d addresses behind %s do not show the same certificate"
                .formatted(byAddress.size(), port.name()),
            byAddress.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .toList()));
  }

  /// One finding a tag, the worst one's words with everybody's evidence.
  private static List<Finding> merged(List<Finding> findings) {
    Map<String, List<Finding>> byTag =
        findings.stream()
            .collect(Collectors.groupingBy(Finding::tag, LinkedHashMap::new, Collectors.toList()));
    return byTag.values().stream().map(TlsFindings::one).toList();
  }

  private static Finding one(List<Finding> same) {
    Finding worst = same.stream().max((a, b) -> a.severity().compareTo(b.severity())).orElseThrow();
    return new Finding(
        worst.tag(),
        worst.severity(),
        worst.name(),
        worst.type(),
        worst.message(),
        worst.rfc(),
        same.stream().map(Finding::evidence).flatMap(Collection::stream).distinct().toList(),
        worst.advice());
  }

  /// Whether it looks as if only the certificates in between were left out.
  private static boolean isIncomplete(Served served) {
    ServedCertificate last = served.chain().getLast();
    return served.chain().size() == 1 && !last.isSelfIssued() && last.saysWhoIssuedIt();
  }

  private static String untrusted(MailPort port, Served served) {
    ServedCertificate leaf = served.certificate();
    if (leaf.isSelfIssued()) {
      return "the certificate of %s is self-signed and not trusted".formatted(port.name());
    }
    return isIncomplete(served)
        ? "%s shows its own certificate alone, and nobody whom we trust has issued it: %s"
            .formatted(port.name(), leaf.issuer())
        : "the certificate of %s comes from nobody whom we trust: %s"
            .formatted(port.name(), served.chain().getLast().issuer());
  }

  private static boolean isWeak(ServedCertificate one) {
    String signature = one.signatureAlgorithm().toUpperCase(Locale.ROOT);
    boolean digest = signature.startsWith("SHA1") || signature.startsWith("MD");
    boolean key =
        switch (one.keyAlgorithm()) {
          case "RSA", "RSASSA-PSS", "DSA" -> one.keyBits() > 0 && one.keyBits() < SHORTEST_RSA;
          case "EC" -> one.keyBits() > 0 && one.keyBits() < SHORTEST_EC;
          case String _ -> false;
        };
    return digest || key;
  }

  private static String shown(Served served, ServedCertificate one) {
    return "%s shows %s, issued by %s, valid from %s to %s, SHA-256 %s"
        .formatted(
            served.address(),
            one.equals(served.certificate()) ? names(one) : one.subject(),
            one.issuer(),
            one.notBefore(),
            one.notAfter(),
            one.fingerprint());
  }

  private static String names(ServedCertificate one) {
    List<String> names = one.names();
    String some = String.join(", ", names.subList(0, Math.min(names.size(), 8)));
    return names.size() > 8 ? some + " and %d more".formatted(names.size() - 8) : some;
  }

  private static String users(MailPort port) {
    return port.usedBy().isEmpty() ? "the configuration" : String.join(", ", port.usedBy());
  }

  private static String words(Set<TlsVersion> versions) {
    return versions.stream().sorted().map(TlsVersion::toString).collect(Collectors.joining(", "));
  }

  /// Whole days, and which of the marks they are within.
  private static String days(Duration left) {
    long days = left.toDays();
    String within =
        left.compareTo(SOONEST) <= 0
            ? "within 7 days"
            : left.compareTo(SOONER) <= 0 ? "within 14 days" : "within 30 days";
    return days == 0
        ? "%d hours (%s)".formatted(left.truncatedTo(ChronoUnit.HOURS).toHours(), within)
        : "%d day%s (%s)".formatted(days, days == 1 ? "" : "s", within);
  }
}
