package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an SMTP or LMTP server answered to one command (RFC 5321 §4.2), all lines of it: a reason
/// often stands in another line than the last.
///
/// @param code 200 to 599
/// @param enhanced the enhanced code that opens the text, where one does
/// @param text the lines without codes, joined by line feeds, control characters made visible
public record SmtpReply(int code, Optional<EnhancedStatus> enhanced, String text) {
  private static final Pattern LINE = Pattern.compile("([2-5]\\d\\d)([ -]?)(.*)", Pattern.DOTALL);
  private static final Pattern LINE_END = Pattern.compile("\r?\n");
  private static final Pattern QUEUE_ID =
      Pattern.compile(
          "(?i)(?:queued as|queue id|queued mail for delivery.{0,200}?|message accepted.{0,200}?"
              + "|\\bid=)[ :]{0,8}"
              + "<?([A-Za-z0-9][A-Za-z0-9._@-]{4,80})>?");

  /// Reads a reply as it came over the wire.
  ///
  /// @return empty when the first line carries no reply code
  public static Optional<SmtpReply> parse(String wire) {
    int code = 0;
    List<String> lines = new ArrayList<>();
    for (String line : LINE_END.split(wire)) {
      if (line.isEmpty()) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        code = code == 0 ? Integer.parseInt(matcher.group(1)) : code;
        lines.add(visible(matcher.group(3)));
      } else if (code == 0) {
        return Optional.empty();
      } else {
        lines.add(visible(line));
      }
    }
    if (code == 0) {
      return Optional.empty();
    }
    String text = String.join("\n", lines);
    return Optional.of(new SmtpReply(code, EnhancedStatus.opening(text), text));
  }

  public boolean isPositive() {
    return code / 100 == 2;
  }

  /// A refusal for now (4yz).
  public boolean isTransient() {
    return code / 100 == 4;
  }

  /// A refusal for good (5yz).
  public boolean isPermanent() {
    return code / 100 == 5;
  }

  /// The id under which the server queued the message, where its words give one.
  public Optional<String> queueId() {
    Matcher matcher = QUEUE_ID.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  @Override
  public String toString() {
    return code + " " + text;
  }

  private static String visible(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (c < 0x20 || c == 0x7f) {
            shown.append("\\x%02x".formatted(c));
          } else {
            shown.appendCodePoint(c);
          }
        });
    return shown.toString();
  }
}
