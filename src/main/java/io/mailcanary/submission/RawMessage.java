package io.mailcanary.submission;

import jakarta.mail.Session;
import java.io.IOException;
import java.io.OutputStream;
import org.eclipse.angus.mail.smtp.SMTPMessage;
import org.jspecify.annotations.Nullable;

/// A message that goes out as the bytes it is.
final class RawMessage extends SMTPMessage {
  private final byte[] bytes;
  private final Runnable whenBroken;

  /// @param whenBroken called when the bytes could not be written, before the connection is closed
  RawMessage(Session session, byte[] bytes, Runnable whenBroken) {
    super(session);
    this.bytes = bytes;
    this.whenBroken = whenBroken;
  }

  boolean isEightBit() {
    for (byte b : bytes) {
      if (b < 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable String getSubject() {
    return null;
  }

  @Override
  public void writeTo(OutputStream out, String @Nullable [] ignored) throws IOException {
    try {
      out.write(bytes);
    } catch (IOException e) {
      whenBroken.run();
      throw e;
    }
  }
}
