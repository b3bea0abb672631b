package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A structured field's value with its parameters, such as that of Content-Type (RFC 2045 §5.1).
///
/// @param value without comments, in lower case
record HeaderValue(String value, List<Parameter> parameters) {
  private static final int MOST_PARAMETERS = 32;

  record Parameter(String name, String value) {}

  HeaderValue {
    parameters = List.copyOf(parameters);
  }

  static HeaderValue of(String field) {
    List<String> pieces = pieces(field);
    List<Parameter> parameters = new ArrayList<>();
    for (String piece : pieces.subList(1, pieces.size())) {
      int equals = piece.indexOf('=');
      if (equals > 0) {
        String name = piece.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        parameters.add(new Parameter(name, unquoted(piece.substring(equals + 1).strip())));
      }
    }
    return new HeaderValue(pieces.getFirst().strip().toLowerCase(Locale.ROOT), parameters);
  }

  Optional<String> parameter(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::value)
        .findFirst();
  }

  /// Cuts at semicolons outside of quotes.
  private static List<String> pieces(String field) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && quoted && i + 1 < field.length()) {
        piece.append(c).append(field.charAt(++i));
      } else if (c == ';' && !quoted) {
        pieces.add(piece.toString());
        piece.setLength(0);
        if (pieces.size() > MOST_PARAMETERS) {
          return pieces;
        }
      } else {
        quoted = c == '"' ? !quoted : quoted;
        piece.append(c);
      }
    }
    pieces.add(piece.toString());
    return pieces;
  }

  private static String unquoted(String text) {
    if (!text.startsWith("\"")) {
      int end = 0;
      while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
        end++;
      }
      return text.substring(0, end);
    }
    StringBuilder bare = new StringBuilder();
    for (int i = 1; i < text.length() && text.charAt(i) != '"'; i++) {
      char c = text.charAt(i);
      bare.append(c == '\\' && i + 1 < text.length() ? text.charAt(++i) : c);
    }
    return bare.toString();
  }
}
