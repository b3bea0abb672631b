package io.mailcanary.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A list of tags, `v=…; p=…` (RFC 6376 §3.2).
final class Tags {
  private static final int MOST = 100;

  private Tags() {}

  /// Empty when it is none: a part without `=`, a tag twice, too many of them.
  static Optional<Map<String, String>> parse(String text) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (String part : text.split(";", MOST + 1)) {
      if (part.isBlank()) {
        continue;
      }
      int equals = part.indexOf('=');
      if (equals < 0 || tags.size() >= MOST) {
        return Optional.empty();
      }
      String name = part.substring(0, equals).strip();
      if (!name.matches("[A-Za-z][A-Za-z0-9_]*")
          || tags.put(name, part.substring(equals + 1).strip()) != null) {
        return Optional.empty();
      }
    }
    return tags.isEmpty() ? Optional.empty() : Optional.of(tags);
  }
}
