package io.mailcanary.mail;

import java.util.Locale;
import java.util.Set;

/// The words of an HTML page, as far as rules need them: no tags, no styles, lines where it has
/// blocks. One pass, total.
final class Html {
  private static final int LONGEST = 64 * 1024;
  private static final int LONGEST_TAG = 2000;
  private static final Set<String> BLOCKS =
      Set.of("br", "p", "div", "tr", "li", "pre", "table", "h1", "h2", "h3", "h4", "ul", "td");

  private Html() {}

  static String text(String html) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < html.length() && text.length() < LONGEST) {
      int open = html.indexOf('<', at);
      if (open < 0) {
        text.append(html, at, html.length());
        break;
      }
      text.append(html, at, open);
      at = behind(html, open, text);
    }
    return text.toString()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
  }

  /// Where the text goes on behind the tag, comment or style that opens there.
  private static int behind(String html, int open, StringBuilder text) {
    if (html.startsWith("<!--", open)) {
      return end(html.indexOf("-->", open + 4), 3, html);
    }
    int close = html.indexOf('>', open);
    if (close < 0 || close - open > LONGEST_TAG) {
      text.append('<');
      return open + 1;
    }
    String name = name(html, open + 1, close);
    if (name.equals("style") || name.equals("script")) {
      return end(html.indexOf("</" + name, close), 0, html);
    }
    text.append(BLOCKS.contains(name) ? '\n' : ' ');
    return close + 1;
  }

  private static int end(int found, int length, String html) {
    return found < 0 ? html.length() : found + length;
  }

  private static String name(String html, int from, int to) {
    int begin = from < to && html.charAt(from) == '/' ? from + 1 : from;
    int end = begin;
    while (end < to && end - begin < 12 && Character.isLetterOrDigit(html.charAt(end))) {
      end++;
    }
    String name = html.substring(begin, end).toLowerCase(Locale.ROOT);
    boolean closing = begin > from;
    return closing && (name.equals("style") || name.equals("script")) ? "" : name;
  }
}
