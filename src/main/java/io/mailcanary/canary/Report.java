package io.mailcanary.canary;

import org.jspecify.annotations.Nullable;

/// What a delivery report said of one canary, word for word (RFC 3464, or prose).
///
/// @param recipient whom it names; empty where it names nobody
/// @param status the enhanced status code
/// @param replyCode what the server that refused it answered
/// @param diagnostic what that server said, on one line; may be empty
/// @param remoteMta the server that said it
/// @param reportingMta the server that wrote the report
/// @param tiedBy the mark by which it was tied to its canary, such as `return-path`
/// @param meaning what stands behind it
/// @param arrival where the report was found
public record Report(
    String recipient,
    @Nullable String status,
    @Nullable Integer replyCode,
    String diagnostic,
    @Nullable String remoteMta,
    @Nullable String reportingMta,
    String tiedBy,
    Meaning meaning,
    Arrival arrival) {}
