package io.mailcanary.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/// Prometheus' own opinion of metrics.
public final class Promtool {
  private Promtool() {}

  /// What `promtool check metrics` finds wrong; empty when it finds nothing.
  public static String check(String metrics) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("/usr/bin/promtool", "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(metrics.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return "promtool did not end";
    }
    return process.exitValue() == 0
        ? said
        : "ended with %d: %s".formatted(process.exitValue(), said);
  }
}
