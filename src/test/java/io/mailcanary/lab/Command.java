package io.mailcanary.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs a program to its end within a time limit; its output goes through a file, so that a child
/// that lives on holds up nobody.
public final class Command {

  /// How a program ended and what it wrote on both of its outputs.
  public record Result(List<String> command, int exit, String output) {

    /// This result, or a failure that quotes the output.
    public Result orFail() {
      if (exit != 0) {
        throw new AssertionError(
            "%s ended with %d:%n%s".formatted(String.join(" ", command), exit, output));
      }
      return this;
    }
  }

  private Command() {}

  public static Result run(Duration limit, String... command) {
    return run(limit, List.of(command), Map.of());
  }

  public static Result run(Duration limit, List<String> command, Map<String, String> environment) {
    try {
      Path output = Files.createTempFile("mailcanary-command-", ".out");
      try {
        return run(limit, command, environment, output);
      } finally {
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Result run(
      Duration limit, List<String> command, Map<String, String> environment, Path output)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!ended(process, limit)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError(
          "%s did not end within %s:%n%s"
              .formatted(String.join(" ", command), limit, text(output)));
    }
    return new Result(command, process.exitValue(), text(output));
  }

  static boolean ended(Process process, Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static String text(Path file) {
    try {
      return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
