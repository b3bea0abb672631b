package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DaemonTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @Test
  void aKillTakesTheChildrenAlong() {
    Daemon daemon = sleeper();
    List<ProcessHandle> children = ProcessHandle.of(daemon.pid()).orElseThrow().children().toList();
    assertThat(children).isNotEmpty();

    daemon.kill();

    assertThat(daemon.running()).isFalse();
    assertThat(children).allSatisfy(child -> child.onExit().get(10, TimeUnit.SECONDS));
  }

  private Daemon sleeper() {
    List<String> command = List.of("sh", "-c", "sleep 600 & echo begun; wait");
    Path output = folder.resolve("output");
    Daemon daemon = Daemon.start("sleeper", output, command);
    daemon.await(() -> Command.text(output).contains("begun"), "begun", output);
    return daemon;
  }

  @Test
  void aLeashThatIsLetGoWithoutAWordEndsTheServer() throws IOException {
    Process server = new ProcessBuilder("setsid", "sleep", "600").start();
    Process leash = Daemon.leash(server);
    Process told = Daemon.leash(server);

    told.getOutputStream().write('\n');
    told.getOutputStream().close();
    assertThat(Command.ended(told, LIMIT)).isTrue();
    assertThat(server.isAlive()).isTrue();

    leash.getOutputStream().close();
    assertThat(Command.ended(server, LIMIT)).isTrue();
  }

  @Test
  void aServerThatEndsAtOnceIsQuoted() {
    Path output = folder.resolve("output");
    Daemon daemon = Daemon.start("broken", output, List.of("sh", "-c", "echo no config; exit 7"));

    assertThatThrownBy(() -> daemon.await(() -> false, "never", output))
        .hasMessageContaining("broken ended with 7")
        .hasMessageContaining("no config");
  }
}
