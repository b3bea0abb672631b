package io.mailcanary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FreshStartTest {
  private static List<String> words(String command) {
    return List.of((command + " ").split(" ", -1));
  }

  @Test
  void thePlainJarBeginsAnewWithItsOptionsAndTheSameWords() {
    assertThat(FreshStart.command(words("java -jar mailcanary.jar serve --port 8080"), _ -> null))
        .hasValueSatisfying(anew -> {
          assertThat(anew).first().isEqualTo("java");
          assertThat(anew.subList(1, anew.size() - 5)).isEqualTo(FreshStart.OPTIONS);
          assertThat(anew).endsWith("-jar", "mailcanary.jar", "serve", "--port", "8080");
        });
  }

  @Test
  void itBeginsAnewOnce() {
    List<String> anew =
        FreshStart.command(words("java -jar mailcanary.jar serve"), _ -> null).orElseThrow();
    assertThat(FreshStart.command(words(String.join(" ", anew)), _ -> null)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java -Xmx1g -jar mailcanary.jar serve",
        "java -XX:AOTCache=mailcanary.aot -jar mailcanary.jar serve",
        "java -agentlib:jdwp=server=y -jar mailcanary.jar serve",
        "java @options -jar mailcanary.jar serve",
        "java -cp mailcanary.jar io.mailcanary.cli.Main serve",
        "mailcanary serve --port 8080",
        "java",
        ""
      })
  void whoChoosesOptionsOrAnotherWayKeepsThem(String command) {
    assertThat(FreshStart.command(words(command), _ -> null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS"})
  void optionsInTheEnvironmentAreAChoiceToo(String name) {
    Map<String, String> environment = Map.of(name, "-Xmx1g");
    assertThat(FreshStart.command(words("java -jar mailcanary.jar serve"), environment::get))
        .isEmpty();
    assertThat(FreshStart.command(words("java -jar mailcanary.jar serve"), Map.of(name, "")::get))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "check", "demo", "schema --markdown"})
  void otherCommandsGoOnAsTheyAre(String words) {
    FreshStart.where(words.isEmpty() ? new String[0] : words.split(" ", -1));
  }
}
