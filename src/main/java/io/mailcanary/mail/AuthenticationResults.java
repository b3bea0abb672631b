package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a server says in an `Authentication-Results` field (RFC 8601 §2.2).
///
/// @param server who says so, in lower case; empty where the field does not name its author
/// @param verdicts in the order of the field; none where nothing was checked
public record AuthenticationResults(String server, List<Verdict> verdicts) {
  /// The name of the field.
  public static final String FIELD = "Authentication-Results";

  private static final int LONGEST = 16 * 1024;
  private static final int MOST_VERDICTS = 64;
  private static final int MOST_PROPERTIES = 32;
  private static final int DEEPEST = 20;

  public AuthenticationResults {
    verdicts = List.copyOf(verdicts);
  }

  /// One method's result.
  ///
  /// @param method in lower case, such as `dkim`; there are many more than we know
  /// @param result in lower case, such as `pass`
  /// @param reason empty where none is given
  /// @param properties what was checked, such as `header.d` → `example.org`; keys in lower case
  public record Verdict(
      String method, String result, String reason, Map<String, String> properties) {
    public Verdict {
      properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /// The first of these properties that is there; what stands behind an at sign where it is an
    /// address.
    public String domain(String... names) {
      for (String name : names) {
        String value = properties.get(name);
        if (value != null && !value.isEmpty()) {
          return value.substring(value.lastIndexOf('@') + 1).toLowerCase(Locale.ROOT);
        }
      }
      return "";
    }
  }

  /// Reads the body of a field, folded or not. Total: what cannot be read is left out.
  public static AuthenticationResults parse(String field) {
    List<List<String>> parts =
        parts(field.length() > LONGEST ? field.substring(0, LONGEST) : field);
    List<String> first = parts.getFirst();
    // Some large senders of mail leave their name out and begin with a result at once.
    boolean anonymous = first.contains("=");
    List<Verdict> verdicts = new ArrayList<>();
    for (List<String> part : parts.subList(anonymous ? 0 : 1, parts.size())) {
      if (verdicts.size() < MOST_VERDICTS) {
        verdict(part).ifPresent(verdicts::add);
      }
    }
    String server = anonymous || first.isEmpty() ? "" : first.getFirst().toLowerCase(Locale.ROOT);
    return new AuthenticationResults(server, verdicts);
  }

  /// What it says of one method.
  public List<Verdict> of(AuthenticationMethod method) {
    return verdicts.stream().filter(one -> one.method().equals(method.word())).toList();
  }

  /// `method[/version] = result [reason = value] *(ptype.property = value)`
  private static Optional<Verdict> verdict(List<String> tokens) {
    if (tokens.size() < 3) {
      return Optional.empty();
    }
    // Around the slash of a version there may be white space.
    int equals = tokens.indexOf("=");
    if (equals < 1 || equals + 1 >= tokens.size()) {
      return Optional.empty();
    }
    String method = tokens.getFirst().toLowerCase(Locale.ROOT);
    int slash = method.indexOf('/');
    method = slash < 0 ? method : method.substring(0, slash);
    String result = tokens.get(equals + 1).toLowerCase(Locale.ROOT);
    if (method.isEmpty() || result.isEmpty() || result.equals("=")) {
      return Optional.empty();
    }
    String reason = "";
    Map<String, String> properties = new LinkedHashMap<>();
    for (int i = equals + 2; i + 2 < tokens.size(); i++) {
      if (!tokens.get(i + 1).equals("=")) {
        continue;
      }
      String key = tokens.get(i).toLowerCase(Locale.ROOT);
      String value = tokens.get(i + 2);
      if (key.equals("reason")) {
        reason = value;
      } else if (key.indexOf('.') > 0 && properties.size() < MOST_PROPERTIES) {
        properties.putIfAbsent(key, value);
      }
      i += 2;
    }
    return Optional.of(new Verdict(method, result, reason, properties));
  }

  /// The tokens between the semicolons, without comments; an equals sign is a token of its own
  /// where it stands for itself.
  private static List<List<String>> parts(String text) {
    List<List<String>> parts = new ArrayList<>();
    List<String> part = new ArrayList<>();
    StringBuilder token = new StringBuilder();
    boolean value = false;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '(') {
        value = end(token, part, value);
        at = behindComment(text, at);
      } else if (c == '"') {
        at = quoted(text, at + 1, token);
        if (token.isEmpty() && value) {
          // An empty quoted string is a value as well.
          part.add("");
          value = false;
        }
      } else if (c == ';') {
        end(token, part, value);
        value = false;
        parts.add(part);
        part = new ArrayList<>();
        at++;
      } else if (c == '=' && !value) {
        end(token, part, false);
        part.add("=");
        // Base64 and paths may hold equals signs: the next one stands for itself only behind white
        // space.
        value = true;
        at++;
      } else if (c <= ' ') {
        value = end(token, part, value);
        at++;
      } else {
        token.append(c);
        at++;
      }
    }
    end(token, part, value);
    parts.add(part);
    return parts;
  }

  /// @return whether a value is still awaited
  private static boolean end(StringBuilder token, List<String> part, boolean value) {
    if (token.isEmpty()) {
      return value;
    }
    part.add(token.toString());
    token.setLength(0);
    return false;
  }

  private static int quoted(String text, int from, StringBuilder into) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      into.append(text.charAt(at));
      at++;
    }
    return at + 1;
  }

  /// Comments nest (RFC 5322 §3.2.2).
  private static int behindComment(String text, int from) {
    int depth = 0;
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '(' && depth < DEEPEST) {
        depth++;
      } else if (c == ')' && --depth == 0) {
        return at + 1;
      }
      at++;
    }
    return text.length();
  }
}
