package io.mailcanary.web;

import io.mailcanary.path.MailPath;
import io.mailcanary.verdict.Health;

/// Our words for what has a word in JSON already.
final class Words {
  private Words() {}

  /// `3 defer`, `1 defers`.
  static String are(Health health, int count) {
    return switch (health) {
      case FAILING -> count == 1 ? "fails" : "fail";
      case DEFERRING -> count == 1 ? "defers" : "defer";
      case BLIND -> count == 1 ? "cannot be seen" : "cannot be seen";
      case DEGRADED -> count == 1 ? "is degraded" : "are degraded";
      case PENDING -> count == 1 ? "has no result yet" : "have no result yet";
      case PAUSED -> count == 1 ? "is paused" : "are paused";
      case OK -> count == 1 ? "delivers" : "deliver";
    };
  }

  static String of(MailPath.Kind kind) {
    return switch (kind) {
      case INTERNAL -> "internal";
      case OUTBOUND -> "outbound";
      case INBOUND -> "inbound";
      case ROUND_TRIP -> "round trip";
    };
  }

  static String title(MailPath.Kind kind) {
    return switch (kind) {
      case INTERNAL -> "Internal · never may bounce";
      case OUTBOUND -> "Outbound";
      case INBOUND -> "Inbound";
      case ROUND_TRIP -> "Round trips";
    };
  }

  /// Whose side, as people say it.
  static String side(String side, String confidence) {
    String who =
        switch (side) {
          case "ours" -> "our side";
          case "theirs" -> "their side";
          case "third" -> "a third party’s side";
          case "observer" -> "we, the observer";
          default -> "";
        };
    return who.isEmpty()
        ? "side unknown"
        : who + ", " + (confidence.equals("unknown") ? "not proven" : confidence);
  }

  /// A key of JSON as a label: `remoteMta` is `remote mta`.
  static String label(String key) {
    return key.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(java.util.Locale.ROOT);
  }
}
