package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.lab.Command;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Server;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The image, unpacked and run by its own entry point as a container is: as its own user, on a root
/// that nobody can write to.
@NeedsServer(Server.CONTAINER)
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
@SuppressWarnings("NullAway.Init")
class ImageIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path TAR = Path.of("target", "mailcanary-image.tar").toAbsolutePath();

  /// `sh -c RUN sh ROOT PROBES COMMAND…`
  private static final String RUN =
      """
      root=$1 probes=$2; shift 2
      mount --bind $root $root
      mkdir -p $root/dev $root/proc
      mount --rbind /dev $root/dev
      mount -t proc proc $root/proc
      mount -t tmpfs tmpfs $root/tmp
      mount -t tmpfs -o uid=10001,gid=10001,mode=700 tmpfs $root/var/lib/mailcanary/data
      mount --bind $probes $root/etc/mailcanary/probes
      mount -o remount,bind,ro $root
      exec unshare --root=$root --wd=/var/lib/mailcanary --setgid 10001 --setuid 10001 "$@"
      """;

  @TempDir static Path directory;
  private static Path root;
  private static Path probes;
  private static JsonNode config;

  @BeforeAll
  static void unpack() throws IOException {
    assertThat(TAR).as("the image is built by `mvn package`").isRegularFile();
    Path tar = Files.createDirectories(directory.resolve("tar"));
    root = Files.createDirectories(directory.resolve("root"));
    Command.run(LIMIT, "tar", "-xf", TAR.toString(), "-C", tar.toString()).orFail();
    JsonNode manifest = new ObjectMapper().readTree(tar.resolve("manifest.json").toFile()).path(0);
    for (JsonNode layer : manifest.path("Layers")) {
      Command.run(
              LIMIT,
              "tar",
              "--warning=no-unknown-keyword",
              "-xzf",
              tar.resolve(layer.asText()).toString(),
              "-C",
              root.toString())
          .orFail();
    }
    config =
        new ObjectMapper()
            .readTree(tar.resolve(manifest.path("Config").asText()).toFile())
            .path("config");
    probes = Files.createDirectories(directory.resolve("probes"));
    Files.writeString(
        probes.resolve("a.yaml"),
        """
        relays: { out: { host: 127.0.0.1, port: 9, tls: none } }
        mailboxes: { in: { protocol: maildir, directory: /tmp } }
        paths: { p: { every: 1h, via: out, from: a@campus.example, to: b@hosted.example, arrives-in: in } }
        dns: { ignore: [campus.example, hosted.example] }
        """);
  }

  @Test
  void itSaysWhatItIsAndIsNobodysRoot() {
    assertThat(config.path("User").asText()).isEqualTo("10001:10001");
    assertThat(config.path("WorkingDir").asText()).isEqualTo("/var/lib/mailcanary");
    assertThat(config.path("Labels").path("org.opencontainers.image.title").asText())
        .isEqualTo("mailcanary");
    assertThat(config.path("Labels").path("org.opencontainers.image.licenses").asText())
        .startsWith("Apache-2.0");
  }

  @Test
  void itHoldsWhatItNeedsAndNoShell() throws IOException {
    assertThat(Files.size(TAR)).isLessThan(90L * 1024 * 1024);
    try (Stream<Path> files = Files.walk(root)) {
      assertThat(
              files
                  .filter(file -> Files.isRegularFile(file) && file.toFile().canExecute())
                  .filter(file -> !file.toString().endsWith(".so"))
                  .filter(ImageIT::isForAll)
                  .map(file -> "" + file.getFileName()))
          .containsExactlyInAnyOrder("java", "jspawnhelper", "ld-linux-x86-64.so.2");
    }
    assertThat(root.resolve("app/libs")).doesNotExist();
    assertThat(root.resolve("usr/share/doc/libc6/copyright")).exists();
    assertThat(root.resolve("opt/java/legal/java.base")).isDirectory();
  }

  @Test
  void itsEntryPointKnowsItsVersionAndReadsProbeFiles() throws IOException {
    assertThat(run(probes, "--version").orFail().output()).startsWith("mailcanary ");
    assertThat(run(probes, "check", "--probes", "/etc/mailcanary/probes").orFail().output())
        .contains("1 path,");
    Path bad = Files.createDirectories(directory.resolve("bad"));
    Files.writeString(bad.resolve("a.yaml"), "path: {}");
    Command.Result refused = run(bad, "check", "--probes", "/etc/mailcanary/probes");
    assertThat(refused.exit()).isEqualTo(2);
    assertThat(refused.output()).contains("/etc/mailcanary/probes/a.yaml:1:1: path: ");
  }

  @Test
  void itServesUntilItIsToldToEnd() throws Exception {
    int port = Ports.free();
    Path log = directory.resolve("log");
    List<String> arguments = new ArrayList<>();
    config.path("Cmd").forEach(word -> arguments.add(word.asText()));
    assertThat(arguments).startsWith("serve");
    arguments.addAll(List.of("--port", Integer.toString(port)));
    Process process =
        new ProcessBuilder(command(probes, arguments.toArray(String[]::new)))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      await()
          .atMost(LIMIT)
          .until(() -> {
            assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
            return isAlive(port);
          });
      await().atMost(LIMIT).until(() -> Files.readString(log).contains("watches 1 path of"));
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      assertThat(Files.readString(log)).doesNotContain("\n\tat ", "ERROR");
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean isAlive(int port) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/liveness"))
              .timeout(Duration.ofSeconds(10))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (ConnectException _) {
      return false;
    }
  }

  private static boolean isForAll(Path file) {
    try {
      return Files.getPosixFilePermissions(file)
          .contains(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Command.Result run(Path probes, String... arguments) {
    return Command.run(LIMIT, command(probes, arguments), Map.of());
  }

  private static List<String> command(Path probes, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "-m", "sh", "-ec", RUN, "sh", root.toString(), probes.toString()));
    config.path("Entrypoint").forEach(word -> command.add(word.asText()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }
}
