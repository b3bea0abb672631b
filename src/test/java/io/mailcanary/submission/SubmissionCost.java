package io.mailcanary.submission;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.path.Relay;
import io.mailcanary.wire.Trust;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// What a submission costs in CPU; run by hand.
///
/// Its argument is the port of a server on loopback, such as Postfix' `smtp-sink`; without it the
/// scripted server answers, and its share is in the figures.
final class SubmissionCost {
  private static final int ROUND = 4_000;
  private static final int AT_ONCE = 8;

  private SubmissionCost() {}

  public static void main(String[] arguments) throws Exception {
    for (boolean kept : List.of(true, false)) {
      Keeping keeping =
          kept ? Keeping.DEFAULT : new Keeping(Duration.ofSeconds(5), Duration.ofNanos(1));
      try (ScriptedSmtpServer server = ScriptedSmtpServer.script().start();
          Submission submission =
              new Submission(Relays.LOOPBACK, new Trust(), InstantSource.system(), keeping)) {
        int port = arguments.length > 0 ? Integer.parseInt(arguments[0]) : server.port();
        Relay relay = Relays.at(port).relay();
        for (int round = 0; round < 6; round++) {
          measure(submission, relay, kept);
        }
      }
    }
  }

  private static void measure(Submission submission, Relay relay, boolean kept) throws Exception {
    long cpu = cpu();
    long wall = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        results.add(threads.submit(() -> several(submission, relay)));
      }
      for (Future<Boolean> result : results) {
        if (!result.get()) {
          throw new IllegalStateException("not accepted");
        }
      }
    }
    System.out.printf(
        "kept %s: %.0f us CPU a submission, %.0f a second%n",
        kept, (cpu() - cpu) / 1e3 / ROUND, ROUND / ((System.nanoTime() - wall) / 1e9));
  }

  private static boolean several(Submission submission, Relay relay) {
    for (int i = 0; i < ROUND / AT_ONCE; i++) {
      Evidence evidence = submission.submit(relay, Relays.canary());
      if (Handover.of(evidence) != Handover.ACCEPTED) {
        System.out.println(evidence);
        return false;
      }
    }
    return true;
  }

  private static long cpu() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
