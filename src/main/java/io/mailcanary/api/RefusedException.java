package io.mailcanary.api;

/// A request that cannot be done as it was asked.
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /// @param status the HTTP status to answer with
  RefusedException(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }

  static RefusedException noPath(String name) {
    return new RefusedException(404, "there is no path '%s'".formatted(name));
  }
}
