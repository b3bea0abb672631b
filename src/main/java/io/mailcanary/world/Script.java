package io.mailcanary.world;

import java.util.Optional;

/// What a server says in place of its own answer.
@FunctionalInterface
interface Script {
  /// Where a conversation stands.
  enum Stage {
    MAIL,
    RCPT,
    /// After the end of the message.
    DATA
  }

  /// A server that has nothing to add.
  Script NONE = (_, _) -> Optional.empty();

  /// @param argument the address at MAIL and RCPT, the Message-ID at DATA; may be empty
  /// @return the refusal; empty: whatever the server says by itself
  Optional<SmtpRefusal> refusal(Stage stage, String argument);
}
