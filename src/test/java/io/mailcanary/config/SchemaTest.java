package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class SchemaTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir Path folder;

  private static JsonNode schema() throws IOException {
    return MAPPER.readTree(Schema.json());
  }

  private static JsonNode yaml(String text) {
    return MAPPER.valueToTree(new Yaml().load(text));
  }

  @Test
  void theExampleIsValidAndBinds() throws IOException {
    String example = HostileProbesTest.example();
    assertThat(faults(schema(), yaml(example), "")).isEmpty();
    assertThat(new Probes(folder).with("a.yaml", example).problems()).isEmpty();
  }

  @Test
  void eachKeyOfEachTableIsThereWithASentence() throws IOException {
    JsonNode sections = schema().get("properties");
    assertThat(sections.fieldNames())
        .toIterable()
        .containsExactly(
            "relays",
            "mailboxes",
            "resolvers",
            "paths",
            "queues",
            "channels",
            "dns",
            "routes",
            "silences",
            "rules",
            "heartbeat",
            "service");
    contains(sections.at("/relays/additionalProperties"), new RelayTable());
    contains(sections.at("/resolvers/additionalProperties"), new ResolverTable());
    contains(sections.at("/paths/additionalProperties"), new PathTable());
    contains(
        sections.at("/paths/additionalProperties/properties/expect"),
        new PathTables.OfExpectation());
    contains(
        sections.at("/paths/additionalProperties/properties/confirm"), new PathTables.OfConfirm());
    contains(
        sections.at("/paths/additionalProperties/properties/message"), new PathTables.OfMessage());
    contains(sections.at("/paths/additionalProperties/properties/alert"), new PathTables.OfAlert());
    contains(
        sections.at("/paths/additionalProperties/properties/depends-on/items"),
        new DependencyTable());
    contains(sections.at("/dns"), new DnsTable());
    contains(sections.at("/service"), new ServiceTable());
    contains(sections.at("/rules"), new RulesTable());
    contains(sections.at("/rules/properties/rate"), new RulesTable.OfRate());
    contains(sections.at("/rules/properties/burns/items"), new RulesTable.OfBurn());
    contains(sections.at("/rules/properties/drift"), new RulesTable.OfDrift());
    contains(sections.at("/routes/items"), new RouteTable());
    contains(sections.at("/silences/items"), new SilenceTable());
    contains(sections.at("/heartbeat"), new HeartbeatTable());
    List<ChannelTable> channels = List.copyOf(new ChannelKind().tables().values());
    for (int i = 0; i < channels.size(); i++) {
      contains(sections.at("/channels/additionalProperties/anyOf/" + i), channels.get(i));
    }
    List<MailboxTable> mailboxes = List.copyOf(new MailboxKind().tables().values());
    for (int i = 0; i < mailboxes.size(); i++) {
      contains(sections.at("/mailboxes/additionalProperties/anyOf/" + i), mailboxes.get(i));
    }
  }

  private static void contains(JsonNode schema, Table<?> table) {
    assertThat(table.keys()).isNotEmpty();
    assertThat(schema.get("properties").fieldNames())
        .toIterable()
        .containsExactlyElementsOf(table.keys().stream().map(Key::name).toList());
    for (Key<?> key : table.keys()) {
      assertThat(schema.get("properties").get(key.name()).get("description").asText())
          .as(key.name())
          .startsWith(key.sentence())
          .endsWith(".");
    }
  }

  @Test
  void defaultsAreWrittenAsInAFile() throws IOException {
    JsonNode path = schema().at("/properties/paths/additionalProperties/properties");
    assertThat(path.at("/expect/properties/lost-after/default").asText()).isEqualTo("1d");
    assertThat(path.at("/expect/properties/overdue-after/default").asText()).isEqualTo("5m");
    assertThat(path.at("/alert/properties/page/default").asText()).isEqualTo("2 of 3");
    assertThat(path.at("/dsn/default").isBoolean()).isTrue();
    assertThat(path.at("/return-path/default").asText()).isEqualTo("stable");
    JsonNode relay = schema().at("/properties/relays/additionalProperties/properties");
    assertThat(relay.at("/limit/default").asInt()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dns: { every: now }",
        "rules: { objective: 99% }",
        "rules: { rate: { sick: 2 } }",
        "rules: { burns: [{ over: 1h }] }",
        "dns: { watch: example.com }",
        "dns: { port: 70000 }",
        "relays: { A: { host: h } }",
        "relays: { r: {} }",
        "relays: { r: { host: h, prot: 25 } }",
        "relays: { r: { host: h, port: 70000 } }",
        "relays: { r: { host: h, port: smtp } }",
        "relays: { r: { host: h, tls: always } }",
        "relays: { r: { host: h, reply-timeout: 5 } }",
        "relays: { r: { host: h, each-address: maybe } }",
        "relays: { r: { host: h, username: u, password: p, password-file: f } }",
        "mailboxes: { m: { protocol: smtp } }",
        "mailboxes: { m: { protocol: smtp, listen: '127.0.0.1' } }",
        "mailboxes: { m: { protocol: smtp, listen: '127.0.0.1:25', policy: hard } }",
        "mailboxes: { m: { protocol: lmtp, listen: '127.0.0.1:25', answers: { rcpt: no } } }",
        "queues: { q: { relay: out, type: qmail, command: [mailq] } }",
        "queues: { q: { relay: out, type: exim, command: [] } }",
        "mailboxes: { m: { directory: /d } }",
        "paths: { p: { via: a, from: a@b, to: nobody, arrives-in: m } }",
        "paths: { p: { via: a, from: a@b, to: a@b, arrives-in: m, alert: { page: 1/2 } } }",
        "paths: { p: { via: a, from: a@b, to: a@b, arrives-in: m, depends-on: [{ type: A }] } }",
        "service: { tokens: [{ name: a, sha256: 12, rights: [write] }] }",
      })
  void whatTheSchemaRefusesDoesNotBind(String text) throws IOException {
    assertThat(faults(schema(), yaml(text), "")).isNotEmpty();
    assertThat(new Probes(folder).with("a.yaml", text).problems()).isNotEmpty();
  }

  /// As much of draft 2020-12 as our schema uses; a word it does not know is a fault.
  private static List<String> faults(JsonNode schema, JsonNode value, String at) {
    List<String> faults = new ArrayList<>();
    schema
        .properties()
        .forEach(word -> {
          JsonNode rule = word.getValue();
          switch (word.getKey()) {
            case "$schema", "title", "description", "default" -> {}
            case "type" -> check(isOfType(rule, value), at + " type " + rule, faults);
            case "enum" -> check(contains(rule, value), at + " enum", faults);
            case "const" -> check(rule.equals(value), at + " const", faults);
            case "pattern" ->
                check(
                    !value.isTextual()
                        || Pattern.compile(rule.asText()).matcher(value.asText()).find(),
                    at + " pattern",
                    faults);
            case "minLength" ->
                check(
                    !value.isTextual() || value.asText().length() >= rule.asInt(),
                    at + " minLength",
                    faults);
            case "minimum" ->
                check(!value.isNumber() || value.asInt() >= rule.asInt(), at + " minimum", faults);
            case "maximum" ->
                check(!value.isNumber() || value.asInt() <= rule.asInt(), at + " maximum", faults);
            case "minItems" ->
                check(!value.isArray() || value.size() >= rule.asInt(), at + " min", faults);
            case "maxItems", "maxProperties" ->
                check(value.size() <= rule.asInt(), at + " max", faults);
            case "required" ->
                rule.forEach(key -> check(value.has(key.asText()), at + " " + key, faults));
            case "properties" ->
                rule.properties()
                    .forEach(key ->
                        Optional.ofNullable(value.get(key.getKey()))
                            .ifPresent(inner ->
                                faults.addAll(
                                    faults(key.getValue(), inner, at + "/" + key.getKey()))));
            case "additionalProperties" -> faults.addAll(additional(schema, rule, value, at));
            case "propertyNames" ->
                value
                    .fieldNames()
                    .forEachRemaining(name ->
                        faults.addAll(faults(rule, MAPPER.valueToTree(name), at + "/" + name)));
            case "items" -> value.forEach(item -> faults.addAll(faults(rule, item, at + "[]")));
            case "anyOf" -> check(anyOf(rule, value, at), at + " anyOf", faults);
            case "not" -> check(!faults(rule, value, at).isEmpty(), at + " not", faults);
            default -> faults.add("unknown word " + word.getKey());
          }
        });
    return faults;
  }

  private static List<String> additional(
      JsonNode schema, JsonNode rule, JsonNode value, String at) {
    List<String> faults = new ArrayList<>();
    if (value instanceof ObjectNode object) {
      object
          .properties()
          .forEach(entry -> {
            boolean known = schema.path("properties").has(entry.getKey());
            if (!known && rule.isBoolean()) {
              faults.add(at + " additional " + entry.getKey());
            } else if (!known) {
              faults.addAll(faults(rule, entry.getValue(), at + "/" + entry.getKey()));
            }
          });
    }
    return faults;
  }

  private static boolean anyOf(JsonNode rules, JsonNode value, String at) {
    for (JsonNode rule : rules) {
      if (faults(rule, value, at).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(JsonNode list, JsonNode value) {
    for (JsonNode each : list) {
      if (each.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfType(JsonNode type, JsonNode value) {
    if (type.isArray()) {
      for (JsonNode each : type) {
        if (isOfType(each, value)) {
          return true;
        }
      }
      return false;
    }
    return switch (type.asText()) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "number" -> value.isNumber();
      case "boolean" -> value.isBoolean();
      case "null" -> value.isNull();
      default -> throw new IllegalArgumentException("no such type: " + type);
    };
  }

  private static void check(boolean good, String fault, List<String> faults) {
    if (!good) {
      faults.add(fault);
    }
  }
}
