package io.mailcanary.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.incident.RuleSettings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/// Every key of probe files as Markdown, from what the schema is made of.
public final class Reference {
  /// Pages hold what follows this line as it is.
  public static final String START =
      "<!-- written by: java -jar mailcanary.jar schema --markdown -->";

  private static final String VARIABLE = "|\\$\\{";

  private final StringBuilder text = new StringBuilder(START).append("\n");

  private Reference() {}

  /// All sections.
  public static String markdown() {
    Reference reference = new Reference();
    Schema.root()
        .get("properties")
        .properties()
        .forEach(section -> reference.section(section.getKey(), section.getValue()));
    return reference.text.toString();
  }

  /// The keys of one section as a table.
  public static String table(String section) {
    Reference reference = new Reference();
    reference.text.setLength(0);
    reference.table("", inner(Schema.root().get("properties").get(section)));
    return reference.text.toString().strip() + "\n";
  }

  private void section(String name, JsonNode schema) {
    text.append("\n## ").append(name).append("\n\n").append(words(schema, "description"));
    JsonNode inner = inner(schema);
    boolean named = schema.path("additionalProperties").isObject();
    boolean list = schema.path("items").isObject();
    text.append(named ? " Each has a name of its own." : list ? " A list." : "").append("\n");
    if (inner.has("anyOf")) {
      for (JsonNode variant : inner.get("anyOf")) {
        text.append("\n### ").append(words(variant, "title")).append("\n");
        table("", variant);
      }
    } else {
      table("", inner);
    }
  }

  private void table(String prefix, JsonNode schema) {
    text.append("\n| key | what it is | allowed | default |\n|---|---|---|---|\n");
    rows(prefix, schema);
  }

  private void rows(String prefix, JsonNode schema) {
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(key -> required.add(key.asText()));
    for (Map.Entry<String, JsonNode> entry : schema.path("properties").properties()) {
      JsonNode key = entry.getValue();
      String name = prefix + entry.getKey();
      JsonNode inner = inner(key);
      boolean list = key.path("items").isObject();
      String standard =
          required.contains(entry.getKey())
              ? "**required**"
              : key.has("default") && key.get("default").isValueNode()
                  ? code(key.get("default").asText())
                  : "";
      text.append(
          "| `%s%s` | %s | %s | %s |\n"
              .formatted(
                  name,
                  list ? "[]" : "",
                  cell(words(key, "description")),
                  cell(allowed(key)),
                  standard));
      if (inner.has("properties")) {
        rows(name + (list ? "[]." : "."), inner);
      }
    }
  }

  /// The mapping that a section or a key holds, or holds many of.
  private static JsonNode inner(JsonNode schema) {
    if (schema.path("items").isObject()) {
      return schema.get("items");
    }
    JsonNode named = schema.path("additionalProperties");
    return named.isObject() && (named.has("properties") || named.has("anyOf")) ? named : schema;
  }

  private static String allowed(JsonNode key) {
    for (JsonNode variant : key.path("anyOf")) {
      if (variant.has("enum")) {
        return variants(key);
      }
      if (variant.has("minimum")) {
        return plain(variant.get("minimum")) + " to " + plain(variant.get("maximum"));
      }
    }
    JsonNode items = key.path("items");
    return items.isObject() && !items.has("properties") ? allowed(items) : variants(key);
  }

  private static String variants(JsonNode key) {
    for (JsonNode variant : key.path("anyOf")) {
      if (variant.path("type").asText().equals("boolean")) {
        return "`true`, `false`";
      }
      if (variant.has("enum")) {
        return StreamSupport.stream(variant.get("enum").spliterator(), false)
            .map(word -> code(word.asText()))
            .collect(Collectors.joining(", "));
      }
    }
    return pattern(words(key, "pattern"));
  }

  /// Those patterns that say more to people than to machines.
  private static String pattern(String pattern) {
    String own = pattern.replace(VARIABLE, "");
    if (own.contains("ms|s|m|h|d")) {
      return "such as `30s`, `5m`";
    }
    if (own.contains("B|KB|MB")) {
      return "such as `4KB`";
    }
    if (own.contains(" of ")) {
      return "such as `2 of 3`";
    }
    return own.matches("\\^\\([A-Za-z0-9|-]+\\)\\$")
        ? List.of(own.substring(2, own.length() - 2).split("\\|")).stream()
            .map(Reference::code)
            .collect(Collectors.joining(", "))
        : "";
  }

  private static String plain(JsonNode number) {
    return number.decimalValue().stripTrailingZeros().toPlainString();
  }

  /// The burn rates where none are written, a sentence each.
  public static String burns() {
    return RuleSettings.DEFAULT.burns().stream()
        .map(burn ->
            "- over %s and over the last %s, more than %s times what the objective tolerates: %s\n"
                .formatted(
                    Units.duration(burn.over()),
                    Units.duration(burn.recently()),
                    BigDecimal.valueOf(burn.rate()).stripTrailingZeros().toPlainString(),
                    burn.severity().word()))
        .collect(Collectors.joining());
  }

  private static String words(JsonNode schema, String key) {
    return schema.path(key).asText("");
  }

  private static String code(String text) {
    return text.isEmpty() ? "" : "`" + text + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
