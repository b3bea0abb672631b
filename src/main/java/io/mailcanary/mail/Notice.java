package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a report says to people, and the message that it gives back behind that.
///
/// @param lines decoded, without the returned message
/// @param text the same, joined by line feeds
/// @param returned the header of the returned message; empty where none is
record Notice(List<String> lines, String text, HeaderBlock returned) {
  private static final int LONGEST = 64 * 1024;
  private static final int MOST_LINES = 1000;
  private static final int LONGEST_LINE = 1000;
  private static final int LONGEST_ANNOUNCEMENT = 200;

  /// A line that says that the message itself follows: drawn apart by dashes or bars, or a whole
  /// sentence.
  private static final Pattern FOLLOWS =
      Pattern.compile(
          "(?i)\\s{0,20}(?:[-=|+*>]{1,80}\\s{0,20})?(?:"
              + "(?:this|below this line|below|enclosed|included)\\s(?:line\\s)?is an?\\s(?:the\\s)?copy of\\s.{0,80}"
              + "|(?:the )?header of the original message.{0,40}|(?:the )?original message(?: headers?| follows?| mail info)?[.:]?\\s{0,20}"
              + "|original mail info|(?:unsent|returned) (?:message|mail).{0,40}|message (?:header|text) follows.{0,80}"
              + "|your (?:original )?message (?:follows|reads).{0,40}|---+ copy of .{0,60}"
              + ")\\s{0,20}[-=|:.]{0,80}\\s{0,20}");

  private static final Pattern QUOTED = Pattern.compile("^(?:> ?){1,5}");

  Notice {
    lines = List.copyOf(lines);
  }

  static Notice of(Mime message) {
    Optional<Mime> given = message.leaf(Notice::isReturned);
    List<String> lines = new ArrayList<>();
    HeaderBlock behind = split(told(message), lines);
    HeaderBlock returned =
        given.map(part -> HeaderBlock.of(part.beginning().stripLeading())).orElse(behind);
    return new Notice(lines, String.join("\n", lines), returned);
  }

  static boolean isReturned(Mime part) {
    return switch (part.type()) {
      case "message/rfc822",
          "message/global",
          "message/global-headers",
          "text/rfc822-headers",
          "text/rfc822-header",
          "message/rfc822-headers",
          "message/partial" ->
          true;
      case String _ -> false;
    };
  }

  /// The words in front of the machine-readable parts, plain text before HTML.
  private static String told(Mime message) {
    StringBuilder plain = new StringBuilder();
    StringBuilder html = new StringBuilder();
    for (Mime leaf : message.leaves()) {
      if (isReturned(leaf) || plain.length() > LONGEST) {
        break;
      }
      if (leaf.type().equals("text/html")) {
        html.append(html.isEmpty() ? leaf.text() : "");
      } else if (leaf.type().startsWith("text/") || leaf.type().startsWith("multipart/")) {
        plain.append(leaf.text()).append('\n');
      }
    }
    String text = plain.toString().isBlank() ? Html.text(html.toString()) : plain.toString();
    return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
  }

  private static HeaderBlock split(String text, List<String> told) {
    String[] lines = text.split("\r?\n|\r", MOST_LINES + 1);
    for (int i = 0; i < Math.min(lines.length, MOST_LINES); i++) {
      String line =
          lines[i].length() > LONGEST_LINE ? lines[i].substring(0, LONGEST_LINE) : lines[i];
      if (mayAnnounce(line) && FOLLOWS.matcher(line).matches() && i + 1 < lines.length) {
        return returned(lines, i + 1);
      }
      told.add(QUOTED.matcher(line).replaceFirst(""));
    }
    return HeaderBlock.of("");
  }

  /// Most lines need no closer look.
  private static boolean mayAnnounce(String line) {
    return line.length() < LONGEST_ANNOUNCEMENT
        && (line.contains("copy")
            || line.contains("essage")
            || line.contains("riginal")
            || line.contains("nsent")
            || line.contains("eturned"));
  }

  /// The header behind the line that announces it; rulers and empty lines between do not count.
  private static HeaderBlock returned(String[] lines, int from) {
    int begin = from;
    while (begin < lines.length && lines[begin].chars().noneMatch(Character::isLetter)) {
      begin++;
    }
    if (begin == lines.length) {
      return HeaderBlock.of("");
    }
    int indent = lines[begin].length() - lines[begin].stripLeading().length();
    StringBuilder header = new StringBuilder();
    for (int i = begin; i < lines.length && header.length() < LONGEST; i++) {
      String line = lines[i];
      header.append(line.substring(Math.min(indent, line.length() - line.stripLeading().length())));
      header.append('\n');
    }
    return HeaderBlock.of(header.toString());
  }
}
