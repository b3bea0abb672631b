package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.junit.jupiter.api.Test;

@NeedsServer(Server.DOVECOT)
class DovecotTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final String LETTER =
      "From: canary@probe.test\r\nSubject: filed\r\nMessage-ID: <1@probe.test>\r\n\r\nText\r\n";

  @Test
  void aMessageFiledIntoJunkIsSeenThere() throws MessagingException {
    try (Dovecot dovecot = Dovecot.builder().user("eve").start()) {
      dovecot.file("eve", "Junk", LETTER);

      Session session = MailClient.session("imap", dovecot.imapPort());
      try (Store store = MailClient.store(session, "imap", "eve@canary.test");
          Folder junk = store.getFolder("Junk")) {
        assertThat(((IMAPFolder) junk).getAttributes()).contains("\\Junk");
        junk.open(Folder.READ_ONLY);
        assertThat(junk.getMessage(1).getSubject()).isEqualTo("filed");
        assertThat(store.getFolder("INBOX").getMessageCount()).isZero();
      }
      assertThat(dovecot.messages("eve", "Junk")).hasSize(1);
    }
  }

  @Test
  void tlsIsVerifiedWithItsAuthority() {
    try (Dovecot dovecot = Dovecot.builder().user("eve").start()) {
      Session imap = MailClient.session("imaps", dovecot.imapsPort());
      Session pop3 = MailClient.session("pop3s", dovecot.pop3sPort());
      MailClient.trusting(imap, "imaps", dovecot.caFile());
      MailClient.trusting(pop3, "pop3s", dovecot.caFile());

      assertThat(MailClient.store(imap, "imaps", "eve").isConnected()).isTrue();
      assertThat(MailClient.store(pop3, "pop3s", "eve").isConnected()).isTrue();
      Session stranger = MailClient.session("imaps", dovecot.imapsPort());
      assertThatThrownBy(() -> MailClient.store(stranger, "imaps", "eve"))
          .hasMessageContaining("certification path");
    }
  }

  @Test
  void mailOutlivesAnEndAndAKill() throws IOException {
    try (Dovecot dovecot = Dovecot.builder().user("eve").start()) {
      dovecot.file("eve", "INBOX", LETTER);
      dovecot.stop();
      assertThatThrownBy(() -> logIn(dovecot, "eve")).isInstanceOf(IOException.class);
      dovecot.start();
      assertThat(logIn(dovecot, "eve")).isTrue();
      dovecot.kill();
      dovecot.start();
      assertThat(logIn(dovecot, "eve")).isTrue();
      assertThat(dovecot.messages("eve", "INBOX")).hasSize(1);
    }
  }

  @Test
  void frozenItTakesConnectionsAndSaysNothing() throws IOException {
    try (Dovecot dovecot = Dovecot.builder().user("eve").start()) {
      assertThat(logIn(dovecot, "eve")).isTrue();
      dovecot.freeze();
      try (Socket socket = connect(dovecot)) {
        socket.setSoTimeout(200);
        assertThatThrownBy(() -> socket.getInputStream().read())
            .isInstanceOf(SocketTimeoutException.class);
      }
      dovecot.thaw();
      assertThat(logIn(dovecot, "eve")).isTrue();
    }
  }

  @Test
  void aChangedPasswordShutsTheOldOneOut() throws IOException {
    try (Dovecot dovecot = Dovecot.builder().user("eve").start()) {
      dovecot.password("eve", "another-password");
      await().atMost(LIMIT).until(() -> !logIn(dovecot, "eve"));
      dovecot.password("eve", Dovecot.PASSWORD);
      dovecot.password("newcomer", Dovecot.PASSWORD);
      await().atMost(LIMIT).until(() -> logIn(dovecot, "newcomer"));
      assertThat(logIn(dovecot, "eve")).isTrue();
    }
  }

  @Test
  void aThousandUsersLogInQuickly() throws Exception {
    try (Dovecot dovecot = Dovecot.builder().users(1_000).start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Instant before = Instant.now();
      Semaphore atATime = new Semaphore(16);
      List<Future<Boolean>> logins = new ArrayList<>();
      for (int number = 1; number <= 1_000; number++) {
        String user = "user" + number;
        logins.add(threads.submit(() -> within(atATime, dovecot, user)));
      }
      assertThat(successes(logins)).isEqualTo(1_000);
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(60));
    }
  }

  private static boolean within(Semaphore atATime, Dovecot dovecot, String user)
      throws IOException, InterruptedException {
    atATime.acquire();
    try {
      return logIn(dovecot, user);
    } finally {
      atATime.release();
    }
  }

  private static int successes(List<Future<Boolean>> logins)
      throws ExecutionException, InterruptedException {
    int successes = 0;
    for (Future<Boolean> login : logins) {
      successes += login.get() ? 1 : 0;
    }
    return successes;
  }

  private static Socket connect(Dovecot dovecot) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), dovecot.imapPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static boolean logIn(Dovecot dovecot, String user) throws IOException {
    try (Socket socket = connect(dovecot);
        BufferedReader replies =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      String commands =
          "a LOGIN %s %s\r\nb SELECT INBOX\r\nc LOGOUT\r\n".formatted(user, Dovecot.PASSWORD);
      socket.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
      List<String> lines = replies.lines().toList();
      return lines.stream().anyMatch(line -> line.startsWith("b OK"));
    }
  }
}
