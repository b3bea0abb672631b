package io.mailcanary.verdict;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.EnhancedStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row of the table by which replies are understood. Where a condition is left out, anything
/// will do.
///
/// @param because stands behind `the server says that `
/// @param hosts one of these has to stand in the name of the server that spoke
/// @param codes one of these has to open the reply code: `4` or `421`
/// @param statuses one of these has to be the status; `*.1.8` stands for any class
/// @param phrases one of these has to stand in the text, in lower case; a `*` within stands for
///   other words between
record ReplyRule(
    Cause cause,
    String because,
    List<String> hosts,
    List<String> codes,
    List<String> statuses,
    List<String> phrases) {

  static ReplyRule of(Cause cause, String because) {
    return new ReplyRule(cause, because, List.of(), List.of(), List.of(), List.of());
  }

  ReplyRule at(String... any) {
    return new ReplyRule(cause, because, List.of(any), codes, statuses, phrases);
  }

  ReplyRule code(String... any) {
    return new ReplyRule(cause, because, hosts, List.of(any), statuses, phrases);
  }

  ReplyRule status(String... any) {
    return new ReplyRule(cause, because, hosts, codes, List.of(any), phrases);
  }

  ReplyRule says(String... any) {
    return new ReplyRule(cause, because, hosts, codes, statuses, List.of(any));
  }

  /// @param text in lower case
  boolean holds(@Nullable Integer code, @Nullable EnhancedStatus status, String text, String host) {
    return isCode(code) && isStatus(status) && isHost(host, text) && isSaid(text);
  }

  private boolean isCode(@Nullable Integer code) {
    return codes.isEmpty()
        || code != null && codes.stream().anyMatch(one -> code.toString().startsWith(one));
  }

  private boolean isStatus(@Nullable EnhancedStatus status) {
    if (statuses.isEmpty()) {
      return true;
    }
    if (status == null) {
      return false;
    }
    String word = status.toString();
    for (String one : statuses) {
      if (one.startsWith("*") ? word.substring(1).equals(one.substring(1)) : word.equals(one)) {
        return true;
      }
    }
    return false;
  }

  /// A server that nobody named may still be known by what it says.
  private boolean isHost(String host, String text) {
    if (hosts.isEmpty()) {
      return true;
    }
    for (String one : hosts) {
      if (host.contains(one) || text.contains(one)) {
        return true;
      }
    }
    return false;
  }

  private boolean isSaid(String text) {
    if (phrases.isEmpty()) {
      return true;
    }
    for (String phrase : phrases) {
      if (contains(text, phrase)) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(String text, String phrase) {
    int star = phrase.indexOf('*');
    if (star < 0) {
      return text.contains(phrase);
    }
    int from = 0;
    int begin = 0;
    while (begin <= phrase.length()) {
      int end = star < 0 ? phrase.length() : star;
      String piece = phrase.substring(begin, end);
      int at = text.indexOf(piece, from);
      if (at < 0) {
        return false;
      }
      from = at + piece.length();
      begin = end + 1;
      star = begin > phrase.length() ? -1 : phrase.indexOf('*', begin);
    }
    return true;
  }
}
