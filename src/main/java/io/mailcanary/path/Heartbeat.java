package io.mailcanary.path;

import java.time.Duration;

/// Somebody outside who is told that we live, and who calls for help when we no longer say so.
///
/// @param url asked by GET; it mostly carries a token
public record Heartbeat(Secret url, Duration every) {}
