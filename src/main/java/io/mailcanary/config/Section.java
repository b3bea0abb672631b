package io.mailcanary.config;

import java.util.Arrays;
import java.util.Optional;

/// The sections that hold named things.
enum Section {
  RELAYS("relays", "relay"),
  MAILBOXES("mailboxes", "mailbox"),
  RESOLVERS("resolvers", "resolver"),
  PATHS("paths", "path"),
  QUEUES("queues", "queue"),
  CHANNELS("channels", "channel");

  private final String key;
  private final String one;

  Section(String key, String one) {
    this.key = key;
    this.one = one;
  }

  static Optional<Section> of(String key) {
    return Arrays.stream(values()).filter(section -> section.key.equals(key)).findFirst();
  }

  String key() {
    return key;
  }

  /// What one entry is called.
  String one() {
    return one;
  }
}
