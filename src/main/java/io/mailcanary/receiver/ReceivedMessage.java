package io.mailcanary.receiver;

/// A message that was taken for one recipient.
///
/// @param id our own name for it
/// @param recipient the envelope recipient
/// @param bytes its size, our own trace lines included
/// @param head how it begins, {@value #HEAD} bytes at most, our own trace lines on top (RFC 5321
///   §4.4), one char a byte (ISO 8859-1)
/// @param kept all of it
public record ReceivedMessage(String id, String recipient, long bytes, String head, Kept kept) {
  /// As much of a message as is kept, in bytes.
  public static final int HEAD = 64 * 1024;
}
