package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The packaged jar, run by the JVM that runs the tests.
final class Jar {
  private static final String PROPERTY = "mailcanary.jar";

  /// How a command ended, and what it wrote.
  record Result(int code, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }

    String lastLine() {
      return lines().isEmpty() ? "" : lines().getLast();
    }
  }

  private Jar() {}

  static List<String> command(List<String> arguments) {
    Path jar = Path.of(System.getProperty(PROPERTY, "target/mailcanary.jar")).toAbsolutePath();
    assertThat(jar).as("the jar is built by `mvn package`").isRegularFile();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(jar.toString());
    command.addAll(arguments);
    return command;
  }

  static ProcessBuilder builder(Path directory, Map<String, String> environment, String... words) {
    ProcessBuilder builder = new ProcessBuilder(command(List.of(words)));
    builder.directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("DATASOURCES_"));
    builder.environment().keySet().removeIf(name -> name.startsWith("MAILCANARY_"));
    builder.environment().putAll(environment);
    return builder;
  }

  /// Runs a command to its end.
  static Result run(Path directory, Duration limit, String... words) {
    try {
      Path out = Files.createTempFile(directory, "out", "");
      Path err = Files.createTempFile(directory, "err", "");
      Process process =
          builder(directory, Map.of(), words)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      process.destroyForcibly();
      Result result =
          new Result(
              ended ? process.exitValue() : -1, Files.readString(out), Files.readString(err));
      assertThat(ended).as("%s ends within %s: %s", List.of(words), limit, result).isTrue();
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
