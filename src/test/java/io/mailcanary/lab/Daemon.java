package io.mailcanary.lab;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/// A server process in a process group of its own, kept in the foreground of nobody.
///
/// A second process holds a leash: should this JVM die without a word, it ends the group.
final class Daemon {
  private static final Duration READY = Duration.ofSeconds(20);
  private static final Duration ORDERLY = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Process leash;
  private final Path output;

  private Daemon(String name, Process process, Process leash, Path output) {
    this.name = name;
    this.process = process;
    this.leash = leash;
    this.output = output;
  }

  static Daemon start(String name, Path output, List<String> command) {
    try {
      List<String> line = new ArrayList<>(List.of("setsid"));
      line.addAll(command);
      Process process =
          new ProcessBuilder(line)
              .redirectInput(new File("/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
              .start();
      return new Daemon(name, process, leash(process), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Process leash(Process process) throws IOException {
    String script = "read -r word && exit 0; kill -s KILL -- \"-$0\"";
    return new ProcessBuilder("setsid", "sh", "-c", script, Long.toString(process.pid()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  boolean running() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// Waits until each port greets: one that only listens may have nobody behind it yet.
  void awaitGreetings(Path log, int... ports) {
    for (int port : ports) {
      await(() -> greets(port), "port " + port, log);
    }
  }

  void await(BooleanSupplier ready, String what, Path log) {
    try {
      Awaitility.await()
          .atMost(READY)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> !process.isAlive() || ready.getAsBoolean());
    } catch (ConditionTimeoutException _) {
      throw failure("did not get ready (" + what + ")", log);
    }
    if (!process.isAlive()) {
      throw failure("ended with " + process.exitValue(), log);
    }
  }

  private AssertionError failure(String what, Path log) {
    String text = "%s %s:%n%s%n%s".formatted(name, what, Command.text(output), Command.text(log));
    kill();
    return new AssertionError(text);
  }

  private static boolean greets(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      socket.setSoTimeout(5_000);
      return socket.getInputStream().read() > 0;
    } catch (IOException _) {
      return false;
    }
  }

  /// An orderly end; by force when it takes too long.
  void stop() {
    stop("TERM");
  }

  void stop(String signal) {
    if (process.isAlive()) {
      thaw();
      signal(signal, Long.toString(process.pid()));
      Command.ended(process, ORDERLY);
    }
    kill();
  }

  /// An abrupt end of the process and all its children.
  void kill() {
    List<ProcessHandle> family = process.descendants().toList();
    signalGroup("KILL");
    family.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    Command.ended(process, ORDERLY);
    release();
  }

  /// Stops all its processes in mid-air: connections stay open, and nothing answers.
  void freeze() {
    signalGroup("STOP");
  }

  void thaw() {
    signalGroup("CONT");
  }

  void hangup() {
    signal("HUP", Long.toString(process.pid()));
  }

  private void signalGroup(String signal) {
    // Without the leash the group is gone, and its number may be another's.
    if (leash.isAlive()) {
      signal(signal, "-" + process.pid());
    }
  }

  /// By the shell's own `kill`, as a small installation has no other.
  private static void signal(String signal, String target) {
    Command.run(ORDERLY, "sh", "-c", "kill -s \"$0\" -- \"$1\"", signal, target);
  }

  private void release() {
    if (!leash.isAlive()) {
      return;
    }
    try (OutputStream stdin = leash.getOutputStream()) {
      stdin.write("done\n".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException _) {
      // it has ended already
    }
    Command.ended(leash, ORDERLY);
  }
}
