package io.mailcanary.mailbox;

import java.io.Serial;

/// Why a mailbox is out of sight, in one line for a person.
final class Blindness extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  /// What kind of thing came between; a change of it is worth telling.
  enum Cause {
    /// No connection, or no TLS.
    CONNECTION,
    LOGIN,
    /// A folder is not there, or may not be opened.
    FOLDER,
    /// An answer did not come in time.
    SILENCE,
    /// The other side ended it.
    CLOSED,
    /// A command was refused.
    REFUSED,
    /// Something came that no honest server sends.
    NONSENSE,
    /// What we put in did not show.
    PROOF
  }

  private final Cause why;

  Blindness(Cause why, String words) {
    super(words);
    this.why = why;
  }

  Cause why() {
    return why;
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
