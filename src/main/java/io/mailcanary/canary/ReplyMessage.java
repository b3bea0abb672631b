package io.mailcanary.canary;

import io.mailcanary.mail.HeaderBlock;
import io.mailcanary.path.MailPath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// What our own responder answers to a canary of a round trip (RFC 3834): marked, to the path's own
/// sender and nobody else, with the way that the canary took.
public final class ReplyMessage {
  /// The header field that carries the tag of the canary that is answered.
  public static final String FIELD = "X-Mailcanary-Reply";

  private static final int MOST_TRACE = 4_000;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private ReplyMessage() {}

  /// @param unique makes its Message-ID differ from all others
  /// @param head the beginning of the canary as it arrived
  public static byte[] of(
      MailPath path, Canary canary, CanaryTag tag, String unique, String head, Instant now) {
    // Its Message-ID bears no tag: it is no canary.
    return """
    Date: %s
    From: <%s>
    To: <%s>
    Subject: Auto: mailcanary test message
    Message-ID: <reply.%s@%s>
    In-Reply-To: <%s>
    References: <%s>
    Auto-Submitted: auto-replied
    X-Auto-Response-Suppress: All
    %s: %s
    MIME-Version: 1.0
    Content-Type: text/plain; charset=us-ascii
    Content-Transfer-Encoding: 7bit

    This automatic answer shows that a test message has arrived, and that
    an answer finds its way back. It came like this:

    %s
    """
        .formatted(
            DATE.format(now),
            path.to(),
            path.from(),
            unique,
            path.to().domain(),
            canary.messageId(),
            canary.messageId(),
            FIELD,
            tag.text(),
            trace(head))
        .replace("\r\n", "\n")
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String trace(String head) {
    StringBuilder lines = new StringBuilder();
    HeaderBlock header = HeaderBlock.of(head);
    for (String field : new String[] {"Received", "Authentication-Results"}) {
      for (String value : header.all(field)) {
        String line = "> " + field + ": " + value.replaceAll("[^\\x20-\\x7e]+", " ");
        for (int at = 0; at < line.length(); at += 900) {
          lines.append(line, at, Math.min(line.length(), at + 900)).append('\n');
        }
        if (lines.length() > MOST_TRACE) {
          return lines.append("> ...\n").toString();
        }
      }
    }
    return lines.toString();
  }
}
