package io.mailcanary.submission;

import static io.mailcanary.lab.ScriptedSmtpServer.after;
import static io.mailcanary.lab.ScriptedSmtpServer.hang;
import static io.mailcanary.lab.ScriptedSmtpServer.say;
import static io.mailcanary.lab.ScriptedSmtpServer.sayAndDrop;
import static io.mailcanary.lab.ScriptedSmtpServer.script;
import static io.mailcanary.submission.Relays.what;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.canary.Stage;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.path.Relay;
import io.mailcanary.wire.Trust;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeptConnectionsTest {
  private final Submission submission =
      new Submission(Relays.LOOPBACK, new Trust(), InstantSource.system());

  @AfterEach
  void close() {
    submission.close();
  }

  @Test
  void oneConnectionServesSeveralCanaries() {
    try (ScriptedSmtpServer server = script().start()) {
      Relay relay = Relays.at(server.port()).relay();
      Evidence first = submission.submit(relay, Relays.canary());
      Evidence second = submission.submit(relay, Relays.canary());
      assertThat(first.reused()).isFalse();
      assertThat(second.reused()).isTrue();
      assertThat(second.peer()).isEqualTo("127.0.0.1");
      assertThat(second.times()).doesNotContainKey(Stage.CONNECT);
      assertThat(server.connections()).isEqualTo(1);
      assertThat(server.messages()).hasSize(2);
    }
  }

  @Test
  void aDeadOneIsReplacedInSilence() {
    try (ScriptedSmtpServer server = script().start()) {
      Relay relay = Relays.at(server.port()).relay();
      submission.submit(relay, Relays.canary());
      server.cut();
      Evidence evidence = submission.submit(relay, Relays.canary());
      assertThat(Handover.of(evidence)).isEqualTo(Handover.ACCEPTED);
      assertThat(evidence.reused()).isFalse();
      assertThat(server.connections()).isEqualTo(2);
      assertThat(server.messages()).hasSize(2);
    }
  }

  @Test
  void oneThatTheServerEndsIsReplacedInSilence() {
    try (ScriptedSmtpServer server =
        script().on("MAIL", say("250 ok"), sayAndDrop("421 4.4.2 idle"), say("250 ok")).start()) {
      Relay relay = Relays.at(server.port()).relay();
      submission.submit(relay, Relays.canary());
      Evidence evidence = submission.submit(relay, Relays.canary());
      assertThat(Handover.of(evidence)).isEqualTo(Handover.ACCEPTED);
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aRefusalOnAKeptOneIsARefusal() {
    try (ScriptedSmtpServer server =
        script().on("MAIL", say("250 ok"), say("450 4.1.8 no"), say("250 ok")).start()) {
      Relay relay = Relays.at(server.port()).relay();
      submission.submit(relay, Relays.canary());
      assertThat(what(submission.submit(relay, Relays.canary()))).isEqualTo("450");
      Evidence third = submission.submit(relay, Relays.canary());
      assertThat(third.reused()).as("a connection that failed is not used again").isFalse();
    }
  }

  @Test
  void oneWithSomethingUnreadIsNotKept() {
    try (ScriptedSmtpServer server = script().on(".", say("250 ok\n250 ok")).start()) {
      Relay relay = Relays.at(server.port()).relay();
      submission.submit(relay, Relays.canary());
      Evidence second = submission.submit(relay, Relays.canary());
      assertThat(what(second)).isEqualTo("250");
      assertThat(second.reused()).isFalse();
    }
  }

  @Test
  void idleOnesAreClosedPolitely() {
    Submission brief =
        new Submission(
            Relays.LOOPBACK,
            new Trust(),
            InstantSource.system(),
            new Keeping(Duration.ofMillis(100), Duration.ofSeconds(60)));
    try (ScriptedSmtpServer server = script().start()) {
      brief.submit(Relays.at(server.port()).relay(), Relays.canary());
      await().atMost(5, TimeUnit.SECONDS).until(() -> server.open() == 0);
      assertThat(server.heard()).last().isEqualTo("QUIT");
    }
    brief.close();
  }

  @Test
  void oldOnesAreMadeAnew() {
    Submission brief =
        new Submission(
            Relays.LOOPBACK,
            new Trust(),
            InstantSource.system(),
            new Keeping(Duration.ofSeconds(60), Duration.ZERO));
    try (ScriptedSmtpServer server = script().start()) {
      Relay relay = Relays.at(server.port()).limit(1).relay();
      brief.submit(relay, Relays.canary());
      assertThat(brief.submit(relay, Relays.canary()).reused()).isFalse();
      assertThat(server.mostOpen()).isEqualTo(1);
    }
    brief.close();
  }

  @Test
  void newSettingsMeanNewConnections() {
    try (ScriptedSmtpServer server = script().start()) {
      submission.submit(Relays.at(server.port()).relay(), Relays.canary());
      Relay changed = Relays.at(server.port()).limit(2).relay();
      submission.relaysChanged(List.of(changed));
      await().atMost(5, TimeUnit.SECONDS).until(() -> server.open() == 0);
      assertThat(submission.submit(changed, Relays.canary()).reused()).isFalse();
    }
  }

  @Test
  void manyAtOnceKeepToTheLimit() throws Exception {
    try (ScriptedSmtpServer server = script().start()) {
      Relay relay = Relays.at(server.port()).limit(4).relay();
      List<Evidence> evidence = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Evidence>> results = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          results.add(threads.submit(() -> submission.submit(relay, Relays.canary())));
        }
        for (Future<Evidence> result : results) {
          evidence.add(result.get(30, TimeUnit.SECONDS));
        }
      }
      assertThat(evidence).allMatch(each -> Handover.of(each) == Handover.ACCEPTED);
      assertThat(server.messages()).hasSize(200);
      assertThat(server.mostOpen()).isLessThanOrEqualTo(4);
      assertThat(server.connections()).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void hundredsOfRelaysAtOnce() throws Exception {
    try (ScriptedSmtpServer server = script().start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Evidence>> results = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        Relay relay =
            Relays.at(server.port())
                .named("relay-" + i)
                .replyWithin(Duration.ofSeconds(20))
                .relay();
        results.add(threads.submit(() -> submission.submit(relay, Relays.canary())));
      }
      for (Future<Evidence> result : results) {
        assertThat(what(result.get(40, TimeUnit.SECONDS))).isEqualTo("250");
      }
      assertThat(server.connections()).isEqualTo(300);
    }
  }

  @Test
  void eachAddressHasItsOwnConnections() throws Exception {
    try (ScriptedSmtpServer server = script().start()) {
      Relay relay = Relays.at(server.port()).relay();
      InetAddress first = InetAddress.ofLiteral("127.0.0.1");
      assertThat(submission.submit(relay, first, Relays.canary()).peer()).isEqualTo("127.0.0.1");
      assertThat(submission.submit(relay, first, Relays.canary()).reused()).isTrue();
      Evidence other =
          submission.submit(relay, InetAddress.ofLiteral("127.0.0.2"), Relays.canary());
      assertThat(what(other)).as("nobody listens there").isEqualTo("CONNECTION");
    }
  }

  @Test
  void refusalsKeepToTheLimitToo() throws Exception {
    try (ScriptedSmtpServer server = script().on("RCPT", say("550 5.1.1 no")).start()) {
      Relay relay = Relays.at(server.port()).limit(2).relay();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Evidence>> results = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
          results.add(threads.submit(() -> submission.submit(relay, Relays.canary())));
        }
        for (Future<Evidence> result : results) {
          assertThat(what(result.get(30, TimeUnit.SECONDS))).isEqualTo("550");
        }
      }
      // The server may notice the end of one a moment after the client has begun the next.
      assertThat(server.mostOpen()).isLessThanOrEqualTo(4);
    }
  }

  @Test
  void oneThatHangsHoldsUpNobodyElse() throws Exception {
    try (ScriptedSmtpServer slow = script().on("RCPT", hang()).start();
        ScriptedSmtpServer quick = script().start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Relay hanging =
          Relays.at(slow.port()).named("slow").limit(1).replyWithin(Duration.ofSeconds(2)).relay();
      List<Future<Evidence>> stuck = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        stuck.add(threads.submit(() -> submission.submit(hanging, Relays.canary())));
      }
      await().until(() -> slow.heard().stream().anyMatch(line -> line.startsWith("RCPT")));
      long before = System.nanoTime();
      for (int i = 0; i < 50; i++) {
        Evidence evidence =
            submission.submit(Relays.at(quick.port()).named("quick").relay(), Relays.canary());
        assertThat(what(evidence)).isEqualTo("250");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
      List<String> ends = new ArrayList<>();
      for (Future<Evidence> each : stuck) {
        Evidence evidence = each.get(20, TimeUnit.SECONDS);
        ends.add(evidence.stage() + " " + what(evidence));
      }
      assertThat(ends).contains("RCPT TIMEOUT", "WAIT LIMIT");
      assertThat(ends).isSubsetOf("RCPT TIMEOUT", "WAIT LIMIT");
    }
  }

  @Test
  void aSlowFarewellHoldsUpNobody() {
    try (ScriptedSmtpServer server =
        script()
            .on("RCPT", say("550 5.1.1 no"))
            .on("QUIT", after(Duration.ofSeconds(20), say("221 bye")))
            .start()) {
      long before = System.nanoTime();
      submission.submit(Relays.at(server.port()).relay(), Relays.canary());
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
      await().atMost(5, TimeUnit.SECONDS).until(() -> server.heard().contains("QUIT"));
    }
  }
}
