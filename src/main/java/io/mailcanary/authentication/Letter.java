package io.mailcanary.authentication;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// A message as it lies in its mailbox.
///
/// @param head its beginning as it was read, one char a byte
/// @param bytes the size of all of it; 0 where nobody knows
/// @param trusted the hosts whose trace lines and results are believed
/// @param sender the envelope sender that it left with; counts where the mailbox did not note
///   another
/// @param recipient whom it was sent to
/// @param source where all of it is to be had, in case the head is not all
public record Letter(
    String head, long bytes, List<String> trusted, String sender, String recipient, Source source) {
  public Letter {
    trusted = List.copyOf(trusted);
  }

  /// One of which no more than the head can be had.
  public Letter(String head, long bytes, List<String> trusted, String sender, String recipient) {
    this(head, bytes, trusted, sender, recipient, Source.NONE);
  }

  /// Where all of a message is to be had.
  @FunctionalInterface
  public interface Source {
    /// Nowhere.
    Source NONE =
        _ -> {
          throw new IOException("the rest of it was not kept");
        };

    /// Writes the message from its first byte to its last. It may take a while.
    ///
    /// @throws IOException when it cannot be had any more, or `out` has had enough
    void copyTo(OutputStream out) throws IOException;
  }

  /// Whether `head` is all of it.
  boolean isWhole() {
    return bytes > 0 && head.length() >= bytes;
  }

  /// How many bytes its header has, the empty line included; -1 where the head does not hold all of
  /// it.
  int headerBytes() {
    int network = head.indexOf("\r\n\r\n");
    int bare = head.indexOf("\n\n");
    if (network >= 0 && (bare < 0 || network < bare)) {
      return network + 4;
    }
    return bare < 0 ? -1 : bare + 2;
  }
}
