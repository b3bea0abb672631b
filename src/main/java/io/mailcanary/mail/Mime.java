package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// One entity of a message (RFC 2045 §2.4): a leaf with a content, or a multipart with parts. Parts
/// of an enclosed message are not its own. Total, and bounded in depth and number.
final class Mime {
  private static final int DEEPEST = 8;
  private static final int MOST_PARTS = 64;
  private static final int LONGEST_BOUNDARY = 200;
  private static final int LONGEST_BEGINNING = 32 * 1024;

  private final HeaderBlock header;
  private final HeaderValue type;
  private final String content;
  private final List<Mime> parts;

  private Mime(HeaderBlock header, HeaderValue type, String content, List<Mime> parts) {
    this.header = header;
    this.type = type;
    this.content = content;
    this.parts = parts;
  }

  static Mime of(String message) {
    return read(message, "text/plain", 0, new int[] {MOST_PARTS});
  }

  HeaderBlock header() {
    return header;
  }

  /// Such as `text/plain`, in lower case.
  String type() {
    return type.value();
  }

  Optional<String> parameter(String name) {
    return type.parameter(name);
  }

  List<Mime> parts() {
    return parts;
  }

  /// The content as it was sent.
  String content() {
    return content;
  }

  /// The content without its transfer encoding and in Unicode.
  String text() {
    return Decoding.text(
        content,
        header.first("Content-Transfer-Encoding").orElse(""),
        type.parameter("charset").orElse(""));
  }

  /// As much of [#text()] as a header can take.
  String beginning() {
    return Decoding.text(
        content.length() > LONGEST_BEGINNING ? content.substring(0, LONGEST_BEGINNING) : content,
        header.first("Content-Transfer-Encoding").orElse(""),
        type.parameter("charset").orElse(""));
  }

  /// All leaves, in their order.
  List<Mime> leaves() {
    List<Mime> leaves = new ArrayList<>();
    collect(leaves);
    return leaves;
  }

  /// The first leaf like that.
  Optional<Mime> leaf(Predicate<Mime> like) {
    return leaves().stream().filter(like).findFirst();
  }

  private void collect(List<Mime> leaves) {
    if (parts.isEmpty()) {
      leaves.add(this);
    }
    parts.forEach(part -> part.collect(leaves));
  }

  private static Mime read(String entity, String defaultType, int depth, int[] left) {
    HeaderBlock header = HeaderBlock.of(entity);
    String content = header.bodyOf(entity);
    HeaderValue type =
        header
            .first("Content-Type")
            .map(HeaderValue::of)
            .filter(value -> value.value().indexOf('/') > 0)
            .orElse(new HeaderValue(defaultType, List.of()));
    List<Mime> parts = new ArrayList<>();
    if (type.value().startsWith("multipart/") && depth < DEEPEST) {
      String inner = type.value().equals("multipart/digest") ? "message/rfc822" : "text/plain";
      for (String part : split(content, type.parameter("boundary").orElse(""), left)) {
        parts.add(read(part, inner, depth + 1, left));
      }
    }
    return new Mime(header, type, content, List.copyOf(parts));
  }

  /// Cuts a multipart's content at its boundary lines (RFC 2046 §5.1.1); the closing one may be
  /// missing.
  private static List<String> split(String content, String boundary, int[] left) {
    List<String> parts = new ArrayList<>();
    if (boundary.isEmpty() || boundary.length() > LONGEST_BOUNDARY) {
      return parts;
    }
    String delimiter = "--" + boundary;
    int begin = -1;
    int at = lineThatStarts(content, delimiter, 0);
    while (at >= 0) {
      if (begin >= 0) {
        parts.add(content.substring(begin, Math.max(begin, at - 1)));
        left[0]--;
      }
      boolean last = content.startsWith("--", at + delimiter.length());
      int end = content.indexOf('\n', at);
      if (last || end < 0 || left[0] <= 0) {
        return parts;
      }
      begin = end + 1;
      at = lineThatStarts(content, delimiter, begin);
    }
    if (begin >= 0) {
      parts.add(content.substring(begin));
      left[0]--;
    }
    return parts;
  }

  private static int lineThatStarts(String text, String start, int from) {
    int at = text.indexOf(start, from);
    while (at > 0 && text.charAt(at - 1) != '\n') {
      at = text.indexOf(start, at + 1);
    }
    return at;
  }

  @Override
  public String toString() {
    return type.value().toLowerCase(Locale.ROOT) + parts;
  }
}
