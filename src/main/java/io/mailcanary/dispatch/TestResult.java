package io.mailcanary.dispatch;

/// What came of a test of a channel.
///
/// @param words the channel's answer, without secrets
/// @param caution why it may fail together with what it reports on; empty where nothing says so
public record TestResult(String channel, boolean ok, String words, String caution) {
  TestResult(String channel, boolean ok, String words) {
    this(channel, ok, words, "");
  }

  TestResult with(String words) {
    return new TestResult(channel, ok, this.words, words);
  }
}
