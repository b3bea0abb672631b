package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.path.Mailbox;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A mailbox: `protocol` says which keys it has.
final class MailboxKind implements Kind<Mailbox> {
  static final String PROTOCOL = "protocol";

  private static final String USUAL = "imap";

  private final Map<String, MailboxTable> tables = new LinkedHashMap<>();

  MailboxKind() {
    tables.put(USUAL, new MailboxTable.Imap());
    tables.put("pop3", new MailboxTable.Pop3());
    tables.put("maildir", new MailboxTable.Maildir());
    tables.put("smtp", new ReceiverTable(Mailbox.Receiver.Protocol.SMTP));
    tables.put("lmtp", new ReceiverTable(Mailbox.Receiver.Protocol.LMTP));
  }

  Map<String, MailboxTable> tables() {
    return tables;
  }

  @Override
  public String words() {
    return "the keys of a mailbox";
  }

  @Override
  public Optional<Mailbox> read(Value value) {
    if (!(value.node() instanceof Node.Mapping mapping)) {
      return value.refuse("has no keys", words());
    }
    return protocol(value, mapping)
        .flatMap(protocol -> table(protocol).read(value, key -> elsewhere(key, protocol)));
  }

  private Optional<String> protocol(Value value, Node.Mapping mapping) {
    Optional<Node.Entry> entry = mapping.entry(PROTOCOL);
    if (entry.isEmpty()) {
      return Optional.of(USUAL);
    }
    String expected = "one of " + String.join(", ", tables.keySet());
    Value inner = value.child(entry.get());
    return inner.text(expected).flatMap(text -> known(inner, text, expected));
  }

  private Optional<String> known(Value inner, Value.Text text, String expected) {
    if (tables.containsKey(text.value())) {
      return Optional.of(text.value());
    }
    return inner.refuse(Scalar.quote(text.written()) + " is not known here", expected);
  }

  private MailboxTable table(String protocol) {
    MailboxTable table = tables.get(protocol);
    if (table == null) {
      throw new IllegalStateException("no mailbox speaks " + protocol);
    }
    return table;
  }

  private Optional<String> elsewhere(String key, String protocol) {
    return tables.entrySet().stream()
        .filter(other -> other.getValue().knows(key))
        .findFirst()
        .map(other ->
            "is for '%s: %s', this is '%s: %s'; expected another protocol or no such key"
                .formatted(PROTOCOL, other.getKey(), PROTOCOL, protocol));
  }

  @Override
  public void describe(ObjectNode schema) {
    schema.put("type", "object");
    ArrayNode variants = schema.putArray("anyOf");
    tables.forEach((protocol, table) -> {
      ObjectNode variant = variants.addObject().put("title", protocol);
      table.describe(variant);
      if (!protocol.equals(USUAL)) {
        variant.withArray("required").add(PROTOCOL);
      }
    });
  }

  @Override
  public Optional<Object> shown(Mailbox value) {
    return Optional.empty();
  }
}
