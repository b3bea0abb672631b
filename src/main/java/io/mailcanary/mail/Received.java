package io.mailcanary.mail;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One trace line (RFC 5321 §4.4): what the server that wrote it says about a hop.
///
/// @param from who handed the message over, as it named itself
/// @param by who took it
/// @param with by which protocol
/// @param id under which id
/// @param at when: Postfix and sendmail mean the beginning of the transaction, Exim its end
/// @param tls the version, such as `TLSv1.3`; `TLS` where the line says no more; null without
public record Received(
    @Nullable String from,
    @Nullable String by,
    @Nullable String with,
    @Nullable String id,
    @Nullable Instant at,
    @Nullable String tls) {
  private static final int LONGEST = 4096;
  private static final int LONGEST_WORD = 255;
  private static final int DEEPEST = 20;
  private static final int MOST_WORDS = 4;
  private static final int WITH = 2;

  /// How Postfix, Exim, Exchange, Gmail, sendmail and OpenSMTPD write it: `TLSv1.3`, `TLS1.3`,
  /// `TLS1_3`.
  private static final Pattern TLS_VERSION =
      Pattern.compile("(?<![A-Za-z])TLSv?(1)(?:[._]([0-3]))?(?![\\d.])");

  /// Protocols over TLS end in S, or in SA with a login (RFC 3848).
  private static final Pattern TLS_PROTOCOL =
      Pattern.compile("(?i)(?:E?SMTP|LMTP|UTF8SMTP|UTF8LMTP|HTTP)SA?");

  /// Without a word on TLS.
  public Received(
      @Nullable String from,
      @Nullable String by,
      @Nullable String with,
      @Nullable String id,
      @Nullable Instant at) {
    this(from, by, with, id, at, null);
  }

  /// Reads the body of a `Received` field, folded or not. Total: what cannot be read is missing.
  public static Received parse(String field) {
    String text = field.length() > LONGEST ? field.substring(0, LONGEST) : field;
    String bare = withoutComments(text);
    int semicolon = bare.lastIndexOf(';');
    String clauses = semicolon < 0 ? bare : bare.substring(0, semicolon);
    Optional<Instant> at =
        semicolon < 0 ? Optional.empty() : MailDate.parse(bare.substring(semicolon + 1));
    @Nullable String[] found = new @Nullable String[4];
    String[] words = clauses.strip().split("\\s+", 64);
    for (int i = 0; i + 1 < words.length; i++) {
      int clause = clause(words[i]);
      if (clause >= 0 && found[clause] == null && clause(words[i + 1]) < 0) {
        found[clause] = clause == WITH ? protocol(words, i + 1) : word(words[i + 1]);
        i++;
      }
    }
    String tls = tls(text, found[WITH]);
    return new Received(found[0], found[1], found[WITH], found[3], at.orElse(null), tls);
  }

  /// `Microsoft SMTP Server` and `mapi` stand where others have one word.
  private static @Nullable String protocol(String[] words, int from) {
    StringBuilder protocol = new StringBuilder();
    for (int i = from; i < Math.min(words.length, from + MOST_WORDS); i++) {
      if (i > from && isEndOfProtocol(words[i])) {
        break;
      }
      protocol.append(i > from ? " " : "").append(words[i]);
    }
    return word(protocol.toString());
  }

  private static boolean isEndOfProtocol(String word) {
    return clause(word) >= 0
        || switch (word.toLowerCase(Locale.ROOT)) {
          case "via", "for", "tls", "envelope-from", "over" -> true;
          case String _ -> false;
        };
  }

  private static @Nullable String tls(String text, @Nullable String with) {
    Matcher version = TLS_VERSION.matcher(text);
    if (text.contains("TLS") && version.find()) {
      String minor = version.group(2);
      return "TLSv" + version.group(1) + (minor == null || minor.equals("0") ? "" : "." + minor);
    }
    boolean secured = with != null && TLS_PROTOCOL.matcher(with).matches();
    return secured || text.contains("over TLS") ? "TLS" : null;
  }

  /// When it says the message was taken.
  public Optional<Instant> takenAt() {
    return Optional.ofNullable(at);
  }

  private static int clause(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "from" -> 0;
      case "by" -> 1;
      case "with" -> 2;
      case "id" -> 3;
      case String _ -> -1;
    };
  }

  private static @Nullable String word(String word) {
    StringBuilder kept = new StringBuilder();
    for (int i = 0; i < Math.min(word.length(), LONGEST_WORD); i++) {
      char c = word.charAt(i);
      kept.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    String text = kept.toString();
    boolean angled = text.length() > 2 && text.startsWith("<") && text.endsWith(">");
    return text.isEmpty() ? null : angled ? text.substring(1, text.length() - 1) : text;
  }

  /// Comments nest (RFC 5322 §3.2.2); a quoted string holds none.
  private static String withoutComments(String text) {
    StringBuilder bare = new StringBuilder(text.length());
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && (depth > 0 || quoted)) {
        i++;
      } else if (c == '"' && depth == 0) {
        quoted = !quoted;
      } else if (c == '(' && !quoted && depth < DEEPEST) {
        depth++;
      } else if (c == ')' && !quoted && depth > 0) {
        depth--;
        bare.append(' ');
      } else if (depth == 0) {
        bare.append(c);
      }
    }
    return bare.toString();
  }
}
