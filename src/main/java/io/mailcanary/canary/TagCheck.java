package io.mailcanary.canary;

/// What a look at the signature of a tag shows.
public sealed interface TagCheck {
  /// Signed by one of our keys.
  record Genuine(CanaryTag tag) implements TagCheck {}

  /// It names one of our keys, but that key did not sign it.
  record Forged(String text) implements TagCheck {}

  /// It names a key that we do not have: another installation's, or nobody's.
  record UnknownKey(String keyId) implements TagCheck {}
}
