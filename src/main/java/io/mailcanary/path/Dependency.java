package io.mailcanary.path;

import io.mailcanary.mail.DomainName;
import java.util.List;
import java.util.Optional;

/// A name that a hop of a path looks up, seen from where the hop stands.
///
/// @param type the record type that it asks for, such as `A`
/// @param resolver the name of the resolver that the hop asks
/// @param expect the data that must be there; empty: any
/// @param relay what kind of relay hands mail to that name, such as `postfix-bracketed`
public record Dependency(
    DomainName name, String type, String resolver, List<String> expect, Optional<String> relay) {
  /// What a hop asks for.
  public static final List<String> TYPES =
      List.of("A", "AAAA", "MX", "TXT", "CNAME", "SRV", "PTR", "NS", "TLSA");

  public Dependency {
    expect = List.copyOf(expect);
  }

  /// Of a relay of which nothing is known.
  public Dependency(DomainName name, String type, String resolver, List<String> expect) {
    this(name, type, resolver, expect, Optional.empty());
  }
}
