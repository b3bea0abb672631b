package io.mailcanary.config;

import io.mailcanary.path.Secret;
import java.util.Map;
import java.util.Optional;

/// The values of one mapping, defaults among them, as far as they could be read.
final class Row {
  private final Value value;
  private final Map<String, Value> given;
  private final Map<String, Object> values;

  Row(Value value, Map<String, Value> given, Map<String, Object> values) {
    this.value = value;
    this.given = given;
    this.values = values;
  }

  /// The name under which the mapping stands.
  String name() {
    return value.name();
  }

  Reader reader() {
    return value.reader();
  }

  /// Whether the key stands in the file, readable or not.
  boolean has(Key<?> key) {
    return given.containsKey(key.name());
  }

  boolean has(Key.OfSecret key) {
    return has(key.inline()) || has(key.inFile());
  }

  /// A value that is there once the whole row could be read.
  <T> T get(Key.Sure<T> key) {
    return find(key).orElseThrow(() -> new IllegalStateException("no value for " + key.name()));
  }

  /// A value or its default; empty where it is left out, or at fault and reported.
  @SuppressWarnings("unchecked") // Table puts in nothing but what the key's kind has read.
  <T> Optional<T> find(Key<T> key) {
    return Optional.ofNullable((T) values.get(key.name()));
  }

  Optional<Secret> find(Key.OfSecret key) {
    return find(key.inline()).or(() -> find(key.inFile()));
  }

  /// A fault of the mapping as a whole.
  void fault(String message) {
    value.fault(message);
  }

  /// A fault at a key, or at the name of the mapping where the key is left out.
  void fault(Key<?> key, String message) {
    Value at = given.get(key.name());
    if (at == null) {
      value.reader().findings().add(value.keyAt(), Value.join(value.key(), key.name()), message);
    } else {
      at.fault(message);
    }
  }

  /// A fault at a key of the mapping behind `key`.
  void fault(Key<?> key, String inner, String message) {
    Value at = given.get(key.name());
    if (at != null && at.node() instanceof Node.Mapping mapping) {
      mapping.entry(inner).map(at::child).orElse(at).fault(message);
    } else {
      fault(key, message);
    }
  }
}
