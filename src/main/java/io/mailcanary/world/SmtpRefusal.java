package io.mailcanary.world;

import io.mailcanary.mail.EnhancedStatus;
import io.mailcanary.mail.SmtpReply;

/// A server's no: for now (4yz) or for good (5yz).
final class SmtpRefusal extends Exception {
  private final transient SmtpReply reply;

  SmtpRefusal(SmtpReply reply) {
    super(reply.toString());
    this.reply = reply;
  }

  SmtpRefusal(int code, String text) {
    this(new SmtpReply(code, EnhancedStatus.opening(text), text));
  }

  SmtpReply reply() {
    return reply;
  }
}
