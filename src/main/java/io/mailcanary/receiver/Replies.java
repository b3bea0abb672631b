package io.mailcanary.receiver;

import io.mailcanary.mail.EnhancedStatus;
import io.mailcanary.mail.SmtpReply;

/// Our own answers.
final class Replies {
  private Replies() {}

  static SmtpReply of(int code, String text) {
    return new SmtpReply(code, EnhancedStatus.opening(text), text);
  }

  /// As it goes over the wire, without the last line end (RFC 5321 §4.2.1).
  static String wire(SmtpReply reply) {
    String[] lines = reply.text().split("\n");
    StringBuilder wire = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      boolean last = i == lines.length - 1;
      wire.append(reply.code()).append(last ? " " : "-").append(lines[i]);
      wire.append(last ? "" : "\r\n");
    }
    return wire.toString();
  }
}
