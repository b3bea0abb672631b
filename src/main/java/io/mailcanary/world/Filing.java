package io.mailcanary.world;

import java.nio.charset.StandardCharsets;

/// How a server puts mail into a mailbox.
@FunctionalInterface
interface Filing {
  void file(Mail mail, Mailboxes mailboxes) throws SmtpRefusal;

  /// As it should be.
  Filing INBOX = (mail, mailboxes) -> mailboxes.deliver(mail, Mailboxes.INBOX);

  /// Taken for unwanted.
  Filing JUNK = (mail, mailboxes) -> mailboxes.deliver(mail, Mailboxes.JUNK);

  /// Put nowhere, and nobody is told.
  Filing NOWHERE = (_, _) -> {};

  Filing TWICE =
      (mail, mailboxes) -> {
        mailboxes.deliver(mail, Mailboxes.INBOX);
        mailboxes.deliver(mail, Mailboxes.INBOX);
      };

  /// With a line under the text, as of somebody who sells virus scanners.
  Filing ALTERED =
      (mail, mailboxes) ->
          mailboxes.deliver(
              new Mail(mail.sender(), mail.recipient(), withFooter(mail.content())),
              Mailboxes.INBOX);

  static byte[] withFooter(byte[] content) {
    String whole = new String(content, StandardCharsets.ISO_8859_1);
    return (whole + "-- \r\nChecked by the gateway of this house.\r\n")
        .getBytes(StandardCharsets.ISO_8859_1);
  }
}
