package io.mailcanary.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.verdict.ReplyClassifier.Context;
import io.mailcanary.verdict.ReplyClassifier.Said;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyClassifierTest {
  private static final EmailAddress OURS = EmailAddress.parse("canary@notify.corp.test");
  private static final EmailAddress THEIRS = EmailAddress.parse("user@shop.test");

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Postfix           | 450 4.1.8 <a@b.test>: Sender address rejected: Domain not found                                       | sender-domain    | misleading
          Postfix, hard     | 550 5.1.8 <a@b.test>: Sender address rejected: Domain not found                                       | sender-domain    | permanent
          Postfix, null MX  | 550 5.7.27 <a@b.test>: Sender address rejected: Domain b.test does not accept mail (nullMX)           | sender-domain    | permanent
          Postfix callout   | 450 4.1.7 <a@b.test>: Sender address rejected: unverified address: connect to b.test[192.0.2.1]:25: Connection refused | sender-domain | misleading
          Exim              | 550-Verification failed for <a@b.test>\\n550-Unrouteable address\\n550 Sender verify failed            | sender-domain    | permanent
          Exim, later       | 451 Could not complete sender verify                                                                   | sender-domain    | misleading
          Exim, says little | 451 Temporary local problem - please try later                                                        | system           | transient
          sendmail          | 451 4.1.8 Domain of sender address a@b.test does not resolve                                           | sender-domain    | misleading
          sendmail, hard    | 553 5.1.8 <a@b.test>... Domain of sender address a@b.test does not exist                               | sender-domain    | permanent
          qmail             | 553 sorry, your envelope sender domain must exist (#5.7.1)                                             | sender-domain    | permanent
          spamdyke          | 421 Refused. The domain of your sender address has no mail exchanger (MX).                             | sender-domain    | misleading
          Haraka            | 550 No valid MX for your FROM address                                                                  | sender-domain    | permanent
          Haraka, null MX   | 550 5.7.27 Null MX: b.test does not send mail                                                          | sender-domain    | permanent
          Haraka, resolver  | 450 Temp. resolver error (ESERVFAIL)                                                                   | sender-domain    | misleading
          Courier           | 517-Domain does not exist: b.test.\\n517 Invalid domain, see <URL:https://www.ietf.org/rfc/rfc1035.txt> | sender-domain    | permanent
          Courier, later    | 417 DNS lookup failure: b.test.  Try again later.                                                     | sender-domain    | misleading
          qpsmtpd           | 450 FQDN required in the envelope sender (#4.1.8)                                                      | sender-domain    | misleading
          Yahoo             | 451 Message temporarily deferred due to unresolvable RFC.5321 from domain                              | sender-domain    | misleading
          GMX               | 550-Requested action not taken: mailbox unavailable\\n550 invalid DNS MX or A/AAAA resource record      | sender-domain    | permanent
          Google, SPF       | 550-5.7.27 Your email has been blocked because SPF [b.test] did not pass. gsmtp                        | sender-auth      | permanent
          Google, 4xx       | 421 4.7.26 Your email has been rate limited because it is unauthenticated. gsmtp                       | sender-auth      | misleading
          Google, no PTR    | 550-5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record. gsmtp           | client-name      | permanent
          Google, rate      | 421 4.7.28 Gmail has detected an unusual rate of unsolicited mail. gsmtp                               | rate-limit       | transient
          Microsoft         | 550 5.7.515 Access denied, sending domain b.test does not meet the required authentication level       | sender-auth      | permanent
          DMARC             | 554 5.7.1 Your message was rejected due to b.test's DMARC policy                                      | sender-auth      | permanent
          Postfix, PTR      | 450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]                                | client-name      | misleading
          HELO              | 450 4.7.1 <probe>: Helo command rejected: Host not found                                               | client-name      | misleading
          greylisting       | 451 4.7.1 Greylisting in action, please come back later                                                | greylist         | transient
          Postgrey          | 450 4.2.0 <c@d.test>: Recipient address rejected: Greylisted, see http://postgrey.example/             | greylist         | transient
          no such user      | 550 5.1.1 <c@d.test>: Recipient address rejected: User unknown in virtual mailbox table                | recipient        | permanent
          no such user, Exchange | 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup             | recipient        | permanent
          no such user for now | 450 4.1.1 <c@d.test>: Recipient address rejected: User unknown                                      | recipient        | transient
          full              | 452 4.2.2 Mailbox full                                                                                 | mailbox-full     | transient
          spam              | 554 5.7.0 Reject, id=20025-09 - SPAM                                                                   | content          | permanent
          block list        | 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org                  | reputation       | permanent
          too large         | 552 5.3.4 Message size exceeds fixed limit                                                             | size             | permanent
          loop              | 554 5.4.6 Too many hops 26 (25 max)                                                                    | loop             | permanent
          TLS               | 530 5.7.0 Must issue a STARTTLS command first                                                          | tls              | permanent
          login             | 535 5.7.8 Error: authentication failed                                                                 | login            | permanent
          relaying          | 554 5.7.1 <c@d.test>: Relay access denied                                                              | policy           | permanent
          a rule of Postfix | 554 5.7.1 <c@d.test>: Recipient address rejected: Access denied                                        | policy           | permanent
          a rule for now    | 451 4.7.1 <c@d.test>: Recipient address rejected: Service unavailable - try again later                | system           | transient
          unknown, by rule  | 550 5.7.1 <c@d.test>: Recipient address rejected: User unknown in virtual mailbox table                | recipient        | permanent
          undeliverable     | 550 5.1.1 <c@d.test>: Recipient address rejected: undeliverable address                                | recipient        | permanent
          a name in a name  | 550 5.7.1 <virus@d.test>: Recipient address rejected: Access denied                                    | policy           | permanent
          out of service    | 421 4.3.2 Service not available, closing transmission channel                                          | system           | transient
          disk full         | 452 4.3.1 Insufficient system storage                                                                  | system           | transient
          a bare 550        | 550 no                                                                                                 | recipient        | permanent
          nonsense          | 554 blargh                                                                                             | unknown          | permanent
          """)
  void aReplyIsUnderstood(String sentence, String wire, String cause, String persistence) {
    SmtpReply reply = SmtpReply.parse(wire.replace("\\n", "\n")).orElseThrow();

    ReplyVerdict verdict = ReplyClassifier.of(Said.of(reply, ""), new Context(OURS, THEIRS, null));

    assertThat(verdict.cause().word() + ", " + verdict.persistence().word())
        .as(verdict.reason())
        .isEqualTo(cause + ", " + persistence);
    assertThat(verdict.reason()).isNotBlank();
    assertThat(verdict.advice()).endsWith(".");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Postfix: the relay's next hop is gone        | Host or domain name not found. Name service error for name=in.hosted.test type=AAAA: Host not found   | next-hop
          Postfix: the recipient's domain is gone      | Host or domain name not found. Name service error for name=shop.test type=AAAA: Host not found        | recipient-domain
          Postfix: the resolver does not answer        | Host or domain name not found. Name service error for name=in.hosted.test type=AAAA: Host not found, try again | dns
          Exim: the relay's next hop is gone           | lookup of host "in.hosted.test" failed in hops router                                               | next-hop
          Exim: the resolver does not answer           | host lookup did not complete                                                                         | dns
          qmail: the recipient's domain is gone        | Sorry, I couldn't find any host named shop.test. (#5.1.2)                                           | recipient-domain
          Haraka: the recipient's domain is gone       | 550 Nowhere to deliver mail to for domain: shop.test                                                | recipient-domain
          the recipient's domain takes no mail         | Domain shop.test does not accept mail (nullMX)                                                       | recipient-domain
          nobody listens                               | connect to in.hosted.test[192.0.2.1]:25: Connection refused                                          | connection
          the queue gave up                            | retry timeout exceeded                                                                               | expired
          """)
  void aRelaysOwnWordsAreUnderstood(String sentence, String words, String cause) {
    ReplyVerdict verdict =
        ReplyClassifier.of(new Said(null, null, words, ""), new Context(OURS, THEIRS, null));

    assertThat(verdict.cause().word()).as(verdict.reason()).isEqualTo(cause);
  }

  @Test
  void anUnknownUserWhoWasThereAnHourAgoMeansAnIllReceiver() {
    Said said = new Said(550, null, "550 5.1.1 User unknown", "mx.shop.test");

    ReplyVerdict verdict = ReplyClassifier.of(said, new Context(OURS, THEIRS, Duration.ofHours(1)));

    assertThat(verdict.cause()).isEqualTo(Cause.RECIPIENT);
    assertThat(verdict.persistence()).isEqualTo(Persistence.MISLEADING);
    assertThat(verdict.reason()).contains("mx.shop.test").contains("1 h ago");
    assertThat(verdict.advice()).startsWith("Do not suppress");
  }

  @Test
  void anUnknownUserWhoWasThereLastMonthIsGone() {
    Said said = new Said(550, null, "550 5.1.1 User unknown", "mx.shop.test");

    ReplyVerdict verdict = ReplyClassifier.of(said, new Context(OURS, THEIRS, Duration.ofDays(30)));

    assertThat(verdict.persistence()).isEqualTo(Persistence.PERMANENT);
  }

  /// Another server uses the same number for another thing (RFC 7505).
  @Test
  void theSameCodeMeansSomethingElseElsewhere() {
    Said said = Said.of(SmtpReply.parse("550 5.7.27 no").orElseThrow(), "mx.shop.test");

    assertThat(ReplyClassifier.of(said, Context.NONE).cause()).isEqualTo(Cause.SENDER_DOMAIN);
    assertThat(
            ReplyClassifier.of(new Said(550, said.status(), "no", "mx.google.com"), Context.NONE)
                .cause())
        .isEqualTo(Cause.SENDER_AUTH);
  }
}
