package io.mailcanary.path;

import java.util.Optional;

/// What a canary looks like.
///
/// @param size bytes of the whole message, at least; 0: as small as it is
/// @param template an RFC 5322 message to send instead of ours, with our headers added
public record Message(long size, Optional<String> template) {
  /// Ours, as small as it is.
  public static final Message PLAIN = new Message(0, Optional.empty());
}
