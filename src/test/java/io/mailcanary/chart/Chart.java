package io.mailcanary.chart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The chart as Helm itself makes manifests of it, without a cluster.
final class Chart {
  static final Path FOLDER = Path.of("helm", "mailcanary");
  static final String RELEASE = "mailcanary";
  static final String NAMESPACE = "mail";

  private static final ObjectMapper JSON = new ObjectMapper();

  /// What comes of one set of values.
  record Rendered(List<JsonNode> manifests) {
    List<JsonNode> all(String kind) {
      return manifests.stream().filter(one -> one.path("kind").asText().equals(kind)).toList();
    }

    JsonNode one(String kind) {
      List<JsonNode> found = all(kind);
      if (found.size() != 1) {
        throw new AssertionError("%d manifests are a %s: %s".formatted(found.size(), kind, found));
      }
      return found.getFirst();
    }

    JsonNode one(String kind, String name) {
      return all(kind).stream()
          .filter(found -> found.at("/metadata/name").asText().equals(name))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no %s %s".formatted(kind, name)));
    }

    /// The StatefulSet or the Deployment.
    JsonNode workload() {
      return all("StatefulSet").isEmpty() ? one("Deployment") : one("StatefulSet");
    }

    JsonNode podSpec() {
      return workload().at("/spec/template/spec");
    }

    JsonNode container() {
      return podSpec().at("/containers/0");
    }
  }

  private Chart() {}

  /// @throws IllegalStateException with Helm's words where it refuses
  static Rendered render(String values) {
    return withValues(
        values,
        file ->
            new Rendered(
                parse(
                    new Helm(FOLDER)
                        .template()
                        .withName(RELEASE)
                        .withNamespace(NAMESPACE)
                        .withKubeVersion("1.31.0")
                        .withValuesFile(file)
                        .call())));
  }

  /// What the operator reads after an installation.
  static String notes(String values) {
    return withValues(
        values,
        file ->
            new Helm(FOLDER)
                .install()
                .dryRun()
                .withDryRunOption(DryRun.CLIENT)
                .clientOnly()
                .withKubeVersion("1.31.0")
                .withName(RELEASE)
                .withNamespace(NAMESPACE)
                .withValuesFile(file)
                .call()
                .getOutput());
  }

  static LintResult lint() {
    return new Helm(FOLDER).lint().strict().call();
  }

  static List<JsonNode> parse(String yaml) {
    List<JsonNode> all = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(yaml)) {
      if (document != null) {
        all.add(JSON.valueToTree(document));
      }
    }
    return all;
  }

  private interface Use<T> {
    T of(Path file);
  }

  private static <T> T withValues(String values, Use<T> use) {
    try {
      Path file = Files.createTempFile("values-", ".yaml");
      try {
        Files.writeString(file, values);
        return use.of(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
