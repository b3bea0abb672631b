package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The keys of one mapping, and how they become a domain value: the one source of binding,
/// defaults, documentation and schema.
abstract class Table<T> implements Kind<T> {
  private final Map<String, Key<?>> keys = new LinkedHashMap<>();
  private final Map<String, String> later = new LinkedHashMap<>();
  private final List<Key.OfSecret> secrets = new ArrayList<>();
  private final String words;

  /// @param words what the mapping is called, such as "the keys of a relay"
  Table(String words) {
    this.words = words;
  }

  /// Makes the value from a row that was read whole and found without fault.
  abstract T build(Row row);

  /// Looks for faults between keys; any of them may be missing because it is at fault itself.
  void check(Row row) {}

  final <V> Key.Sure<V> required(String name, Kind<V> kind, String sentence) {
    return add(new Key.Sure<>(name, kind, Optional.empty(), sentence));
  }

  final <V> Key.Sure<V> key(String name, Kind<V> kind, V fallback, String sentence) {
    return add(new Key.Sure<>(name, kind, Optional.of(fallback), sentence));
  }

  final <V> Key.Maybe<V> optional(String name, Kind<V> kind, String sentence) {
    return add(new Key.Maybe<>(name, kind, "", sentence));
  }

  /// @param fallback in words, since it depends on other keys
  final <V> Key.Maybe<V> derived(String name, Kind<V> kind, String fallback, String sentence) {
    return add(new Key.Maybe<>(name, kind, fallback, sentence));
  }

  /// A secret `name` with its twin `name-file`.
  final Key.OfSecret secret(String name, String sentence) {
    Key.OfSecret key =
        new Key.OfSecret(
            optional(
                name, new FileKinds.InlineSecret(), sentence + " Better in a file of its own."),
            optional(
                name + "-file", new FileKinds.SecretFile(), sentence + " Read from this file."));
    secrets.add(key);
    return key;
  }

  /// A key that is known, but that this version cannot honour.
  final void later(String name, String what) {
    later.put(name, what);
  }

  final List<Key<?>> keys() {
    return List.copyOf(keys.values());
  }

  final boolean knows(String key) {
    return keys.containsKey(key) || later.containsKey(key);
  }

  /// The value where nothing is said. Only for tables without required keys.
  final T defaults() {
    Map<String, Object> values = new HashMap<>();
    Value nothing = Kinds.nothing();
    keys.values().forEach(key -> fallback(key).ifPresent(value -> values.put(key.name(), value)));
    return build(new Row(nothing, Map.of(), values));
  }

  @Override
  public String words() {
    return words;
  }

  @Override
  public Optional<T> read(Value value) {
    return read(value, _ -> Optional.empty());
  }

  /// @param elsewhere says what a key that is unknown here is instead
  final Optional<T> read(Value value, Function<String, Optional<String>> elsewhere) {
    if (!(value.node() instanceof Node.Mapping mapping)) {
      return value.refuse("has no keys", words);
    }
    long before = value.reader().findings().added();
    Map<String, Value> given = given(value, mapping, elsewhere);
    Map<String, Object> values = new HashMap<>();
    boolean whole = true;
    for (Key<?> key : keys.values()) {
      whole &= fill(key, value, given, values);
    }
    Row row = new Row(value, given, values);
    secrets.forEach(secret -> checkTwins(secret, row));
    check(row);
    return whole && value.reader().findings().added() == before
        ? Optional.of(build(row))
        : Optional.empty();
  }

  private Map<String, Value> given(
      Value value, Node.Mapping mapping, Function<String, Optional<String>> elsewhere) {
    Map<String, Value> given = new HashMap<>();
    for (Node.Entry entry : mapping.entries()) {
      Value inner = value.child(entry);
      if (keys.containsKey(entry.key())) {
        given.put(entry.key(), inner);
      } else {
        value.reader().findings().add(entry.at(), inner.key(), stranger(entry.key(), elsewhere));
      }
    }
    return given;
  }

  private String stranger(String key, Function<String, Optional<String>> elsewhere) {
    String what = later.get(key);
    if (what != null) {
      return Kinds.LATER + what;
    }
    return elsewhere
        .apply(key)
        .orElseGet(() -> "is no known key, " + Nearest.among(key, keys.keySet()));
  }

  /// Puts in what was given or else what holds by default; says whether nothing is missing.
  private static boolean fill(
      Key<?> key, Value value, Map<String, Value> given, Map<String, Object> values) {
    Value inner = given.get(key.name());
    if (inner != null) {
      Optional<?> read = key.kind().read(inner);
      read.ifPresent(v -> values.put(key.name(), v));
      return read.isPresent();
    }
    fallback(key).ifPresent(v -> values.put(key.name(), v));
    if (isRequired(key)) {
      value
          .reader()
          .findings()
          .add(
              value.keyAt(),
              Value.join(value.key(), key.name()),
              "is missing, expected " + key.kind().words());
      return false;
    }
    return true;
  }

  private static void checkTwins(Key.OfSecret secret, Row row) {
    if (row.has(secret.inline()) && row.has(secret.inFile())) {
      row.fault(
          secret.inFile(),
          "stands beside %s, expected one of the two".formatted(secret.inline().name()));
    }
  }

  private static Optional<?> fallback(Key<?> key) {
    return switch (key) {
      case Key.Sure<?> sure -> sure.fallback();
      case Key.Maybe<?> _ -> Optional.empty();
    };
  }

  private static boolean isRequired(Key<?> key) {
    return switch (key) {
      case Key.Sure<?> sure -> sure.fallback().isEmpty();
      case Key.Maybe<?> _ -> false;
    };
  }

  private <K extends Key<?>> K add(K key) {
    if (keys.put(key.name(), key) != null) {
      throw new IllegalStateException("two keys are called " + key.name());
    }
    return key;
  }

  @Override
  public void describe(ObjectNode schema) {
    schema.put("type", "object").put("additionalProperties", false);
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.arrayNode();
    for (Key<?> key : keys.values()) {
      describe(key, properties.putObject(key.name()));
      if (isRequired(key)) {
        required.add(key.name());
      }
    }
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    ArrayNode conflicts = schema.arrayNode();
    secrets.forEach(secret ->
        conflicts
            .addObject()
            .putArray("required")
            .add(secret.inline().name())
            .add(secret.inFile().name()));
    if (!conflicts.isEmpty()) {
      schema.putObject("not").set("anyOf", conflicts);
    }
  }

  private static <V> void describe(Key<V> key, ObjectNode schema) {
    key.kind().describe(schema);
    String note =
        switch (key) {
          case Key.Sure<V> sure -> {
            sure.fallback().flatMap(key.kind()::shown).ifPresent(v -> schema.putPOJO("default", v));
            yield "";
          }
          case Key.Maybe<V> maybe ->
              maybe.fallback().isEmpty() ? "" : " Default: " + maybe.fallback() + ".";
        };
    schema.put("description", key.sentence() + note);
  }

  @Override
  public Optional<Object> shown(T value) {
    return Optional.empty();
  }
}
