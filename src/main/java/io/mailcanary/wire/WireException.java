package io.mailcanary.wire;

import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/// Why a connection was given up, in one line for a person.
public final class WireException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  public enum Kind {
    /// The host's name could not be turned into an address.
    LOOKUP,
    /// No address took the connection.
    CONNECT,
    /// No TLS, or not with somebody whom we trust.
    TLS,
    /// The answer was not whole in time.
    SILENCE,
    /// More came than any honest server sends.
    TOO_LONG
  }

  private final Kind kind;

  public WireException(Kind kind, String words, @Nullable Throwable cause) {
    super(words, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /// The words, which are always there.
  public String words() {
    return String.valueOf(getMessage());
  }
}
