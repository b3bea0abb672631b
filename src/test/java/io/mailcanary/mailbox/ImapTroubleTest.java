package io.mailcanary.mailbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.TcpProxy;
import io.mailcanary.mailbox.Fixtures.Protocol;
import io.mailcanary.mailbox.Sightings.Told;
import io.mailcanary.path.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImapTroubleTest {
  private static MailboxReader reader(Mailbox mailbox, Sightings sightings) {
    MailboxReader reader =
        MailboxReaders.open(
            mailbox,
            sightings,
            Fixtures.loopback(),
            InstantSource.system(),
            Instant.EPOCH,
            MailboxContract.HASTY);
    reader.start();
    return reader;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a greeting that is a goodbye           | greeting   | `* BYE come back tomorrow~`                       | come back tomorrow
          another protocol                       | greeting   | `220 smtp.test ESMTP~`                            | greeting
          a refused login                        | LOGIN      | `{tag} NO [AUTHENTICATIONFAILED] not canary~`     | refuses the login of canary by LOGIN
          a login that repeats the password      | LOGIN      | `{tag} NO top-secret-word is wrong~`              | *** is wrong
          a folder that is not there             | SELECT     | `{tag} NO [NONEXISTENT] no such folder~`          | no such folder
          a literal of two gigabytes             | SELECT     | `* OK {2147483647}~`                              | a literal of more than
          a literal with more digits than a long | SELECT     | `* OK {99999999999999999999999}~`                 | a literal of more than
          an endless line                        | NOOP       | `ENDLESS * OK and so on`                          | OK and so on
          a server that says nothing             | SELECT     | ``                                                | SELECT: silent for 2 s
          a server that says nothing any more    | NOOP       | ``                                                | NOOP: silent for 1 s
          a goodbye in between                   | NOOP       | `* BYE shutting down~{tag} OK~`                   | shutting down
          an answer without sense                | SELECT     | `* 99999999999999 EXISTS~* ( FETCH~{tag} WHAT~`   | SELECT
          """)
  void troubleIsToldInWords(String sentence, String where, String answer, String words) {
    try (ScriptedImap server = new ScriptedImap()) {
      String wire = answer == null ? ScriptedImap.SILENCE : answer.replace("~", "\r\n");
      if (where.equals("greeting")) {
        server.greeting(wire);
      } else {
        server.on(where, wire);
      }
      Sightings sightings = new Sightings();
      try (MailboxReader _ = reader(server.mailbox(), sightings)) {
        Told blind = sightings.awaitBlind();

        assertThat(blind.reason())
            .contains("IMAP at localhost port", words)
            .doesNotContain("top-secret-word", "\n");
      }
    }
  }

  @Test
  void aFolderThatShowsNothingNewIsFoundOut() {
    try (ScriptedImap server = new ScriptedImap()) {
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(server.mailbox(), sightings)) {
        sightings.awaitSeeing();
        reader.prove();

        assertThat(sightings.awaitBlind().reason())
            .contains("does not show what was appended to it 3 s before");
        sightings.await(true, 2);
      }
    }
  }

  @Test
  void aMailboxThatTakesNothingIsProvenByItsLogin() {
    try (ScriptedImap server = new ScriptedImap()) {
      server.on("APPEND", "{tag} NO [OVERQUOTA] full\r\n");
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(server.mailbox(), sightings)) {
        sightings.awaitSeeing();
        reader.prove();

        sightings.await(true, 2);
        assertThat(sightings.told).allMatch(Told::sees);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"its time is over, PT0.1S, false", "work waits, PT5M, true"})
  void aServerThatDoesNotAnswerTheEndOfAnIdleShows(
      String why, Duration longest, boolean interrupted) throws Exception {
    try (ScriptedImap server = new ScriptedImap()) {
      server
          .on("CAPABILITY", "* CAPABILITY IMAP4rev1 IDLE\r\n{tag} OK done\r\n")
          .on("IDLE", "+ idling\r\n");
      try (ImapSession session =
          ImapSession.open(
              Fixtures.loopback(),
              ((Mailbox.Imap) server.mailbox()).server(),
              new LongAdder(),
              Duration.ofSeconds(1))) {
        CompletableFuture<Blindness> blind = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> blind.complete(endOf(session, longest)));
        Sightings.patiently()
            .until(() -> {
              if (interrupted) {
                session.interrupt();
              }
              return blind.isDone();
            });
        assertThat(blind.get()).hasMessageContaining("silent for 1 s");
      }
    }
  }

  private static Blindness endOf(ImapSession session, Duration longest) {
    try {
      throw new AssertionError(session.idle(longest, () -> false, InstantSource.system()));
    } catch (Blindness e) {
      return e;
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          only ours are marked    | * SEARCH 5   | true
          somebody else's as well | * SEARCH 4 5 | false
          """)
  void withoutUidplusNobodyElsesMessagesAreExpunged(
      String sentence, String marked, boolean expunged) {
    try (ScriptedImap server = new ScriptedImap()) {
      server.on("UID SEARCH DELETED", marked + "\r\n{tag} OK done\r\n");
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(server.mailbox(), sightings)) {
        sightings.awaitSeeing();
        reader.delete(List.of(new MessageKey("INBOX", "7.5"), new MessageKey("INBOX", "6.9")));

        Sightings.patiently().until(() -> server.heard.contains("UID SEARCH DELETED"));
        int searched = server.heard.indexOf("UID SEARCH DELETED");
        Sightings.patiently().until(() -> server.heard.size() > searched + 1);
        assertThat(server.heard).contains("UID STORE 5 +FLAGS.SILENT (\\Deleted)");
        assertThat(server.heard.get(searched + 1).equals("EXPUNGE")).isEqualTo(expunged);
        assertThat(server.heard).noneMatch(line -> line.contains("9 "));
      }
    }
  }

  @Test
  void aNewUidvalidityMeansThatAllIsReadAgain() {
    try (ScriptedImap server = new ScriptedImap()) {
      server.on("SELECT", selected(7));
      server.on("FETCH", fetched(Letters.tag(1)));
      server.on("UID FETCH", fetched(Letters.tag(1)));
      Sightings sightings = new Sightings();
      try (MailboxReader _ = reader(server.mailbox(), sightings)) {
        assertThat(sightings.awaitFound(Letters.tag(1)).uid()).isEqualTo("7.1");
        sightings.awaitSeeing();

        server.on("SELECT", selected(8));
        server.on("NOOP", "* BYE\r\n");
        sightings.awaitBlind();
        server.on("NOOP", "{tag} OK\r\n");
        sightings.await(true, 2);
        assertThat(sightings.found).extracting(FoundMessage::uid).containsExactly("7.1", "8.1");
      }
    }
  }

  @Test
  void aMessageThatIsAnnouncedBeforeItIsShownIsFound() {
    try (ScriptedImap server = new ScriptedImap()) {
      server.on("UID FETCH", "{tag} OK done\r\n");
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(server.mailbox(), sightings)) {
        sightings.awaitSeeing();
        server.on("NOOP", "* 1 EXISTS\r\n{tag} OK done\r\n");
        reader.look();
        Sightings.patiently()
            .until(() -> server.heard.stream().anyMatch(l -> l.startsWith("UID FETCH")));
        server.on("UID FETCH", fetched(Letters.tag(1)));
        assertThat(sightings.awaitFound(Letters.tag(1)).uid()).isEqualTo("7.1");
      }
    }
  }

  private static String selected(int validity) {
    return "* 1 EXISTS\r\n* OK [UIDVALIDITY %d]\r\n* OK [UIDNEXT 2]\r\n{tag} OK done\r\n"
        .formatted(validity);
  }

  private static String fetched(String tag) {
    String header = "X-Mailcanary: " + tag + "\r\n\r\n";
    return ("* 1 FETCH (UID 1 INTERNALDATE \"21-Nov-2026 10:00:00 +0000\" RFC822.SIZE 99"
            + " BODY[]<0> {%d}\r\n%s)\r\n{tag} OK done\r\n")
        .formatted(header.length(), header);
  }

  @Test
  void aHalfOpenConnectionIsNoticedAndLeft() {
    try (Fixtures.OnGreenMail fixture = new Fixtures.OnGreenMail(Protocol.IMAP)) {
      TcpProxy proxy = fixture.proxy();
      Sightings sightings = new Sightings();
      try (MailboxReader reader = reader(fixture.mailbox(false), sightings)) {
        sightings.awaitSeeing();
        proxy.freeze();
        Instant frozen = Instant.now();
        reader.look();

        Told blind = sightings.awaitBlind();
        assertThat(Duration.between(frozen, blind.at())).isLessThan(Duration.ofSeconds(4));
        assertThat(blind.reason()).contains("silent for 1 s");
        assertThat(blind.since()).isBeforeOrEqualTo(frozen.plusMillis(20));

        fixture.deliver("INBOX", Letters.canary(1));
        proxy.thaw();
        sightings.await(true, 2);
        sightings.only(Letters.tag(1));
      }
    }
  }
}
