package io.mailcanary.dns;

/// Where an answer came from.
///
/// @param server who was asked, as people know it: `192.0.2.53 (ns1.example.org)`, `system`
/// @param authoritative the AA bit
/// @param authenticated the AD bit: a validating resolver found the data secure
public record Origin(String server, boolean authoritative, boolean authenticated) {
  public static Origin of(String server) {
    return new Origin(server, false, false);
  }
}
