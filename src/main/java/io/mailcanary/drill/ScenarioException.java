package io.mailcanary.drill;

/// A scenario that cannot be run as it is written; says where and what is allowed.
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1L;

  ScenarioException(String message) {
    super(message);
  }
}
