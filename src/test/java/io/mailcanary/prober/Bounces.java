package io.mailcanary.prober;

/// Reports as Postfix and others write them.
final class Bounces {
  private Bounces() {}

  /// A report that returns the canary's header.
  ///
  /// @param sent the canary as it was handed over
  /// @param envelopeId empty: none
  static String report(
      String action, String status, String diagnostic, String sent, String envelopeId) {
    String header = sent.substring(0, sent.indexOf("\r\n\r\n"));
    return """
    Return-Path: <>
    Delivered-To: canary@campus.example
    Date: Sat, 21 Nov 2026 10:00:05 +0000
    From: MAILER-DAEMON@mx.test (Mail Delivery System)
    Subject: Undelivered Mail Returned to Sender
    To: canary@campus.example
    Auto-Submitted: auto-replied
    MIME-Version: 1.0
    Content-Type: multipart/report; report-type=delivery-status; boundary="b"
    Message-Id: <20261121100005.1@mx.test>

    --b
    Content-Type: text/plain

    This is the mail system at host mx.test.

    --b
    Content-Type: message/delivery-status

    Reporting-MTA: dns; mx.test
    %sArrival-Date: Sat, 21 Nov 2026 10:00:00 +0000

    Final-Recipient: rfc822; canary@hosted.example
    Action: %s
    Status: %s
    Remote-MTA: dns; in.hosted.example
    Diagnostic-Code: smtp; %s

    --b
    Content-Type: text/rfc822-headers

    """
            .formatted(
                envelopeId.isEmpty() ? "" : "Original-Envelope-Id: " + envelopeId + "\n",
                action,
                status,
                diagnostic)
            .replace("\n", "\r\n")
        + header
        + "\r\n\r\n--b--\r\n";
  }

  static String failed(String sent) {
    return report("failed", "5.1.1", "550 5.1.1 <canary@hosted.example>: unknown", sent, "");
  }

  static String delayed(String sent) {
    return report("delayed", "4.2.0", "451 4.2.0 try again later", sent, "");
  }
}
