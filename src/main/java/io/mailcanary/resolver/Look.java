package io.mailcanary.resolver;

/// How a question is put.
public enum Look {
  /// To a server that knows the zone: it is not to ask others.
  AUTHORITATIVE,
  /// To a resolver that is to validate what it finds (RFC 4035 §3.2).
  VALIDATING,
  /// To a resolver that is to hand over what it finds, validated or not (RFC 4035 §3.2.2).
  PLAIN;

  boolean recurses() {
    return this != AUTHORITATIVE;
  }
}
