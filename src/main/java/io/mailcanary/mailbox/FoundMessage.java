package io.mailcanary.mailbox;

import io.mailcanary.path.FolderRole;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;

/// A message that a reader found: bounded, not judged.
///
/// @param uid names the message within its folder for good, such as `1700000000.42` (UIDVALIDITY
///   and UID), a POP3 unique id, or a Maildir base name
/// @param at when the mailbox had it, as well as is known
/// @param resolution how well that is known
/// @param bytes the size of the whole message
/// @param head the first bytes of the raw message, {@value #HEAD} at most: its header and the
///   beginning of its body, one char a byte (ISO 8859-1)
/// @param whole where all of it is to be had, for as long as the mailbox has it
public record FoundMessage(
    String mailbox,
    String folder,
    FolderRole role,
    String uid,
    Instant at,
    Duration resolution,
    long bytes,
    String head,
    Whole whole) {

  /// As much of a message as is fetched, in bytes.
  public static final int HEAD = 64 * 1024;

  /// All of a message.
  @FunctionalInterface
  public interface Whole {
    /// Writes it from its first byte to its last. It may take a while, and connect anew.
    ///
    /// @throws IOException when it cannot be had any more, or `out` has had enough
    void copyTo(OutputStream out) throws IOException;
  }

  /// Whether there is more of it than its head.
  public boolean isCut() {
    return bytes > head.length();
  }

  /// Names the message for [MailboxReader#delete].
  public MessageKey key() {
    return new MessageKey(folder, uid);
  }
}
