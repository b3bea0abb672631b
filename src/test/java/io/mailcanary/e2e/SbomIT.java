package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The bill of materials: whatever is in the jar is on it, under a licence that lets us ship it.
class SbomIT {
  private static final Pattern OF_A_LIBRARY =
      Pattern.compile("META-INF/maven/([^/]+)/([^/]+)/pom\\.properties");

  /// They are inside of others, under a licence that is on the list: of Angus Mail, jDKIM, Nimbus
  /// and Netty.
  private static final Set<String> INSIDE_OTHERS =
      Set.of(
          "org.eclipse.angus:angus-core",
          "org.eclipse.angus:imap",
          "org.eclipse.angus:logging-mailhandler",
          "org.eclipse.angus:pop3",
          "org.eclipse.angus:smtp",
          "commons-codec:commons-codec",
          "org.jctools:jctools-core",
          "com.google.code.gson:gson",
          "com.github.stephenc.jcip:jcip-annotations");

  /// Of several one may choose.
  private static final Set<String> FREE =
      Set.of(
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "BSD-4-Clause",
          "CC0-1.0",
          "EPL-1.0",
          "EPL-2.0",
          "LGPL-2.1-only",
          "MIT",
          "MIT-0",
          "MPL-2.0");

  @Test
  void eachLibraryIsFreeToShip() throws IOException {
    List<JsonNode> components = components();
    assertThat(components).hasSizeGreaterThan(40);
    assertThat(components)
        .allSatisfy(component -> {
          assertThat(component.path("version").asText()).isNotEmpty();
          assertThat(component.path("purl").asText()).startsWith("pkg:maven/");
          assertThat(licences(component))
              .as(component.path("name").asText())
              .anyMatch(FREE::contains);
        });
  }

  @Test
  void whatIsInTheJarIsOnTheBill() throws IOException {
    Set<String> billed = new HashSet<>();
    components()
        .forEach(one -> billed.add(one.path("group").asText() + ":" + one.path("name").asText()));
    try (JarFile jar = new JarFile(Path.of("target", "mailcanary.jar").toFile())) {
      List<String> shipped =
          jar.stream()
              .map(entry -> OF_A_LIBRARY.matcher(entry.getName()))
              .filter(matcher -> matcher.matches())
              .map(matcher -> matcher.group(1) + ":" + matcher.group(2))
              .filter(name -> !name.equals("io.mailcanary:mailcanary"))
              .filter(name -> !INSIDE_OTHERS.contains(name))
              .toList();
      assertThat(shipped).hasSizeGreaterThan(20);
      assertThat(billed).containsAll(shipped);
    }
  }

  private static List<JsonNode> components() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    new ObjectMapper()
        .readTree(Path.of("target", "sbom.json").toFile())
        .path("components")
        .forEach(all::add);
    return all;
  }

  private static List<String> licences(JsonNode component) {
    List<String> all = new ArrayList<>();
    for (JsonNode licence : component.path("licenses")) {
      all.add(licence.at("/license/id").asText(licence.at("/license/name").asText()));
      all.addAll(List.of(licence.path("expression").asText().split("[ ()]+", -1)));
    }
    return all;
  }
}
