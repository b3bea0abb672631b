package io.mailcanary.world;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// The report that a server sends back: a bounce or a delay warning (RFC 3464), with the headers of
/// what it is about.
///
/// @param host who reports
/// @param failed otherwise it is only late
/// @param until how long it will still be tried
record DeliveryNotice(
    String host, boolean failed, Spool.Waiting waiting, SmtpRefusal last, Instant until) {
  private static final int MOST_HEADERS = 32 << 10;
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);

  /// The report as a message to the sender; with the null reverse-path, so that nobody answers it
  /// (RFC 5321 §4.5.5).
  Mail mail(String id, Instant now) {
    Mail about = waiting.mail();
    String boundary = "%s/%s".formatted(id, host);
    String text =
        """
        Date: %s
        From: MAILER-DAEMON@%s (Mail Delivery System)
        To: %s
        Subject: %s
        Message-ID: <%s@%s>
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status;
        \tboundary="%s"

        --%s
        Content-Type: text/plain; charset=us-ascii
        Content-Description: Notification

        %s
        --%s
        Content-Type: message/delivery-status
        Content-Description: Delivery report

        %s
        --%s
        Content-Type: text/rfc822-headers
        Content-Description: Message headers

        %s
        --%s--
        """
            .formatted(
                date(now),
                host,
                about.sender(),
                failed ? "Undelivered Mail Returned to Sender" : "Delayed Mail (still being tried)",
                id,
                host,
                boundary,
                boundary,
                words(),
                boundary,
                fields(),
                boundary,
                headers(about),
                boundary);
    return new Mail(
        "", about.sender(), text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  private String words() {
    return """
    This is the mail system at host %s.

    %s

    <%s>: %s
    """
        .formatted(
            host,
            failed
                ? "Your message could not be delivered. It was not given to anybody."
                : "Your message is still waiting here. You need not send it again.",
            waiting.mail().recipient(),
            said());
  }

  private String said() {
    return last.by()
        .map(by -> "host %s[127.0.0.1] said: %s".formatted(by, last.reply()))
        .orElse(withoutStatus());
  }

  private String withoutStatus() {
    return last.reply().text().replaceFirst("^\\d\\.\\d+\\.\\d+ ", "");
  }

  private String fields() {
    StringBuilder fields = new StringBuilder();
    fields.append(
        """
        Reporting-MTA: dns; %s
        X-Queue-ID: %s
        Arrival-Date: %s

        Final-Recipient: rfc822; %s
        Action: %s
        Status: %s
        """
            .formatted(
                host,
                waiting.id(),
                date(waiting.since()),
                waiting.mail().recipient(),
                failed ? "failed" : "delayed",
                status()));
    last.by().ifPresent(by -> fields.append("Remote-MTA: dns; ").append(by).append('\n'));
    fields.append(
        last.by().isPresent()
            ? "Diagnostic-Code: smtp; %s\n".formatted(last.reply())
            : "Diagnostic-Code: x-mailcanary-world; %s\n".formatted(withoutStatus()));
    if (!failed) {
      fields.append("Will-Retry-Until: ").append(date(until)).append('\n');
    }
    return fields.toString();
  }

  /// What failed for good in the end is told as such, whatever the last reply was (RFC 3464
  /// §2.3.4).
  private String status() {
    String status = last.reply().enhanced().map(Object::toString).orElse("4.0.0");
    return failed && status.startsWith("4") ? "5" + status.substring(1) : status;
  }

  private static String headers(Mail mail) {
    String whole = new String(mail.content(), StandardCharsets.ISO_8859_1);
    int end = whole.indexOf("\r\n\r\n");
    String headers = end < 0 ? whole : whole.substring(0, end);
    return headers.substring(0, Math.min(headers.length(), MOST_HEADERS)).replace("\r\n", "\n");
  }

  private static String date(Instant at) {
    return DATE.format(ZonedDateTime.ofInstant(at, ZoneOffset.UTC));
  }
}
