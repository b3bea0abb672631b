package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.HttpRecorder;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Access tokens that run out, before Postfix and Dovecot, which ask their provider about each.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
@Timeout(180)
class TokenIT {
  private static final List<String> USERS = List.of("sender", "user1", "user2");

  /// One that is in use is kept for so long at most; nobody asks for a token before the next.
  private static final Duration A_CONNECTION_LIVES = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final AtomicReference<String> valid = new AtomicReference<>("first");

  @Test
  void aTokenLogsInEverywhereAndItsSuccessorIsTakenFromItsFile() throws Exception {
    CertificateAuthority authority = CertificateAuthority.in(directory);
    try (HttpRecorder provider = HttpRecorder.start().usually(this::judged);
        Dovecot dovecot = asking(provider);
        Postfix postfix =
            Postfix.builder()
                .deliver("store.test", dovecot.lmtpPort())
                .submission(authority.forLocalhost(), dovecot.saslSocket())
                .start()) {
      tokens("first");
      try (RunningMailcanary service = service(dovecot, postfix, authority)) {
        service.awaitHealth("by-imap", "ok");
        service.awaitHealth("by-pop3", "ok");

        valid.set("second");
        service.awaitThat(
            "the relay refuses the old token",
            A_CONNECTION_LIVES.multipliedBy(2),
            () ->
                service.get("/paths/by-imap/canaries").findValuesAsText("cause").contains("login"));

        tokens("second");
        service.awaitHealth("by-imap", "ok");
        service.awaitHealth("by-pop3", "ok");
        assertThat(service.log()).doesNotContain("token-of");
      }
    }
  }

  private HttpRecorder.Answer judged(HttpRecorder.Request request) {
    return USERS.stream()
        .filter(user -> request.path().endsWith("=token-of-" + user + "-" + valid.get()))
        .findFirst()
        .map(user -> HttpRecorder.Answer.of(200, "{\"username\": \"%s\"}".formatted(user)))
        .orElse(HttpRecorder.Answer.of(401, "{\"error\": \"invalid_token\"}"));
  }

  private Dovecot asking(HttpRecorder provider) throws IOException {
    Path oauth2 =
        Files.writeString(
            directory.resolve("oauth2.conf"),
            """
            tokeninfo_url = %s
            username_attribute = username
            """
                .formatted(provider.uri("/tokeninfo?access_token=")));
    // Dovecot's own user reads it.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Dovecot.builder()
        .user("sender")
        .users(2)
        .line("auth_mechanisms = plain login xoauth2")
        .line(
            "passdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = %s\n}".formatted(oauth2))
        .start();
  }

  private void tokens(String generation) throws IOException {
    for (String user : USERS) {
      Files.writeString(directory.resolve(user), "token-of-" + user + "-" + generation + "\n");
    }
  }

  private RunningMailcanary service(
      Dovecot dovecot, Postfix postfix, CertificateAuthority authority) throws IOException {
    return new RunningMailcanary(Files.createDirectory(directory.resolve("service")))
        .probes(
            "probes.yaml",
            """
            relays:
              out: { host: 127.0.0.1, port: %d, tls: starttls, ca-file: %s, username: sender, token-file: %s }
            mailboxes:
              one: { host: 127.0.0.1, port: %d, tls: none, username: user1, token-file: %s }
              two: { protocol: pop3, host: 127.0.0.1, port: %d, tls: none, username: user2, token-file: %s, poll: 1s }
            paths:
              by-imap: { every: 1s, via: out, from: canary@campus.test, to: user1@store.test, arrives-in: one }
              by-pop3: { every: 1s, via: out, from: canary@campus.test, to: user2@store.test, arrives-in: two }
            """
                .formatted(
                    postfix.submissionPort(),
                    authority.caFile(),
                    directory.resolve("sender"),
                    dovecot.imapPort(),
                    directory.resolve("user1"),
                    dovecot.pop3Port(),
                    directory.resolve("user2")))
        .start();
  }
}
