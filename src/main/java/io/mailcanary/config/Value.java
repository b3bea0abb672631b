package io.mailcanary.config;

import java.util.Optional;

/// What stands behind a key, with all that is needed to read it.
///
/// @param key dotted, as problems name it
/// @param name the last part of it
/// @param keyAt where the key stands
record Value(Node node, String key, String name, Spot keyAt, Reader reader) {

  /// A text, as it was written and as it reads once variables are put in.
  record Text(String written, String value) {
    boolean hasVariables() {
      return !written.equals(value);
    }
  }

  void fault(String message) {
    reader.findings().add(node.at(), key, message);
  }

  /// The text of a scalar. Anything else is a finding.
  Optional<Text> text(String expected) {
    return switch (node) {
      case Node.Scalar scalar when !scalar.empty() -> substituted(scalar.text());
      case Node.Scalar _ -> refuse("has no value", expected);
      case Node.Sequence _ -> refuse("is a list", expected);
      case Node.Mapping _ -> refuse("has keys of its own", expected);
    };
  }

  Value child(Node.Entry entry) {
    return new Value(entry.value(), join(key, entry.key()), entry.key(), entry.at(), reader);
  }

  Value item(Node item, int index) {
    return new Value(item, "%s[%d]".formatted(key, index), name, item.at(), reader);
  }

  static String join(String key, String name) {
    return key.isEmpty() ? name : key + "." + name;
  }

  private Optional<Text> substituted(String written) {
    return switch (Variables.substitute(written, reader.environment())) {
      case Variables.Result.Done done -> Optional.of(new Text(written, done.text()));
      case Variables.Result.Fault fault -> {
        fault(fault.message());
        yield Optional.empty();
      }
    };
  }

  <T> Optional<T> refuse(String wrong, String expected) {
    fault("%s, expected %s".formatted(wrong, expected));
    return Optional.empty();
  }
}
