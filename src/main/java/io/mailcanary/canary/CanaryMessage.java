package io.mailcanary.canary;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.MailPath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The mail that is sent: RFC 5322, CRLF, plain ASCII unless a template says otherwise.
///
/// The same canary always gives the same bytes, so that a retry sends what was sent before.
///
/// @param sender the envelope sender (RFC 5321 §2.3.1), with the tag in it where the path wants
///   that
/// @param messageId without angle brackets
public record CanaryMessage(EmailAddress sender, String messageId, byte[] bytes, Content content) {

  /// The header field that carries the tag.
  public static final String TAG_FIELD = "X-Mailcanary";

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Pattern LINE_END = Pattern.compile("\r?\n|\r");
  private static final String PADDING = ".".repeat(74) + "\r\n";

  /// Fields that a template cannot set, since a canary's meaning hangs on them.
  private static final Set<String> OURS =
      Set.of(
          "from",
          "to",
          "cc",
          "bcc",
          "date",
          "message-id",
          "auto-submitted",
          "x-auto-response-suppress",
          "x-mailcanary",
          "return-path",
          "received",
          "sender",
          "reply-to");

  /// Writes the message of a canary that is due at `slot`.
  public static CanaryMessage of(MailPath path, CanaryTag tag, Instant slot) {
    String messageId = tag.text() + "@" + path.from().domain();
    Parts parts =
        path.message()
            .template()
            .map(text -> fromTemplate(text, tag))
            .orElseGet(() -> plain(path, tag));
    String header = header(path, tag, slot, messageId) + parts.header() + "\r\n";
    byte[] bytes = latin1(header + padded(parts, path.message().size() - header.length()));
    String body = new String(bytes, header.length(), bytes.length - header.length(), LATIN);
    return new CanaryMessage(sender(path, tag), messageId, bytes, Content.of(body, bytes.length));
  }

  private static final java.nio.charset.Charset LATIN = StandardCharsets.ISO_8859_1;

  private record Parts(String header, String body, boolean mayBePadded) {}

  private static EmailAddress sender(MailPath path, CanaryTag tag) {
    return switch (path.returnPath()) {
      case STABLE -> path.from();
      case VERP -> path.from().plus(tag.text());
    };
  }

  private static String header(MailPath path, CanaryTag tag, Instant slot, String messageId) {
    // Auto-Submitted stops responders (RFC 3834 §5). What is suppressed are automatic replies and
    // read receipts; DR, NDR and All would suppress the very bounces that we wait for
    // (MS-OXCMAIL 2.1.3.2.20).
    String header =
        """
        Date: %s
        From: <%s>
        To: <%s>
        Message-ID: <%s>
        """
            .formatted(DATE.format(slot), path.from(), path.to(), messageId);
    // A round trip lives by the answer that the others keep away.
    String quiet =
        path.kind() == MailPath.Kind.ROUND_TRIP
            ? "X-Auto-Response-Suppress: RN, NRN\n"
            : "Auto-Submitted: auto-generated\n"
                + "X-Auto-Response-Suppress: OOF, AutoReply, RN, NRN\n";
    return (header + quiet + TAG_FIELD + ": " + tag.text() + "\n").replace("\n", "\r\n");
  }

  private static Parts plain(MailPath path, CanaryTag tag) {
    String header =
        """
        Subject: mailcanary test message
        MIME-Version: 1.0
        Content-Type: text/plain; charset=us-ascii
        Content-Transfer-Encoding: 7bit
        """;
    String body =
        """
        This is an automatic test message. It shows that mail from
        %s
        still reaches
        %s
        and how long it takes. Nobody needs to read or answer it; the
        program that sent it removes it again. Questions about it go to
        postmaster@%s.

        mailcanary: %s
        """
            .formatted(path.from(), path.to(), path.from().domain(), tag.text());
    return new Parts(crlf(header), crlf(body), true);
  }

  private static Parts fromTemplate(String template, CanaryTag tag) {
    String text = crlf(new String(template.getBytes(StandardCharsets.UTF_8), LATIN));
    int end = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n") + 2;
    if (end == 1) {
      return new Parts(text.endsWith("\r\n") ? text : text + "\r\n", "", false);
    }
    StringBuilder header = new StringBuilder();
    boolean kept = true;
    for (String line : text.substring(0, end).split("(?<=\r\n)")) {
      boolean folded = line.startsWith(" ") || line.startsWith("\t");
      kept = folded ? kept : !OURS.contains(fieldName(line));
      if (kept && !line.isBlank()) {
        header.append(line);
      }
    }
    String body = text.substring(Math.min(text.length(), end + 2)).replace("{tag}", tag.text());
    return new Parts(header.toString(), body, !fieldNames(header).contains("content-type"));
  }

  private static Set<String> fieldNames(CharSequence header) {
    return java.util.Arrays.stream(header.toString().split("\r\n"))
        .map(CanaryMessage::fieldName)
        .collect(java.util.stream.Collectors.toSet());
  }

  private static String fieldName(String line) {
    int colon = line.indexOf(':');
    return (colon < 0 ? line : line.substring(0, colon)).strip().toLowerCase(Locale.ROOT);
  }

  private static String padded(Parts parts, long size) {
    long missing = size - parts.body().length();
    if (!parts.mayBePadded() || missing <= 0) {
      return parts.body();
    }
    return parts.body()
        + PADDING.repeat((int) ((missing + PADDING.length() - 1) / PADDING.length()));
  }

  private static String crlf(String text) {
    return LINE_END.matcher(text).replaceAll("\r\n");
  }

  private static byte[] latin1(String text) {
    return text.getBytes(LATIN);
  }
}
