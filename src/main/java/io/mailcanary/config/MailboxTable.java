package io.mailcanary.config;

import io.mailcanary.path.Mailbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// `mailboxes.NAME`: a table for each protocol.
abstract class MailboxTable extends Table<Mailbox> {
  private static final Kind<String> FOLDER = Kinds.line("a name of 1 to 255 characters", 255);

  MailboxTable(String protocol) {
    super("the keys of a mailbox with protocol " + protocol);
    key(
        MailboxKind.PROTOCOL,
        Kinds.matching(protocol, Pattern.compile(protocol), "another protocol"),
        protocol,
        "What it speaks: `imap`, `pop3` or `maildir`; `smtp` or `lmtp` for a receiver of our own.");
  }

  final Key.Sure<Duration> poll() {
    return key(
        "poll",
        Kinds.duration(Duration.ofMillis(100), Duration.ofDays(1)),
        Duration.ofSeconds(30),
        "How often it is looked at where nothing pushes; the safety net behind what does.");
  }

  final Key.Sure<Boolean> keep() {
    return key(
        "keep",
        Kinds.bool(),
        false,
        "Whether our own verified canaries stay in it after they are booked. Nothing else is"
            + " ever deleted.");
  }

  final Key.Sure<List<String>> trustedHosts() {
    return key(
        "trusted-hosts",
        Kinds.listOf(
            AddressKinds.hostPattern(), "a list of host names such as [mx.example.com]", 0),
        List.of(),
        "The hosts on the way to it whose Received lines and Authentication-Results are believed"
            + " (RFC 8601 §5); `*.example.com` is every host below.");
  }

  final Key.Sure<Boolean> reply() {
    return key(
        "reply",
        Kinds.bool(),
        false,
        "Whether our responder answers canaries of round trips that arrive here, and nothing else:"
            + " by the path's own relay, to the path's own sender.");
  }

  final Key.Maybe<List<String>> folders(String fallback) {
    return derived(
        "folders",
        Kinds.listOf(FOLDER, "a list of folders such as [INBOX, Junk]", 1),
        fallback,
        "The folders that are watched.");
  }

  /// IMAP4rev1 (RFC 3501) or later.
  static final class Imap extends MailboxTable {
    private final ServerKeys server = new ServerKeys(this, 143, 993);
    private final Key.Sure<Duration> poll = poll();
    private final Key.Sure<Boolean> keep = keep();
    private final Key.Sure<Boolean> reply = reply();
    private final Key.Sure<List<String>> trustedHosts = trustedHosts();
    private final Key.Maybe<List<String>> folders =
        folders("INBOX and the folder flagged \\Junk (RFC 6154 §2)");

    Imap() {
      super("imap");
    }

    @Override
    void check(Row row) {
      server.check(row);
    }

    @Override
    Mailbox build(Row row) {
      return new Mailbox.Imap(
          row.name(),
          server.build(row),
          row.find(folders).orElse(List.of()),
          row.get(poll),
          row.get(keep),
          row.get(reply),
          row.get(trustedHosts));
    }
  }

  /// POP3 (RFC 1939).
  static final class Pop3 extends MailboxTable {
    private final ServerKeys server = new ServerKeys(this, 110, 995);
    private final Key.Sure<Duration> poll = poll();
    private final Key.Sure<Boolean> keep = keep();
    private final Key.Sure<Boolean> reply = reply();
    private final Key.Sure<List<String>> trustedHosts = trustedHosts();

    Pop3() {
      super("pop3");
    }

    @Override
    void check(Row row) {
      server.check(row);
    }

    @Override
    Mailbox build(Row row) {
      return new Mailbox.Pop3(
          row.name(),
          server.build(row),
          row.get(poll),
          row.get(keep),
          row.get(reply),
          row.get(trustedHosts));
    }
  }

  /// A Maildir on this host.
  static final class Maildir extends MailboxTable {
    private final Key.Sure<Path> directory =
        required(
            "directory",
            FileKinds.path("the path of a Maildir"),
            "The Maildir, with cur, new and tmp in it.");
    private final Key.Sure<Duration> poll = poll();
    private final Key.Sure<Boolean> keep = keep();
    private final Key.Sure<Boolean> reply = reply();
    private final Key.Sure<List<String>> trustedHosts = trustedHosts();
    private final Key.Maybe<List<String>> folders = folders("INBOX, and Junk where it is there");

    Maildir() {
      super("maildir");
    }

    @Override
    Mailbox build(Row row) {
      return new Mailbox.Maildir(
          row.name(),
          row.get(directory),
          row.find(folders).orElse(List.of()),
          row.get(poll),
          row.get(keep),
          row.get(reply),
          row.get(trustedHosts));
    }
  }
}
