package io.mailcanary.receiver;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What stands behind MAIL or RCPT (RFC 5321 §4.1.1.2, §4.1.1.3): an address and parameters.
///
/// @param address without angle brackets and source route; empty for the null sender
/// @param parameters names in upper case, values as given
record Argument(String address, Map<String, String> parameters) {
  private static final int LONGEST_ADDRESS = 320;

  Argument {
    parameters = Map.copyOf(parameters);
  }

  /// @param keyword `FROM:` or `TO:`
  /// @return empty where it is none
  static Optional<Argument> read(String line, String keyword) {
    String text = line.length() > 4 ? line.substring(4).strip() : "";
    if (!text.regionMatches(true, 0, keyword, 0, keyword.length())) {
      return Optional.empty();
    }
    String rest = text.substring(keyword.length()).strip();
    int end = rest.startsWith("<") ? closing(rest) : space(rest);
    if (end < 0) {
      return Optional.empty();
    }
    String address = rest.startsWith("<") ? rest.substring(1, end) : rest.substring(0, end);
    String after = rest.substring(Math.min(rest.length(), rest.startsWith("<") ? end + 1 : end));
    return isFit(address)
        ? Optional.of(new Argument(withoutRoute(address), parameters(after)))
        : Optional.empty();
  }

  private static int closing(String rest) {
    boolean quoted = false;
    for (int i = 1; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == '\\' && quoted) {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == '>' && !quoted) {
        return i;
      }
    }
    return -1;
  }

  private static int space(String rest) {
    int end = rest.indexOf(' ');
    return rest.isEmpty() ? -1 : end < 0 ? rest.length() : end;
  }

  private static boolean isFit(String address) {
    return address.length() <= LONGEST_ADDRESS
        && address.chars().allMatch(c -> c >= 0x20 && c != 0x7f);
  }

  /// A source route is to be accepted and ignored (RFC 5321 appendix C).
  private static String withoutRoute(String address) {
    int colon = address.indexOf(':');
    return address.startsWith("@") && colon > 0 ? address.substring(colon + 1) : address;
  }

  private static Map<String, String> parameters(String text) {
    Map<String, String> parameters = new HashMap<>();
    for (String word : text.strip().split(" +")) {
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      if (!name.isEmpty()) {
        parameters.put(name.toUpperCase(Locale.ROOT), equals < 0 ? "" : word.substring(equals + 1));
      }
    }
    return parameters;
  }

  /// SIZE (RFC 1870), where it is given and a number.
  OptionalLong size() {
    String text = parameters.getOrDefault("SIZE", "");
    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  /// ENVID, its xtext decoded (RFC 3461 §4); empty where it is not given.
  String envelopeId() {
    String text = parameters.getOrDefault("ENVID", "");
    ByteArrayOutputStream decoded = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '+' && text.substring(i).matches("(?s)\\+[0-9A-F]{2}.*")) {
        decoded.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        decoded.write(c & 0x7f);
      }
    }
    return decoded.toString(StandardCharsets.US_ASCII);
  }
}
