package io.mailcanary.web;

/// What was asked for is not there, or cannot be done so.
final class NoSuchPageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  NoSuchPageException(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }
}
