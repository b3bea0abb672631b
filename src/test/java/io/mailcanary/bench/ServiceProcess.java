package io.mailcanary.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `java -jar mailcanary.jar serve` in a process of its own, seen through /proc and its HTTP front.
final class ServiceProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ENDING = Duration.ofSeconds(60);

  /// In hundredths of a second, as Linux always shows them.
  private static final double TICK_MILLIS = 10;

  private final Process process;
  private final int port;
  private final HttpClient http = HttpClient.newHttpClient();

  private ServiceProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// @param options of the JVM; none is what is promised for the plain jar
  static ServiceProcess start(Site site, List<String> options) throws IOException {
    return start(site, options, Map.of());
  }

  /// @param environment beside that of this process
  static ServiceProcess start(Site site, List<String> options, Map<String, String> environment)
      throws IOException {
    int port = Ports.free();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of(
            "-jar",
            jar().toString(),
            "serve",
            "--probes",
            site.probes().toString(),
            "--port",
            Integer.toString(port)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(site.folder().toFile())
            .redirectErrorStream(true)
            .redirectOutput(site.output().toFile());
    builder.environment().putAll(environment);
    return new ServiceProcess(builder.start(), port);
  }

  private static Path jar() {
    return Path.of(System.getProperty("mailcanary.jar", "target/mailcanary.jar")).toAbsolutePath();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:%d/".formatted(port));
  }

  long pid() {
    return process.pid();
  }

  /// User and system time of all its threads so far.
  double cpuMillis() throws IOException {
    return millis(Path.of("/proc/" + pid() + "/stat"));
  }

  /// What the JVM's compiler threads took of that so far; those that ended are left out.
  double compilerMillis() throws IOException {
    double millis = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid() + "/task"))) {
      for (Path thread : threads.toList()) {
        millis += compilerMillis(thread);
      }
    }
    return millis;
  }

  private static double compilerMillis(Path thread) throws IOException {
    try {
      return Files.readString(thread.resolve("comm")).contains(" CompilerThre")
          ? millis(thread.resolve("stat"))
          : 0;
    } catch (NoSuchFileException _) {
      // It has just ended.
      return 0;
    }
  }

  private static double millis(Path stat) throws IOException {
    String text = Files.readString(stat);
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_MILLIS;
  }

  /// A line of /proc/PID/status: `VmRSS` and `VmHWM` in MiB, `Threads` as it is.
  double status(String name) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
      if (line.startsWith(name + ":")) {
        String[] words = line.split("\\s+", -1);
        return Double.parseDouble(words[1]) / (words.length > 2 ? 1_024 : 1);
      }
    }
    throw new IllegalStateException("no line " + name);
  }

  /// Files, sockets and pipes that it holds open.
  long openFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
      return files.count();
    }
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(text(path));
  }

  private String text(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path))).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /// The metrics as they are now.
  Scrape scrape() throws IOException, InterruptedException {
    return new Scrape(text("/metrics"));
  }

  /// The service's own figures at one moment.
  record Scrape(String text) {
    /// The sum of all series whose line matches.
    double sum(String series) {
      Matcher lines =
          Pattern.compile("^" + series + "(?:\\{.*})? (\\S+)$", Pattern.MULTILINE).matcher(text);
      double sum = 0;
      while (lines.find()) {
        sum += Double.parseDouble(lines.group(1));
      }
      return sum;
    }

    /// How many series have a label with this value.
    long series(String label, String value) {
      String pair = "%s=\"%s\"".formatted(label, value);
      return text.lines().filter(line -> line.charAt(0) != '#' && line.contains(pair)).count();
    }

    /// Canaries with one outcome.
    double canaries(String outcome) {
      return sum("mailcanary_canaries_total\\{[^}]*outcome=\"%s\"[^}]*}".formatted(outcome));
    }

    /// Slots that were late by no more than so many seconds.
    double punctual(String seconds) {
      return sum(
          "mailcanary_schedule_lateness_seconds_bucket\\{le=\"%s\"}"
              .formatted(Pattern.quote(seconds)));
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(ENDING.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
