package io.mailcanary.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// The JSON Schema (draft 2020-12) of probe files, for editors. It knows no references between
/// sections and reads no other files.
public final class Schema {
  private Schema() {}

  /// The schema as text.
  public static String json() {
    try {
      return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of our own cannot be written", e);
    }
  }

  /// The schema as a tree.
  static ObjectNode root() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    root.put("title", "Probe files of mailcanary");
    root.put("type", "object").put("additionalProperties", false);
    ObjectNode sections = root.putObject("properties");
    named(sections, Section.RELAYS, "Servers that take canaries from us.", Sections.RELAY);
    named(sections, Section.MAILBOXES, "Where canaries and bounces arrive.", Sections.MAILBOX);
    named(
        sections,
        Section.RESOLVERS,
        "Name servers; the one called `default` is used for all names.",
        Sections.RESOLVER);
    named(
        sections,
        Section.PATHS,
        "Ways that mail takes, from a submission point to a mailbox.",
        Sections.PATH);
    named(sections, Section.QUEUES, "Queues of relays that are read.", Sections.QUEUE);
    named(sections, Section.CHANNELS, "Where people are told.", Sections.CHANNEL);
    single(sections, Sections.DNS, Sections.DNS_SETTINGS);
    single(sections, Sections.ROUTES, Sections.ROUTE_LIST);
    single(sections, Sections.SILENCES, Sections.SILENCE_LIST);
    single(sections, Sections.RULES, Sections.RULE_SETTINGS);
    single(sections, Sections.HEARTBEAT, Sections.HEART);
    single(sections, Sections.SERVICE, Sections.SETTINGS);
    return root;
  }

  private static void single(ObjectNode sections, String key, Kind<?> kind) {
    ObjectNode schema = sections.putObject(key);
    schema.put("description", Sections.SINGLE.get(key));
    kind.describe(schema);
  }

  private static void named(ObjectNode sections, Section section, String sentence, Kind<?> kind) {
    ObjectNode schema = sections.putObject(section.key());
    schema.put("description", sentence);
    schema.putArray("type").add("object").add("null");
    schema.putObject("propertyNames").put("pattern", "^(" + Kinds.NAME.pattern() + ")$");
    kind.describe(schema.putObject("additionalProperties"));
  }
}
