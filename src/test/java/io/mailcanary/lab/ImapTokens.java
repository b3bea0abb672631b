package io.mailcanary.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The words of an IMAP command: atoms, strings (literals included) and lists.
final class ImapTokens {
  private final String text;
  private int at;

  /// The command with its literals in place.
  ImapTokens(String text) {
    this.text = text;
  }

  boolean more() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    return at < text.length() && text.charAt(at) != ')';
  }

  boolean list() {
    return more() && text.charAt(at) == '(';
  }

  /// An atom, in upper case.
  String word() {
    return string().toUpperCase(Locale.ROOT);
  }

  String string() {
    if (!more()) {
      throw new IllegalArgumentException("missing argument");
    }
    return switch (text.charAt(at)) {
      case '"' -> quoted();
      case '{' -> literal();
      default -> atom();
    };
  }

  private String quoted() {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
      if (text.charAt(at) == '\\') {
        at++;
      }
      value.append(text.charAt(at));
    }
    at++;
    return value.toString();
  }

  private String literal() {
    int brace = text.indexOf('}', at);
    int length = Integer.parseInt(text.substring(at + 1, brace).replace("+", ""));
    int begin = brace + 3;
    at = begin + length;
    return text.substring(begin, at);
  }

  /// A bracketed section is part of its atom: `BODY.PEEK[HEADER.FIELDS (Subject)]<0.100>`.
  private String atom() {
    int begin = at;
    int depth = 0;
    while (at < text.length()) {
      char character = text.charAt(at);
      depth += character == '[' ? 1 : character == ']' ? -1 : 0;
      if (depth <= 0 && " ()".indexOf(character) >= 0) {
        break;
      }
      at++;
    }
    if (begin == at) {
      throw new IllegalArgumentException("unexpected " + text.charAt(at));
    }
    return text.substring(begin, at);
  }

  /// A list's words, or a single word.
  List<String> words() {
    if (!list()) {
      return List.of(string());
    }
    at++;
    List<String> words = new ArrayList<>();
    while (more()) {
      words.add(string());
    }
    at++;
    return words;
  }

  /// Goes into a list that the caller reads up to its end.
  void open() {
    at++;
  }

  void close() {
    at++;
  }
}
