package io.mailcanary.dns;

import io.mailcanary.mail.Severity;
import java.util.Arrays;

/// One fault of a domain, and what is found of it.
///
/// @param words that the finding's message has
record FindingRow(
    String tag, String sentence, FindingScene scene, Severity severity, String words) {
  @Override
  public String toString() {
    return tag + ": " + sentence;
  }

  static FindingRow row(String tag, String sentence, FindingScene scene) {
    return row(tag, sentence, scene, kind(tag).severity(), "");
  }

  static FindingRow row(
      String tag, String sentence, FindingScene scene, Severity severity, String words) {
    return new FindingRow(tag, sentence, scene, severity, words);
  }

  static FindingKind kind(String tag) {
    return Arrays.stream(FindingKind.values())
        .filter(kind -> kind.tag().equals(tag))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(tag));
  }
}
