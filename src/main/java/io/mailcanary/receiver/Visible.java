package io.mailcanary.receiver;

/// What a client sent, fit to be shown: bounded, control characters replaced.
final class Visible {
  private static final int LONGEST = 500;

  private Visible() {}

  static String text(String text) {
    String bounded = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    return bounded.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
