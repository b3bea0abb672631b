package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// A kind of value that is one text.
///
/// @param parser throws an [IllegalArgumentException] whose message says what is wrong with the
///   text
record Scalar<T>(
    String words,
    Function<String, T> parser,
    Consumer<ObjectNode> schema,
    Function<T, Object> shower)
    implements Kind<T> {
  private static final int LONGEST_QUOTE = 80;

  @Override
  public Optional<T> read(Value value) {
    return value.text(words).flatMap(text -> parse(value, text));
  }

  private Optional<T> parse(Value value, Value.Text text) {
    try {
      return Optional.of(parser.apply(text.value()));
    } catch (IllegalArgumentException e) {
      // What stands in the environment may be a secret in the wrong place.
      return value.refuse(
          text.hasVariables()
              ? "the value of %s does not fit".formatted(quote(text.written()))
              : String.valueOf(e.getMessage()),
          words);
    }
  }

  @Override
  public void describe(ObjectNode node) {
    schema.accept(node);
  }

  @Override
  public Optional<Object> shown(T value) {
    return Optional.of(shower.apply(value));
  }

  static String quote(String text) {
    return "'"
        + (text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…")
        + "'";
  }

  /// The usual complaint.
  static IllegalArgumentException unfit(String text, String noWhat) {
    return new IllegalArgumentException(quote(text) + " is " + noWhat);
  }
}
