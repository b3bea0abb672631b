package io.mailcanary.world;

import io.mailcanary.mail.EnhancedStatus;
import io.mailcanary.mail.SmtpReply;
import java.util.Optional;

/// A server's no: for now (4yz) or for good (5yz).
final class SmtpRefusal extends Exception {
  private final transient SmtpReply reply;
  private final transient Optional<String> by;

  private SmtpRefusal(SmtpReply reply, Optional<String> by) {
    super(reply.toString());
    this.reply = reply;
    this.by = by;
  }

  /// @param by the host that said it
  SmtpRefusal(SmtpReply reply, String by) {
    this(reply, Optional.of(by));
  }

  /// What no other server said: it is about the way there.
  SmtpRefusal(int code, String text) {
    this(new SmtpReply(code, EnhancedStatus.opening(text), text), Optional.empty());
  }

  SmtpReply reply() {
    return reply;
  }

  /// The server that said so; empty where it never came to that.
  Optional<String> by() {
    return by;
  }
}
