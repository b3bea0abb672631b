package io.mailcanary.authentication;

import java.util.List;

/// A message as it lies in its mailbox.
///
/// @param head its beginning as it was read, one char a byte
/// @param bytes the size of all of it; 0 where nobody knows
/// @param trusted the hosts whose trace lines and results are believed
/// @param sender the envelope sender that it left with; counts where the mailbox did not note
///   another
/// @param recipient whom it was sent to
public record Letter(
    String head, long bytes, List<String> trusted, String sender, String recipient) {
  public Letter {
    trusted = List.copyOf(trusted);
  }

  /// Whether `head` is all of it.
  boolean isWhole() {
    return bytes > 0 && head.length() >= bytes;
  }
}
