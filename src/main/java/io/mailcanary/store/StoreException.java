package io.mailcanary.store;

/// The database did not do what it was asked to; nothing of it was done.
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
