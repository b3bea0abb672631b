package io.mailcanary.mail;

import java.net.IDN;
import java.util.Locale;
import java.util.regex.Pattern;

/// A host or mail domain in its ASCII form, lower case, without the final dot (RFC 5321 §2.3.5).
///
/// @param name one or more labels of letters, digits and hyphens (RFC 1123 §2.1), 253 characters at
///   most; an underscore is let through, since names that carry one are looked up as well
public record DomainName(String name) implements Comparable<DomainName> {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
  private static final int LONGEST = 253;

  public DomainName {
    name = ascii(name);
    if (name.isEmpty() || name.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a domain name has 1 to %d characters, this has %d".formatted(LONGEST, name.length()));
    }
    for (String label : name.split("\\.", -1)) {
      if (!LABEL.matcher(label).matches()) {
        throw new IllegalArgumentException(
            "'%s' is no domain name: labels are letters, digits and hyphens, 63 at most"
                .formatted(name));
      }
    }
  }

  /// Whether this is `parent` itself or a name below it.
  public boolean isWithin(DomainName parent) {
    return name.equals(parent.name) || name.endsWith("." + parent.name);
  }

  @Override
  public int compareTo(DomainName other) {
    return name.compareTo(other.name);
  }

  @Override
  public String toString() {
    return name;
  }

  private static String ascii(String text) {
    // The conversion of long labels takes the square of their length.
    if (text.length() > 4 * LONGEST) {
      throw new IllegalArgumentException(
          "a domain name has 1 to %d characters, this has %d".formatted(LONGEST, text.length()));
    }
    String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    try {
      return IDN.toASCII(bare, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'%s' is no domain name".formatted(text), e);
    }
  }
}
