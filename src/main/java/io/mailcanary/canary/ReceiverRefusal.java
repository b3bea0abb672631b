package io.mailcanary.canary;

import io.mailcanary.mail.SmtpReply;

/// An answer of our own receiver to somebody who tried to hand a canary over.
///
/// @param stage where in the dialogue, such as `rcpt`
/// @param client the address of who tried
/// @param helo the name it gave
/// @param tiedBy the mark by which the attempt was tied to its canary, such as `return-path`
/// @param certain whether that mark is signed; otherwise it was the only canary that it could be
public record ReceiverRefusal(
    String mailbox,
    String stage,
    SmtpReply answer,
    String client,
    String helo,
    String tiedBy,
    boolean certain,
    Meaning meaning) {}
