package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Where the key of a DKIM signature stands (RFC 6376 §3.5).
///
/// @param domain the `d=` tag
/// @param selector the `s=` tag, in lower case
/// @param algorithm the `a=` tag, in lower case, such as `rsa-sha256`
public record DkimSignature(DomainName domain, String selector, String algorithm) {
  private static final int MOST = 20;

  /// The signatures of a message, top first. What cannot be read is left out.
  public static List<DkimSignature> of(HeaderBlock header) {
    List<DkimSignature> signatures = new ArrayList<>();
    for (String field : header.all("DKIM-Signature")) {
      if (signatures.size() < MOST) {
        parse(field).ifPresent(signatures::add);
      }
    }
    return signatures;
  }

  private static Optional<DkimSignature> parse(String field) {
    String domain = "";
    String selector = "";
    String algorithm = "";
    for (String tag : field.split(";", 40)) {
      int equals = tag.indexOf('=');
      if (equals < 0) {
        continue;
      }
      String value = tag.substring(equals + 1).replaceAll("\\s", "").toLowerCase(Locale.ROOT);
      switch (tag.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
        case "d" -> domain = value;
        case "s" -> selector = value;
        case "a" -> algorithm = value;
        case String _ -> {}
      }
    }
    try {
      // A selector has the form of a domain name (§3.1).
      return Optional.of(
          new DkimSignature(new DomainName(domain), new DomainName(selector).name(), algorithm));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
