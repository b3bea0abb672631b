package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.incident.Channel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A channel: `type` says which keys it has.
final class ChannelKind implements Kind<Channel> {
  static final String TYPE = "type";

  private final Map<String, ChannelTable> tables = new LinkedHashMap<>();

  ChannelKind() {
    tables.put("pagerduty", new ChannelTable.PagerDuty());
    tables.put("alertmanager", new ChannelTable.Alertmanager());
    tables.put("webhook", new ChannelTable.Webhook());
    tables.put("slack", new ChannelTable.Slack());
    tables.put("email", new ChannelTable.Email());
    tables.put("opsgenie", new ChannelTable.Opsgenie());
  }

  Map<String, ChannelTable> tables() {
    return tables;
  }

  @Override
  public String words() {
    return "the keys of a channel";
  }

  @Override
  public Optional<Channel> read(Value value) {
    if (!(value.node() instanceof Node.Mapping mapping)) {
      return value.refuse("has no keys", words());
    }
    return type(value, mapping)
        .flatMap(type -> table(type).read(value, key -> elsewhere(key, type)));
  }

  private Optional<String> type(Value value, Node.Mapping mapping) {
    String expected = "one of " + String.join(", ", tables.keySet());
    Optional<Node.Entry> entry = mapping.entry(TYPE);
    if (entry.isEmpty()) {
      value
          .reader()
          .findings()
          .add(value.keyAt(), Value.join(value.key(), TYPE), "is missing, expected " + expected);
      return Optional.empty();
    }
    Value inner = value.child(entry.get());
    return inner
        .text(expected)
        .flatMap(text ->
            tables.containsKey(text.value())
                ? Optional.of(text.value())
                : inner.refuse(Scalar.quote(text.written()) + " is not known here", expected));
  }

  private ChannelTable table(String type) {
    ChannelTable table = tables.get(type);
    if (table == null) {
      throw new IllegalStateException("no channel is a " + type);
    }
    return table;
  }

  private Optional<String> elsewhere(String key, String type) {
    return tables.entrySet().stream()
        .filter(other -> other.getValue().knows(key))
        .findFirst()
        .map(other ->
            "is for '%s: %s', this is '%s: %s'; expected another type or no such key"
                .formatted(TYPE, other.getKey(), TYPE, type));
  }

  @Override
  public void describe(ObjectNode schema) {
    schema.put("type", "object");
    ArrayNode variants = schema.putArray("anyOf");
    tables.forEach((type, table) -> {
      ObjectNode variant = variants.addObject().put("title", type);
      table.describe(variant);
    });
  }

  @Override
  public Optional<Object> shown(Channel value) {
    return Optional.empty();
  }
}
