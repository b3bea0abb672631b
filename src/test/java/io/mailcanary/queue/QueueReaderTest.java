package io.mailcanary.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.path.Queue;
import io.mailcanary.queue.QueuedMessage.State;
import io.mailcanary.queue.QueuedMessage.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Lists of queues as relays print them, and what is no list.
class QueueReaderTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String POSTFIX =
      """
      {"queue_name": "deferred", "queue_id": "4Xq2Fz3bLQz1", "arrival_time": 1795255200, "message_size": 421, "forced_expire": false, "sender": "canary@probe.test", "recipients": [{"address": "c@gone.test", "delay_reason": "host mx.gone.test[192.0.2.7] said: 450 4.1.8 <canary@probe.test>: Sender address rejected: Domain not found (in reply to MAIL FROM command)"}]}
      {"queue_name": "active", "queue_id": "4Xq2Fz3bLQz2", "arrival_time": 1795255201, "message_size": 5, "sender": "a@b.test", "recipients": [{"address": "c@d.test"}], "later": {"unknown": [1]}}
      {"queue_name": "hold", "queue_id": "4Xq2Fz3bLQz3", "arrival_time": 1795255202, "message_size": 6, "sender": "MAILER-DAEMON", "recipients": [{"address": "x@y.test"}, {"address": "z@y.test"}]}
      {"queue_name": "corrupt", "queue_id": "4Xq2Fz3bLQz4", "arrival_time": 1795255203, "sender": "", "recipients": []}
      """;
  private static final String EXIM =
      """
      25m  2.9K 0t5C6f-0000c8-00 <alice@wonderland.test>
                red.king@looking-glass.test
              D white.rabbit@looking-glass.test

       4h   476 1xUxSK-0007JG-2P <> *** frozen ***
                c@gone.test

       0m  1.2M 1xUxSK-0007JG-2N <canary@probe.test> (root)
                c@strict.test
                d@strict.test

       3d  12K 1rNsQv-000000000Lb-2Kxx <new-style@id.test>
                c@gone.test

      """;

  @TempDir Path folder;
  private final QueueReader reader =
      new QueueReader(InstantSource.fixed(NOW), Duration.ofSeconds(2), 1 << 20);

  @AfterEach
  void close() {
    reader.close();
  }

  private static Queue queue(Queue.Type type, Queue.Source source) {
    return new Queue("campus", "out", type, source, Duration.ofSeconds(60));
  }

  private QueueListing file(Queue.Type type, String text) throws Exception {
    Path file = Files.writeString(folder.resolve("queue"), text);
    Files.setLastModifiedTime(file, FileTime.from(NOW.minusSeconds(30)));
    return reader.read(queue(type, new Queue.Source.File(file)));
  }

  private QueueListing command(String... words) throws QueueException {
    return reader.read(queue(Queue.Type.POSTFIX, new Queue.Source.Command(List.of(words))));
  }

  @Test
  void postfix() throws Exception {
    QueueListing listing = file(Queue.Type.POSTFIX, POSTFIX);
    assertThat(listing.at()).isEqualTo(NOW);
    assertThat(listing.count()).isEqualTo(4);
    assertThat(listing.bounces()).isEqualTo(2);
    assertThat(listing.oldest()).hasValue(Instant.ofEpochSecond(1_795_255_200));
    assertThat(listing.unread()).isZero();
    assertThat(listing.whole()).isTrue();
    assertThat(listing.messages().getFirst())
        .isEqualTo(
            new QueuedMessage(
                "4Xq2Fz3bLQz1",
                State.DEFERRED,
                "canary@probe.test",
                Instant.ofEpochSecond(1_795_255_200),
                421,
                List.of(
                    new Waiting(
                        "c@gone.test",
                        "host mx.gone.test[192.0.2.7] said: 450 4.1.8 <canary@probe.test>: Sender"
                            + " address rejected: Domain not found (in reply to MAIL FROM command)"))));
    assertThat(listing.messages())
        .extracting(QueuedMessage::state)
        .containsExactly(State.DEFERRED, State.ACTIVE, State.HOLD, State.OTHER);
    assertThat(listing.messages().get(2).recipients()).hasSize(2);
  }

  @Test
  void exim() throws Exception {
    QueueListing listing = file(Queue.Type.EXIM, EXIM);
    assertThat(listing.count()).isEqualTo(4);
    assertThat(listing.bounces()).isEqualTo(1);
    assertThat(listing.oldest()).hasValue(NOW.minus(Duration.ofDays(3)));
    assertThat(listing.unread()).isZero();
    assertThat(listing.messages())
        .containsExactly(
            new QueuedMessage(
                "0t5C6f-0000c8-00",
                State.DEFERRED,
                "alice@wonderland.test",
                NOW.minus(Duration.ofMinutes(25)),
                2969,
                List.of(new Waiting("red.king@looking-glass.test", ""))),
            new QueuedMessage(
                "1xUxSK-0007JG-2P",
                State.FROZEN,
                "",
                NOW.minus(Duration.ofHours(4)),
                476,
                List.of(new Waiting("c@gone.test", ""))),
            new QueuedMessage(
                "1xUxSK-0007JG-2N",
                State.ACTIVE,
                "canary@probe.test",
                NOW,
                1_258_291,
                List.of(new Waiting("c@strict.test", ""), new Waiting("d@strict.test", ""))),
            new QueuedMessage(
                "1rNsQv-000000000Lb-2Kxx",
                State.DEFERRED,
                "new-style@id.test",
                NOW.minus(Duration.ofDays(3)),
                12_288,
                List.of(new Waiting("c@gone.test", ""))));
  }

  @Test
  void anEmptyListIsAnEmptyQueue() throws Exception {
    assertThat(file(Queue.Type.POSTFIX, "").count()).isZero();
    assertThat(file(Queue.Type.EXIM, "\n").oldest()).isEmpty();
    assertThat(command("true").count()).isZero();
  }

  @Test
  void eximsIdTellsTheSecondInWhichAMessageCame() throws Exception {
    Instant came = Instant.parse("2026-11-22T09:07:59Z");
    for (String age : List.of("0m", "2m")) {
      Instant now = came.plusSeconds(age.equals("0m") ? 30 : 130);
      Path list =
          Files.writeString(
              folder.resolve("list"),
              " %s  2.9K 1xV3YF-0003e8-39 <a@b.c>\n          d@e.f\n".formatted(age));
      try (QueueReader at =
          new QueueReader(InstantSource.fixed(now), Duration.ofSeconds(2), 1 << 20)) {
        Files.setLastModifiedTime(list, FileTime.from(now));
        assertThat(at.read(queue(Queue.Type.EXIM, new Queue.Source.File(list))).messages())
            .extracting(QueuedMessage::arrivedAt)
            .containsExactly(came);
      }
    }
  }

  @Test
  void whatIsNotUnderstoodIsCounted() throws Exception {
    assertThat(file(Queue.Type.POSTFIX, "{\"queue_id\": \n[1]\n-Queue ID- --Size--\n").unread())
        .isEqualTo(3);
    assertThat(file(Queue.Type.EXIM, "*** spool read error: corrupt ***\n").unread()).isEqualTo(1);
  }

  @Test
  void mutatedListsBreakNothing() throws Exception {
    Random random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      Queue.Type type = random.nextBoolean() ? Queue.Type.POSTFIX : Queue.Type.EXIM;
      byte[] bytes =
          (type == Queue.Type.POSTFIX ? POSTFIX : EXIM).getBytes(StandardCharsets.ISO_8859_1);
      for (int j = random.nextInt(20); j >= 0; j--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      QueueListing listing = file(type, new String(bytes, StandardCharsets.ISO_8859_1));
      assertThat(listing.count()).isLessThanOrEqualTo(6);
    }
  }

  @Test
  void tooLongAListIsReadToTheBoundAndSaidToBeCut() throws Exception {
    QueueListing listing = file(Queue.Type.POSTFIX, POSTFIX.repeat(2_000));
    assertThat(listing.whole()).isFalse();
    assertThat(listing.count()).isBetween(1_000, 8_000);
    assertThat(listing.messages()).hasSizeLessThanOrEqualTo(10_000);
  }

  @Test
  void aCommandPrintsTheListAndNoShellReadsIt() throws Exception {
    Path file = Files.writeString(folder.resolve("a b;c"), POSTFIX);
    assertThat(command("cat", file.toString()).count()).isEqualTo(4);
  }

  @Test
  @Timeout(20)
  void aCommandThatDoesNotWorkSaysWhy() {
    assertThatThrownBy(() -> command("/no/such/program"))
        .isInstanceOf(QueueException.class)
        .hasMessageContaining("/no/such/program cannot be run");
    assertThatThrownBy(() -> command("sh", "-c", "echo 'fatal: no\nqueue' >&2; exit 69"))
        .hasMessage("sh ended with 69: fatal: no queue");
    assertThatThrownBy(() -> command("sh", "-c", "sleep 60 | cat")).hasMessageContaining("longer");
    assertThatThrownBy(() -> command("sh", "-c", "yes >&2")).hasMessageContaining("longer");
  }

  @Test
  @Timeout(20)
  void aCommandThatPrintsForeverIsEnded() throws Exception {
    assertThat(command("yes", "no list").whole()).isFalse();
  }

  @Test
  void aFileThatNobodyWritesAnyMoreSaysNothing() throws IOException {
    Path file = Files.writeString(folder.resolve("old"), POSTFIX);
    Files.setLastModifiedTime(file, FileTime.from(NOW.minus(Duration.ofMinutes(5))));
    Queue queue = queue(Queue.Type.POSTFIX, new Queue.Source.File(file));
    assertThatThrownBy(() -> reader.read(queue)).hasMessageContaining("was last written 300 s ago");
    Queue gone = queue(Queue.Type.EXIM, new Queue.Source.File(folder.resolve("gone")));
    assertThatThrownBy(() -> reader.read(gone)).hasMessageContaining("cannot be read");
  }
}
