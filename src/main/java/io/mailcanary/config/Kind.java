package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// A kind of value: how it is read, what it is called, what its schema is.
interface Kind<T> {
  /// Ends a sentence that starts with "expected", such as "a duration such as 30s".
  String words();

  /// Reads a value; what is wrong with it goes to its findings.
  Optional<T> read(Value value);

  /// Writes what is allowed as JSON Schema.
  void describe(ObjectNode schema);

  /// As it would stand in a file; empty where a default is not worth showing.
  Optional<Object> shown(T value);
}
