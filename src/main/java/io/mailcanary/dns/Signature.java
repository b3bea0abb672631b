package io.mailcanary.dns;

import java.time.Instant;

/// A signature that came with an answer (RFC 4034 §3).
public record Signature(
    RecordType covers,
    DnsName signer,
    int algorithm,
    int keyTag,
    Instant inception,
    Instant expiry) {}
