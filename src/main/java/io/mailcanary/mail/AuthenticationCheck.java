package io.mailcanary.mail;

/// What one method came to for one message.
///
/// @param by who says so: the host that wrote it into the message, or {@link #OURSELVES}
/// @param domain which domain was authenticated; empty when none was
/// @param reason why, for a person; may be empty
public record AuthenticationCheck(
    AuthenticationMethod method,
    AuthenticationResult result,
    String by,
    String domain,
    String reason) {
  /// We checked it.
  public static final String OURSELVES = "mailcanary";

  private static final int LONGEST = 500;

  public AuthenticationCheck {
    by = line(by);
    domain = line(domain);
    reason = line(reason);
  }

  @Override
  public String toString() {
    return "%s=%s by %s%s%s"
        .formatted(
            method.word(),
            result.word(),
            by,
            domain.isEmpty() ? "" : " for " + domain,
            reason.isEmpty() ? "" : ": " + reason);
  }

  /// Much of it was written by others.
  private static String line(String text) {
    StringBuilder shown = new StringBuilder(Math.min(text.length(), LONGEST));
    for (int i = 0; i < text.length() && shown.length() < LONGEST; i++) {
      char c = text.charAt(i);
      shown.append(c < ' ' || c == 0x7f ? ' ' : c);
    }
    return shown.toString().strip();
  }
}
