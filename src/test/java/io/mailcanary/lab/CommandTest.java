package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class CommandTest {

  @Test
  void outputAndExitAreKept() {
    Command.Result result =
        Command.run(Duration.ofSeconds(10), "sh", "-c", "echo a; echo b >&2; exit 3");

    assertThat(result.exit()).isEqualTo(3);
    assertThat(result.output()).isEqualTo("a\nb\n");
    assertThatThrownBy(result::orFail)
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("b");
  }

  @Test
  void aProgramThatHangsIsEndedAndQuoted() {
    Instant before = Instant.now();

    assertThatThrownBy(
            () -> Command.run(Duration.ofMillis(200), "sh", "-c", "echo begun; sleep 60; true"))
        .hasMessageContaining("did not end within")
        .hasMessageContaining("begun");
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(10));
  }
}
