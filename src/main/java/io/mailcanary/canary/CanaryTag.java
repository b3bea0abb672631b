package io.mailcanary.canary;

import java.util.regex.Pattern;

/// The signed mark by which a canary is known again: key id, time, nonce, path, and 80 bits of
/// HMAC-SHA-256 over them (RFC 2104), 57 characters at most.
///
/// @param id the canary it marks
/// @param text as it stands in header, Message-ID, body and return path
public record CanaryTag(CanaryId id, String text) {
  /// Where a text may hold a tag. Case is folded by some servers on the way.
  public static final Pattern FORM =
      Pattern.compile("(?i)(?<![a-z0-9])([a-z0-9]{1,8}-[0-9a-v]{48})(?![0-9a-z])");

  @Override
  public String toString() {
    return text;
  }
}
