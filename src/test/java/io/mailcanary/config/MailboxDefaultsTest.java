package io.mailcanary.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.path.Login;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Secret;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.runtime.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Mailboxes on servers: what holds where nothing is said, and that each key says something.
class MailboxDefaultsTest extends WrittenProbes {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          protocol: imap                      | 993 | IMPLICIT
          protocol: imap, tls: starttls       | 143 | STARTTLS
          protocol: imap, tls: none           | 143 | NONE
          protocol: imap, port: 143           | 143 | STARTTLS
          protocol: imap, port: 10993         | 10993 | IMPLICIT
          protocol: pop3                      | 995 | IMPLICIT
          protocol: pop3, tls: opportunistic  | 110 | OPPORTUNISTIC
          protocol: pop3, port: 110           | 110 | STARTTLS
          """)
  void portAndTlsOfMailbox(String keys, int port, TlsMode mode) {
    Plan plan =
        inWorld("mailboxes: { m: { host: h, username: u, password: p, %s } }".formatted(keys));
    Mailbox.Server server =
        switch (requireNonNull(plan.mailboxes().get("m"))) {
          case Mailbox.Imap imap -> imap.server();
          case Mailbox.Pop3 pop3 -> pop3.server();
          case Mailbox.Maildir _, Mailbox.Receiver _ -> throw new AssertionError();
        };
    assertThat(server.port()).isEqualTo(port);
    assertThat(server.tls().mode()).isEqualTo(mode);
  }

  private static Mailbox.Server usualServer(int port) {
    return new Mailbox.Server(
        "mail.hosted.example",
        port,
        new Tls(TlsMode.IMPLICIT, true, Optional.empty()),
        new Login("canary", new Secret("swordfish"), Optional.empty()),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Optional.empty());
  }

  @Test
  void mailboxesWithDefaults() {
    Plan plan =
        inWorld(
            """
            mailboxes:
              usual: { host: mail.hosted.example, username: canary, password: swordfish }
              pop: { protocol: pop3, host: mail.hosted.example, username: canary, password: swordfish }
              dir: { protocol: maildir, directory: returns }
            """);
    Duration poll = Duration.ofSeconds(30);
    assertThat(plan.mailboxes())
        .containsEntry("usual", new Mailbox.Imap("usual", usualServer(993), List.of(), poll, false))
        .containsEntry("pop", new Mailbox.Pop3("pop", usualServer(995), poll, false))
        .containsEntry(
            "dir", new Mailbox.Maildir("dir", folder.resolve("returns"), List.of(), poll, false));
  }

  @Test
  void mailboxesWithEveryKey() {
    probes.with("ca.pem", Probes.certificate()).with("token", "eyJh\r\n");
    String keys =
        """
            host: "2001:db8::7"
            port: 1993
            tls: starttls
            verify: false
            ca-file: ca.pem
            username: canary
            token-file: token
            mechanism: XOAUTH2
            bind-address: "2001:db8::8"
            connect-timeout: 3s
            reply-timeout: 90s
            poll: 5s
            keep: true
            reply: false
        """;
    Plan plan =
        inWorld(
            """
            mailboxes:
              imap:
                protocol: imap
                folders: [INBOX, Spam]
            %s
              pop:
                protocol: pop3
            %s
              dir: { protocol: maildir, directory: /d, folders: [A], poll: 5s, keep: true, reply: false }
            """
                .formatted(keys, keys));
    Mailbox.Server server =
        new Mailbox.Server(
            "2001:db8:0:0:0:0:0:7",
            1993,
            new Tls(TlsMode.STARTTLS, false, Optional.of(folder.resolve("ca.pem"))),
            new Login("canary", new Secret("eyJh"), Optional.of(Login.Mechanism.XOAUTH2)),
            Duration.ofSeconds(3),
            Duration.ofSeconds(90),
            Optional.of("2001:db8:0:0:0:0:0:8"));
    Duration poll = Duration.ofSeconds(5);
    assertThat(plan.mailboxes())
        .containsEntry(
            "imap", new Mailbox.Imap("imap", server, List.of("INBOX", "Spam"), poll, true))
        .containsEntry("pop", new Mailbox.Pop3("pop", server, poll, true))
        .containsEntry("dir", new Mailbox.Maildir("dir", Path.of("/d"), List.of("A"), poll, true));
  }
}
