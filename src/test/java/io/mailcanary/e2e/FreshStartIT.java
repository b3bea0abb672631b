package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The plain jar runs with options that suit a service, as the process that was started.
class FreshStartIT {
  private static final String PROBES =
      """
      relays: { out: { host: 127.0.0.1, port: 9, tls: none } }
      mailboxes: { in: { protocol: maildir, directory: nowhere } }
      paths: { p: { every: 1h, via: out, from: a@campus.test, to: b@hosted.test, arrives-in: in } }
      """;

  @TempDir Path folder;

  @ParameterizedTest(name = "JDK_JAVA_OPTIONS={0}: {1}")
  @CsvSource({"'', true", "-Xmx512m, false"})
  void ownOptionsUnlessSomebodyChose(String options, boolean own) throws IOException {
    Map<String, String> environment =
        options.isEmpty() ? Map.of() : Map.of("JDK_JAVA_OPTIONS", options);
    try (RunningMailcanary service =
        new RunningMailcanary(folder, environment).probes("a.yaml", PROBES).start()) {
      List<String> words =
          List.of(
              Files.readString(Path.of("/proc/%d/cmdline".formatted(service.pid())))
                  .split("\0", -1));
      assertThat(words.contains("-XX:+UseCompactObjectHeaders")).isEqualTo(own);
      assertThat(words).containsSequence("serve", "--probes", "probes");
      service.stop();
      assertThat(service.alive()).isFalse();
    }
  }
}
