package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.DomainFacts.Selector;
import io.mailcanary.dns.RecordData.Txt;
import io.mailcanary.mail.Finding;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Findings about DKIM keys in use.
final class DkimCheck {
  private static final int LEAST_BITS = 1_024;
  private static final int LONGEST_KEY = 8_192;

  private DkimCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    facts.selectors().forEach(selector -> look(facts, selector, found));
  }

  private static void look(DomainFacts facts, Selector selector, List<Finding> found) {
    DnsName name = selector.name();
    DnsAnswer answer = facts.resolver().ask(name, RecordType.TXT);
    List<String> evidence = List.of(answer.sentence());
    List<String> keys =
        answer.found(Txt.class).stream().map(Txt::joined).filter(DkimCheck::isKey).toList();
    if (answer instanceof Unanswered) {
      found.add(
          FindingKind.DKIM_UNRESOLVABLE.at(
              name, "the DKIM key %s cannot be asked for".formatted(name), evidence));
    } else if (answer.found().isEmpty()) {
      boolean alias = !answer.aliases().isEmpty();
      FindingKind kind = alias ? FindingKind.DKIM_ALIAS_DANGLING : FindingKind.DKIM_MISSING;
      found.add(
          kind.at(
              name,
              alias
                  ? "the DKIM key %s is an alias that leads to nothing".formatted(name)
                  : "the DKIM key %s, which signatures name, is not there".formatted(name),
              evidence));
    } else if (keys.size() > 1) {
      found.add(
          FindingKind.DKIM_MULTIPLE.at(
              name, "%s has %d DKIM keys".formatted(name, keys.size()), evidence));
    } else if (keys.isEmpty()) {
      found.add(malformed(name, "it is no key record", evidence));
    } else {
      key(selector, Tags.parse(keys.getFirst()), evidence, found);
    }
  }

  private static boolean isKey(String text) {
    Optional<Map<String, String>> tags = Tags.parse(text);
    return tags.isEmpty() || tags.get().containsKey("p") || tags.get().containsKey("v");
  }

  private static void key(
      Selector selector,
      Optional<Map<String, String>> parsed,
      List<String> evidence,
      List<Finding> found) {
    DnsName name = selector.name();
    if (parsed.isEmpty()) {
      found.add(malformed(name, "it is no list of tags", evidence));
      return;
    }
    Map<String, String> tags = parsed.get();
    String version = tags.getOrDefault("v", "DKIM1");
    String type = tags.getOrDefault("k", "rsa");
    String key = tags.get("p");
    if (!version.equals("DKIM1")) {
      found.add(malformed(name, "its version is " + Visible.brief(version), evidence));
    } else if (key == null) {
      found.add(malformed(name, "it has no p=", evidence));
    } else if (key.isBlank()) {
      found.add(
          FindingKind.DKIM_REVOKED.at(
              name, "the DKIM key %s is revoked: its p= is empty".formatted(name), evidence));
    } else if (!type.equals("rsa") && !type.equals("ed25519")) {
      found.add(malformed(name, "its type is " + Visible.brief(type), evidence));
    } else {
      material(selector, type, key.replaceAll("\\s", ""), evidence, found);
    }
  }

  private static void material(
      Selector selector, String type, String key, List<String> evidence, List<Finding> found) {
    DnsName name = selector.name();
    Optional<Integer> bits = type.equals("rsa") ? rsaBits(key) : ed25519Bits(key);
    if (bits.isEmpty()) {
      found.add(malformed(name, "its p= is no %s key".formatted(type), evidence));
      return;
    }
    if (type.equals("rsa") && bits.get() < LEAST_BITS) {
      found.add(
          FindingKind.DKIM_WEAK.at(
              name, "the DKIM key %s has %d bits".formatted(name, bits.get()), evidence));
    }
    if (selector.publicKey().filter(held -> !held.replaceAll("\\s", "").equals(key)).isPresent()) {
      found.add(
          FindingKind.DKIM_MISMATCH.at(
              name,
              "the key published at %s is not the one that mail is signed with".formatted(name),
              evidence));
    }
  }

  private static Finding malformed(DnsName name, String why, List<String> evidence) {
    return FindingKind.DKIM_MALFORMED.at(
        name, "the DKIM key %s cannot be read: %s".formatted(name, why), evidence);
  }

  private static Optional<Integer> rsaBits(String key) {
    return decoded(key)
        .flatMap(der -> {
          try {
            return KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der))
                    instanceof RSAPublicKey rsa
                ? Optional.of(rsa.getModulus())
                : Optional.empty();
          } catch (GeneralSecurityException _) {
            // Too short a key is refused by the factory, not unreadable.
            return modulus(der);
          }
        })
        .map(BigInteger::bitLength);
  }

  /// The first big integer of a SubjectPublicKeyInfo, or of a bare RSAPublicKey.
  private static Optional<BigInteger> modulus(byte[] der) {
    for (int i = 0; i + 2 < der.length; i++) {
      if (der[i] != 0x02) {
        continue;
      }
      int length = der[i + 1] & 0xff;
      int start = i + 2;
      if (length == 0x81 && start < der.length) {
        length = der[start++] & 0xff;
      }
      if (length >= 32 && length < 0x80 + 128 && start + length <= der.length) {
        return Optional.of(new BigInteger(1, der, start, length));
      }
    }
    return Optional.empty();
  }

  private static Optional<Integer> ed25519Bits(String key) {
    return decoded(key).filter(raw -> raw.length == 32).map(_ -> 256);
  }

  private static Optional<byte[]> decoded(String key) {
    if (key.length() > LONGEST_KEY) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getDecoder().decode(key));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
