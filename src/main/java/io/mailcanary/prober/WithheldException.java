package io.mailcanary.prober;

/// Something was not sent, since its receiver would have got too much from us.
public final class WithheldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message the limit, in a sentence
  WithheldException(String message) {
    super(message, null, false, false);
  }
}
