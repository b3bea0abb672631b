package io.mailcanary.mail;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.MailReport.Kind;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MailReportTest {
  @Test
  void aWarningWithoutAReasonHasNoWords() {
    MailReport report =
        MailReport.of(
            """
            From: Mail Delivery System <Mailer-Daemon@mx.exim.test>
            Subject: Warning: message 1xV3YF-0003e8-39 delayed 3 seconds
            Content-Type: multipart/report; report-type=delivery-status; boundary=x

            --x
            Content-type: text/plain

            This message was created automatically by mail delivery software.
            A message that you sent has not yet been delivered to one or more of its
            recipients after more than 0 minutes on the queue on mx.exim.test.

            The address to which the message has not yet been delivered is:

              u@nobody.test

            No action is required on your part.

            --x
            Content-type: message/delivery-status

            Reporting-MTA: dns; mx.exim.test

            Final-Recipient: rfc822;u@nobody.test
            Action: delayed
            Status: 4.0.0

            --x--
            """);
    assertThat(report.dsn().recipients())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.address()).isEqualTo("u@nobody.test");
          assertThat(one.action()).isEqualTo(Action.DELAYED);
          assertThat(one.diagnostic()).isEmpty();
        });
  }

  @Test
  void theFieldsOfAReportAreRead() {
    MailReport report =
        report(
            """
            Reporting-MTA: dns; relay.corp.test
            Original-Envelope-Id: k1-abc+2B1
            X-Postfix-Queue-ID: 4XYZ0
            Arrival-Date: Sat, 21 Nov 2026 10:00:00 +0000 (UTC)

            Final-Recipient: rfc822; user@shop.test
            Original-Recipient: rfc822;user+2Bx@shop.test
            Action: delayed
            Status: 4.0.0
            Remote-MTA: dns; mx.shop.test
            Diagnostic-Code: smtp; 451 4.7.1
              Greylisted,
            \ttry later
            Last-Attempt-Date: Sat, 21 Nov 2026 10:10:00 +0000
            Final-Log-Id: 77
            Will-Retry-Until: Thu, 26 Nov 2026 10:00:00 +0000
            """);

    assertThat(report.kind()).isEqualTo(Kind.DELIVERY_STATUS);
    Dsn dsn = report.dsn();
    assertThat(dsn.reportingMta()).isEqualTo("relay.corp.test");
    assertThat(dsn.envelopeId()).isEqualTo("k1-abc+1");
    assertThat(dsn.queueIds()).contains("4XYZ0");
    assertThat(dsn.recipients())
        .containsExactly(
            new RecipientStatus(
                "user@shop.test",
                Action.DELAYED,
                new EnhancedStatus(4, 7, 1),
                451,
                "451 4.7.1 Greylisted, try later",
                "mx.shop.test",
                "user+x@shop.test",
                "77",
                Instant.parse("2026-11-21T10:10:00Z"),
                Instant.parse("2026-11-26T10:00:00Z")));
    assertThat(dsn.hasFailed()).isFalse();
  }

  /// RFC 6533: the same in UTF-8.
  @Test
  void theInternationalTwinIsRead() {
    MailReport report =
        MailReport.of(
            utf8(
                """
                From: MAILER-DAEMON@relay.test
                Content-Type: multipart/report; report-type=delivery-status; boundary=b

                --b
                Content-Type: message/global-delivery-status
                Content-Transfer-Encoding: 8bit

                Reporting-MTA: dns; relay.test

                Final-Recipient: utf-8; jürgen@schöne.test
                Original-Recipient: utf-8; j\\x{FC}rgen@schöne.test
                Action: failed
                Status: 5.1.1
                Diagnostic-Code: smtp; 550 5.1.1 jürgen gibt es nicht

                --b
                Content-Type: message/global-headers

                Message-ID: <1@corp.test>
                --b--
                """));

    RecipientStatus one = report.dsn().recipients().getFirst();
    assertThat(one.address()).isEqualTo("jürgen@schöne.test");
    assertThat(one.originalRecipient()).isEqualTo("jürgen@schöne.test");
    assertThat(one.diagnostic()).isEqualTo("550 5.1.1 jürgen gibt es nicht");
    assertThat(report.clues()).contains(new Clue(Clue.Kind.MESSAGE_ID, "1@corp.test"));
  }

  @Test
  void severalRecipientsHaveAFateEach() {
    MailReport report =
        report(
            """
            Reporting-MTA: dns; relay.test

            Final-Recipient: rfc822; a@x.test
            Action: delivered
            Status: 2.0.0

            Final-Recipient: rfc822; b@x.test
            Action: failed
            Status: 5.2.2
            Final-Recipient: rfc822; c@x.test
            Action: relayed
            Status: 2.0.0
            """);

    assertThat(report.dsn().recipients())
        .extracting(RecipientStatus::action)
        .containsExactly(Action.DELIVERED, Action.FAILED, Action.RELAYED);
    assertThat(report.dsn().worst().map(RecipientStatus::address)).contains("b@x.test");
  }

  @Test
  void cluesComeInTheOrderOfTheirWorth() {
    MailReport report =
        MailReport.of(
            """
            Return-Path: <>
            Delivered-To: canary+k1-tag@corp.test
            From: MAILER-DAEMON@relay.test
            In-Reply-To: <2@corp.test>
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; relay.test
            Original-Envelope-Id: k1-envid
            X-Relay-Queue-Id: Q1

            Final-Recipient: rfc822; user@shop.test
            Action: failed
            Status: 5.0.0

            --b
            Content-Type: text/rfc822-headers

            Return-Path: <canary+k1-other@corp.test>
            Received: from probe.test by relay.test with ESMTP id Q2; Sat, 21 Nov 2026 10:00:00 +0000
            Message-ID: <1@corp.test>
            X-Mailcanary: k1-header
            To: user@shop.test

            --b--
            """);

    assertThat(report.clues())
        .containsExactly(
            new Clue(Clue.Kind.RETURN_PATH, "canary+k1-tag@corp.test"),
            new Clue(Clue.Kind.RETURN_PATH, "canary+k1-other@corp.test"),
            new Clue(Clue.Kind.ENVELOPE_ID, "k1-envid"),
            new Clue(Clue.Kind.MESSAGE_ID, "1@corp.test"),
            new Clue(Clue.Kind.MESSAGE_ID, "2@corp.test"),
            new Clue(Clue.Kind.RETURNED, "X-Mailcanary: k1-header"),
            new Clue(Clue.Kind.RECIPIENT, "user@shop.test"),
            new Clue(Clue.Kind.QUEUE_ID, "Q1"),
            new Clue(Clue.Kind.QUEUE_ID, "Q2"));
  }

  /// A delay is never a failure, whoever words it.
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Exim      | Warning: message 1vAB delayed 24 hours        | This message was created automatically by mail delivery software.\\nA message that you sent has not yet been delivered to one or more of its\\nrecipients after more than 24 hours on the queue on relay.test.\\n\\nThe message identifier is:     1vABCD-000001-2x\\n\\nThe address to which the message has not yet been delivered is:\\n\\n  user@shop.test\\n    host mx.shop.test [192.0.2.9]\\n    Delay reason: SMTP error from remote mail server after RCPT TO:<user@shop.test>:\\n    451 4.7.1 try later\\n\\nNo action is required on your part. | 451
          old Gmail | Delivery Status Notification (Delay)           | This is an automatically generated Delivery Status Notification\\n\\nTHIS IS A WARNING MESSAGE ONLY.\\n\\nDelivery to the following recipient has been delayed:\\n\\n     user@shop.test\\n\\nMessage will be retried for 2 more day(s)\\n\\nThe error that the other server returned was: 451 451 4.7.1 try later | 451
          OpenSMTPD | Delivery status notification: warning          |     Hi!\\n\\n    A message is delayed for more than 4 hours for the following\\n    list of recipients:\\n\\nuser@shop.test: 451 4.7.1 try later\\n\\n    Please note that this is only a temporary failure report.\\n    The message is kept in the queue for up to 4 days. | 451
          sendmail  | Warning: could not send message for past 4 hours |     ----- The following addresses had transient non-fatal errors -----\\n<user@shop.test>\\n\\n   ----- Transcript of session follows -----\\n<user@shop.test>... Deferred: 451 4.7.1 try later\\nWarning: message still undelivered after 4 hours\\nWill keep trying until message is 5 days old | 451
          Postfix   | Delayed Mail (still being retried)             | This is the mail system at host relay.test.\\n\\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\\n\\nYour message could not be delivered for more than 0 hour(s).\\nIt will be retried until it is 5 day(s) old.\\n\\n<user@shop.test>: host mx.shop.test[192.0.2.9] said: 451 4.7.1 try later | 451
          Exchange  | Delivery delayed: hello                        | Delivery is delayed to these recipients or groups:\\n\\nuser@shop.test<mailto:user@shop.test>\\n\\nThis message hasn't been delivered yet. Delivery will continue to be attempted.\\n\\nThe server will keep trying to deliver this message for the next 1 days.\\n451 4.7.1 try later | 451
          """)
  void aWarningIsADelay(String sentence, String subject, String text, int code) {
    MailReport report = prose(subject, text.replace("\\n", "\n"));

    assertThat(report.kind()).isEqualTo(Kind.DELIVERY_STATUS);
    assertThat(report.dsn().recipients())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.action()).isEqualTo(Action.DELAYED);
          assertThat(one.address()).isEqualTo("user@shop.test");
          assertThat(one.replyCode()).isEqualTo(code);
        });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          qmail     | failure notice                                 | Hi. This is the qmail-send program at relay.test.\\nI'm afraid I wasn't able to deliver your message to the following addresses.\\nThis is a permanent error; I've given up. Sorry it didn't work out.\\n\\n<user@shop.test>:\\n192.0.2.9 does not like recipient.\\nRemote host said: 550 5.1.1 unknown\\nGiving up on 192.0.2.9. | 192.0.2.9
          Exim      | Mail delivery failed: returning message to sender | This message was created automatically by mail delivery software.\\n\\nA message that you sent could not be delivered to one or more of its\\nrecipients. This is a permanent error. The following address(es) failed:\\n\\n  user@shop.test\\n    host mx.shop.test [192.0.2.9]\\n    SMTP error from remote mail server after RCPT TO:<user@shop.test>:\\n    550 5.1.1 unknown | mx.shop.test
          old Gmail | Delivery Status Notification (Failure)         | Delivery to the following recipient failed permanently:\\n\\n     user@shop.test\\n\\nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain shop.test by mx.shop.test. [192.0.2.9].\\n\\nThe error that the other server returned was:\\n550 5.1.1 unknown | mx.shop.test
          """)
  void proseNamesRecipientCodeAndServer(
      String sentence, String subject, String text, String remote) {
    MailReport report = prose(subject, text.replace("\\n", "\n"));

    assertThat(report.dsn().recipients())
        .singleElement()
        .satisfies(one -> {
          assertThat(one.address()).isEqualTo("user@shop.test");
          assertThat(one.action()).isEqualTo(Action.FAILED);
          assertThat(one.replyCode()).isEqualTo(550);
          assertThat(one.status()).hasToString("5.1.1");
          assertThat(one.remoteMta()).isEqualTo(remote);
        });
    assertThat(report.clues()).contains(new Clue(Clue.Kind.MESSAGE_ID, "1@corp.test"));
  }

  @Test
  void somebodyWhoWritesAboutABounceSendsNone() {
    MailReport report =
        MailReport.of(
            """
            From: Ann <ann@corp.test>
            To: postmaster@corp.test
            In-Reply-To: <77@corp.test>
            Subject: Re: Undelivered Mail Returned to Sender

            What does this mean?

            > <user@shop.test>: host mx.shop.test said: 550 5.1.1 unknown
            > could not be delivered
            """);

    assertThat(report.kind()).isEqualTo(Kind.MESSAGE);
    assertThat(report.dsn().recipients()).isEmpty();
    assertThat(report.clues()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          RFC 3834            | Auto-Submitted: auto-replied\\nSubject: x                          | auto-reply
          Outlook             | Subject: Automatic reply: hello                                     | auto-reply
          a German one        | Subject: =?utf-8?Q?Abwesenheitsnotiz:_Gr=C3=BC=C3=9Fe?=              | auto-reply
          an old one          | Precedence: auto_reply\\nSubject: Away                               | auto-reply
          a receipt           | Content-Type: multipart/report; report-type=disposition-notification | auto-reply
          a complaint         | Content-Type: multipart/report; report-type=feedback-report         | feedback
          a bulletin          | Precedence: bulk\\nSubject: News                                     | message
          generated, no reply | Auto-Submitted: auto-generated\\nSubject: mailcanary test message   | message
          """)
  void otherKindsAreTold(String sentence, String header, String kind) {
    MailReport report =
        MailReport.of("From: a@b.test\n" + header.replace("\\n", "\n") + "\n\nHello.\n");

    assertThat(report.kind().word()).isEqualTo(kind);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "base64, UTF-8, Grüße an <jürgen@x.test>",
    "base64, ISO-2022-JP, 送信できませんでした",
    "8bit, ISO-8859-1, Größe",
    "8bit, windows-1252, Größe",
    "7bit, ISO-2022-JP, 宛先不明",
    "quoted-printable, UTF-8, Größe",
    "base64, no-such-charset, plain",
  })
  void textIsDecoded(String encoding, String charset, String text) {
    byte[] bytes = text.getBytes(known(charset));
    String content =
        switch (encoding) {
          case "base64" -> Base64.getMimeEncoder(10, new byte[] {'\n'}).encodeToString(bytes);
          case "quoted-printable" -> quoted(bytes);
          case String _ -> new String(bytes, StandardCharsets.ISO_8859_1);
        };

    assertThat(Decoding.text(content, encoding, charset)).isEqualTo(text);
  }

  @Test
  void encodedWordsAreDecoded() {
    assertThat(Decoding.words("=?ISO-2022-JP?B?GyRCOEAbKEI=?=")).isEqualTo("言");
    assertThat(Decoding.words("a =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n =?utf-8?q?_an_alle?= b"))
        .isEqualTo("a Grüße an alle b");
    assertThat(Decoding.words("=?x?y?z?= =?utf-8?q?broken"))
        .isEqualTo("=?x?y?z?= =?utf-8?q?broken");
  }

  private static Charset known(String charset) {
    return Charset.isSupported(charset) ? Charset.forName(charset) : StandardCharsets.US_ASCII;
  }

  private static String quoted(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append(b > 0x20 && b != '=' ? String.valueOf((char) b) : "=%02X=\n".formatted(b & 0xff));
    }
    return text.toString();
  }

  private static MailReport report(String fields) {
    return MailReport.of(
        """
        From: MAILER-DAEMON@relay.corp.test
        Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

        --=_b

        Something happened.
        --=_b
        Content-Type: message/delivery-status

        %s
        --=_b--
        """
            .formatted(fields));
  }

  private static MailReport prose(String subject, String text) {
    return MailReport.of(
        """
        Return-Path: <>
        From: Mail Delivery System <MAILER-DAEMON@relay.test>
        To: canary@corp.test
        Subject: %s

        %s

        --- Below this line is a copy of the message.

        Return-Path: <canary@corp.test>
        Message-ID: <1@corp.test>
        To: user@shop.test

        Hello.
        """
            .formatted(subject, text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
