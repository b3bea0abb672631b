package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The header of a message (RFC 5322 §2.2), unfolded. Total over any text: what is no field is left
/// out, and what is too much is cut off.
public final class HeaderBlock {
  private static final int MOST_FIELDS = 1000;
  private static final int LONGEST_VALUE = 16 * 1024;

  private final List<Field> fields;
  private final int bodyAt;

  /// @param name as it was written
  /// @param value unfolded, without the white space around it
  public record Field(String name, String value) {}

  private HeaderBlock(List<Field> fields, int bodyAt) {
    this.fields = List.copyOf(fields);
    this.bodyAt = bodyAt;
  }

  /// Reads the header at the beginning of a raw message.
  public static HeaderBlock of(String message) {
    List<Field> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    int at = 0;
    while (at < message.length()) {
      int end = message.indexOf('\n', at);
      int next = end < 0 ? message.length() : end + 1;
      String line = message.substring(at, end < 0 ? next : end);
      line = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
      at = next;
      if (line.isEmpty()) {
        break;
      }
      boolean folded = line.charAt(0) == ' ' || line.charAt(0) == '\t';
      if (!folded) {
        keep(field, fields);
      }
      if (field.length() < LONGEST_VALUE) {
        field.append(line, 0, Math.min(line.length(), LONGEST_VALUE));
      }
    }
    keep(field, fields);
    return new HeaderBlock(fields, at);
  }

  /// All fields, top first.
  public List<Field> fields() {
    return fields;
  }

  /// The topmost field of that name.
  public Optional<String> first(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst();
  }

  /// All fields of that name, top first.
  public List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }

  /// What comes behind the header in the message that this was read from.
  public String bodyOf(String message) {
    return message.substring(Math.min(bodyAt, message.length()));
  }

  private static void keep(StringBuilder field, List<Field> fields) {
    int colon = field.indexOf(":");
    if (colon > 0 && fields.size() < MOST_FIELDS) {
      fields.add(new Field(field.substring(0, colon).strip(), field.substring(colon + 1).strip()));
    }
    field.setLength(0);
  }
}
