package io.mailcanary.prober;

import java.util.Locale;

/// Why something is to be sent.
public enum Occasion {
  TURN,
  CONFIRMATION,
  REQUEST,
  ANSWER,
  RETRY;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
