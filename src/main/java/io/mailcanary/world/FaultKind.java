package io.mailcanary.world;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What can be made to go wrong in this world, and what to tell people about it.
enum FaultKind {
  MX_MISSING(
      "The MX of campus.example is gone",
      """
      The MX record is taken out of the zone. The bare name still has its address, so a simple \
      look finds it, and by the standard mail goes on. But receivers who insist on an MX (the \
      provider and the publisher) refuse the campus as a sender for now with 450 4.1.8, while the \
      partner takes its mail. It does not heal by itself; what waited arrives late after the \
      repair.\
      """,
      FaultValue.NONE),
  MX_CNAME_CONFLICT(
      "An alias took the place of campus.example's MX",
      """
      campus.example became an alias (CNAME) of www.campus.example, as when a registrar's tool \
      exports a zone anew. An address look-up still answers; an MX look-up follows the alias and \
      finds none. The same receivers refuse as without the MX.\
      """,
      FaultValue.NONE),
  NAME_GONE(
      "publisher.example is no longer delegated",
      """
      The registry took the domain out of its zone, as when a registration lapses: no such name. \
      Mail to the publisher goes back at once as undeliverable.\
      """,
      FaultValue.NONE),
  DNS_SERVFAIL(
      "The name servers of publisher.example fail",
      """
      Each question about the domain is answered with SERVFAIL. That is no proof that the name is \
      gone, so the campus relay keeps the mail, tells the sender that it is late, and delivers \
      after the repair.\
      """,
      FaultValue.NONE),
  NEXTHOP_GONE(
      "The border's next hop is gone, and it bounces",
      """
      Mail for ugrad.example comes in at mx.campus.example, which hands it on to \
      in.hosted.example. That name no longer exists, and the border takes that for final: what it \
      has accepted goes back to the senders with 5.4.4. MX records and both hosts look healthy.\
      """,
      FaultValue.NONE),
  NEXTHOP_HOLD(
      "The border's next hop is gone, and it holds mail",
      """
      The same name is gone, but the border is set to wait: mail stays in its queue, senders get \
      a delay warning, and all of it arrives after the repair.\
      """,
      FaultValue.NONE),
  RECEIVER_4XX(
      "The partner refuses for now",
      """
      mx.outside.example answers each recipient with a temporary refusal. Mail waits in the \
      campus relay's queue and its sender is warned.\
      """,
      FaultValue.forNow("451 4.3.2 System not accepting network messages")),
  RECEIVER_5XX(
      "The partner refuses for good",
      """
      mx.outside.example answers each recipient with a permanent refusal. The campus relay \
      returns the mail at once.\
      """,
      FaultValue.forGood("550 5.7.1 Message refused by local policy")),
  GREYLIST(
      "The partner greylists",
      """
      mx.outside.example refuses each message at first and takes it when it comes again after a \
      while. Everything arrives, only late.\
      """,
      FaultValue.time("10s")),
  SLOW(
      "The provider is slow",
      """
      mx.hosted.example takes each message and leaves it in its queue for a while before it files \
      it. Nothing is refused; the time shows between its trace line and the mailbox.\
      """,
      FaultValue.time("15s")),
  SWALLOW(
      "The publisher loses mail",
      """
      mx.publisher.example accepts each message with 250 and then drops it. No bounce, no queue: \
      only the missing arrival shows it.\
      """,
      FaultValue.NONE),
  DUPLICATE(
      "The provider files everything twice",
      """
      mx.hosted.example puts two copies of each message into the mailbox, as servers do that \
      fail between delivery and answer.\
      """,
      FaultValue.NONE),
  JUNK(
      "The provider takes canaries for junk",
      """
      mx.hosted.example files mail into the folder Junk. Every server on the way says that it was \
      delivered, and nobody reads it.\
      """,
      FaultValue.NONE),
  ALTERED(
      "The publisher changes what it delivers",
      """
      mx.publisher.example adds a line under each message. It arrives in time, but it is not what \
      was sent, and signatures over it break.\
      """,
      FaultValue.NONE),
  MAILBOX_DOWN(
      "The partner's mailbox server is down",
      """
      pop.outside.example ends every connection. Mail still arrives there, only we cannot see it: \
      the path becomes blind, and nobody is blamed for lost mail.\
      """,
      FaultValue.NONE),
  MAILBOX_FROZEN(
      "The provider's mailbox server stands still",
      """
      imap.hosted.example keeps all connections open and answers nothing. The paths that arrive \
      there become blind once that is noticed; mail is not called lost.\
      """,
      FaultValue.NONE),
  CERTIFICATE_EXPIRED(
      "The submission server's certificate has expired",
      """
      smtp.campus.example shows a certificate that ended yesterday. Whoever verifies it hands \
      nothing over; the paths by way of it wait.\
      """,
      FaultValue.NONE),
  CLOCK_SKEW(
      "The border's clock is wrong",
      """
      mx.campus.example writes trace lines with a clock that runs ahead. Mail flows as before, so \
      nothing may turn bad and no delay may be made up; the skew itself is told.\
      """,
      FaultValue.skew("5m"));

  private final String title;
  private final String explanation;
  private final FaultValue takes;

  FaultKind(String title, String explanation, FaultValue takes) {
    this.title = title;
    this.explanation = explanation;
    this.takes = takes;
  }

  /// As the interface has it: `mx-missing`.
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String title() {
    return title;
  }

  String explanation() {
    return takes.hint().isEmpty() ? explanation : explanation + " " + takes.hint();
  }

  FaultValue takes() {
    return takes;
  }

  static Optional<FaultKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }
}
