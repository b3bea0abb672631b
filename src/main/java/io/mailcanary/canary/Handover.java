package io.mailcanary.canary;

import io.mailcanary.mail.SmtpReply;

/// What an attempt means for its canary.
public enum Handover {
  /// The relay owns it now (RFC 5321 §6.1).
  ACCEPTED,
  /// Refused for now, or never asked: the same canary may be tried again.
  DEFERRED,
  /// Refused for good.
  REFUSED,
  /// The message went out whole and no answer came: it may or may not have been taken, so it is
  /// never sent again (RFC 5321 §4.5.3.2.6 on the costs of that window).
  IN_DOUBT;

  /// Reads the evidence.
  public static Handover of(Evidence evidence) {
    SmtpReply reply = evidence.reply();
    Evidence.Failure failure = evidence.failure();
    if (failure != null && failure.kind() == Evidence.Failure.Kind.NO_ROUTE) {
      return REFUSED;
    }
    if (reply == null) {
      return evidence.stage() == Stage.END_OF_DATA ? IN_DOUBT : DEFERRED;
    }
    if (reply.isPositive() && evidence.stage() == Stage.END_OF_DATA) {
      return ACCEPTED;
    }
    return reply.isPermanent() ? REFUSED : DEFERRED;
  }

  /// What stands behind a refusal, as far as the stage tells.
  public static Cause cause(Evidence evidence) {
    Evidence.Failure failure = evidence.failure();
    if (failure != null) {
      return switch (failure.kind()) {
        case DNS -> Cause.NEXT_HOP;
        case NO_ROUTE -> Cause.RECIPIENT_DOMAIN;
        case TLS -> Cause.TLS;
        case LOGIN -> Cause.LOGIN;
        case LIMIT, CONNECTION, TIMEOUT, GARBAGE -> Cause.CONNECTION;
      };
    }
    SmtpReply reply = evidence.reply();
    if (reply != null && reply.isPositive()) {
      return Cause.NONE;
    }
    return switch (evidence.stage()) {
      case LOGIN -> Cause.LOGIN;
      case TLS -> Cause.TLS;
      case WAIT, CONNECT, MAIL, RCPT, DATA, END_OF_DATA -> Cause.UNKNOWN;
    };
  }
}
