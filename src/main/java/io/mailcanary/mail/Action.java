package io.mailcanary.mail;

import java.util.Locale;
import java.util.Optional;

/// What a server did with a message for one recipient (RFC 3464 §2.3.3).
public enum Action {
  /// Given up. The only one that is final and bad.
  FAILED,
  /// Not delivered yet; the server goes on trying.
  DELAYED,
  DELIVERED,
  /// Handed to a server that reports nothing back.
  RELAYED,
  /// Handed to several further recipients.
  EXPANDED;

  /// As it stands in reports and in JSON.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads the value of an `Action` field: its first word counts.
  public static Optional<Action> of(String field) {
    String text = field.strip().toLowerCase(Locale.ROOT);
    for (Action action : values()) {
      String word = action.word();
      if (text.startsWith(word)
          && (text.length() == word.length() || !Character.isLetter(text.charAt(word.length())))) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
