package io.mailcanary.dispatch;

/// What came of a test of a channel.
///
/// @param words the channel's answer, without secrets
public record TestResult(String channel, boolean ok, String words) {}
