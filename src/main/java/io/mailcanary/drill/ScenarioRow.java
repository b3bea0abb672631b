package io.mailcanary.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One mapping of a drill's file, with where it stands.
final class ScenarioRow {
  private static final Pattern TIME = Pattern.compile("(-?)(\\d{1,5})(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,6})(KB|MB)");
  private static final Duration LONGEST = Duration.ofDays(10);

  private final String file;
  private final String place;
  private final Map<String, Object> values = new LinkedHashMap<>();

  /// @param file for people
  /// @param allowed empty: all keys
  ScenarioRow(String file, String place, Map<?, ?> map, Set<String> allowed)
      throws ScenarioException {
    this.file = file;
    this.place = place;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String key = String.valueOf(entry.getKey());
      if (!allowed.isEmpty() && !allowed.contains(key)) {
        throw wrong(
            key,
            "is unknown, allowed are " + String.join(", ", allowed.stream().sorted().toList()));
      }
      Object value = entry.getValue();
      if (value != null) {
        values.put(key, value);
      }
    }
  }

  /// @param key empty: the row itself
  ScenarioException wrong(String key, String what) {
    String where = key.isEmpty() ? place : at(key);
    return new ScenarioException(
        "%s%s %s".formatted(file, where.isEmpty() ? ":" : ": " + where, what));
  }

  private String at(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  String text(String key) throws ScenarioException {
    Object value = values.get(key);
    if (value == null || value instanceof Map || value instanceof List) {
      throw wrong(key, value == null ? "is missing" : "is expected to be a text");
    }
    return value.toString();
  }

  String textOr(String key, String otherwise) throws ScenarioException {
    return values.containsKey(key) ? text(key) : otherwise;
  }

  /// A list, or one text for a list of one; empty where it is not there.
  List<String> texts(String key) throws ScenarioException {
    if (!has(key)) {
      return List.of();
    }
    return values.get(key) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of(text(key));
  }

  boolean flag(String key) throws ScenarioException {
    return switch (textOr(key, "false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, "is '%s', allowed are true and false".formatted(text(key)));
    };
  }

  Duration time(String key) throws ScenarioException {
    Duration time = span(key);
    if (time.isNegative()) {
      throw wrong(key, "is '%s', expected a time such as 500ms, 20s or 3m".formatted(text(key)));
    }
    if (time.compareTo(LONGEST) > 0) {
      throw wrong(key, "is '%s', at most 10d is allowed".formatted(text(key)));
    }
    return time;
  }

  Duration timeOr(String key, Duration otherwise) throws ScenarioException {
    return has(key) ? time(key) : otherwise;
  }

  /// A time that may run the other way.
  Duration span(String key) throws ScenarioException {
    String text = text(key);
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw wrong(key, "is '%s', expected a time such as 500ms, 20s or 3m".formatted(text));
    }
    long number = Long.parseLong(matcher.group(2));
    Duration time =
        switch (matcher.group(3)) {
          case "d" -> Duration.ofDays(number);
          case "h" -> Duration.ofHours(number);
          case "m" -> Duration.ofMinutes(number);
          case "s" -> Duration.ofSeconds(number);
          default -> Duration.ofMillis(number);
        };
    return matcher.group(1).isEmpty() ? time : time.negated();
  }

  /// In bytes; 0 where it is not there.
  long size(String key) throws ScenarioException {
    if (!has(key)) {
      return 0;
    }
    Matcher matcher = SIZE.matcher(text(key));
    if (!matcher.matches()) {
      throw wrong(key, "is '%s', expected a size such as 64KB or 1MB".formatted(text(key)));
    }
    return Long.parseLong(matcher.group(1)) << (matcher.group(2).equals("KB") ? 10 : 20);
  }

  /// 1 where it is not there.
  int count(String key) throws ScenarioException {
    String text = textOr(key, "1");
    if (!text.matches("[1-9]\\d{0,3}")) {
      throw wrong(key, "is '%s', expected a number from 1 on".formatted(text));
    }
    return Integer.parseInt(text);
  }

  /// One of these words, as its place among them.
  int word(String key, List<String> words) throws ScenarioException {
    String text = text(key);
    int found = words.indexOf(text);
    if (found < 0) {
      throw wrong(key, "is '%s', allowed are %s".formatted(text, String.join(", ", words)));
    }
    return found;
  }

  /// Which of these keys it has.
  String oneOf(String... keys) throws ScenarioException {
    List<String> found = Arrays.stream(keys).filter(values::containsKey).toList();
    if (found.size() != 1) {
      throw wrong("", "is expected to have one of " + String.join(", ", keys));
    }
    return found.getFirst();
  }

  List<ScenarioRow> rows(String key, Set<String> allowed) throws ScenarioException {
    Object value = values.get(key);
    List<ScenarioRow> rows = new ArrayList<>();
    if (value == null) {
      return rows;
    }
    if (!(value instanceof List<?> list)) {
      throw wrong(key, "is expected to be a list");
    }
    for (int i = 0; i < list.size(); i++) {
      rows.add(row("%s[%d]".formatted(key, i), list.get(i), allowed));
    }
    return rows;
  }

  /// Mappings by name, in their order.
  Map<String, ScenarioRow> named(String key, Set<String> allowed) throws ScenarioException {
    Map<String, ScenarioRow> named = new LinkedHashMap<>();
    Optional<ScenarioRow> all = section(key, Set.of());
    if (all.isPresent()) {
      for (Map.Entry<String, Object> entry : all.get().values.entrySet()) {
        String name = entry.getKey();
        named.put(name, row("%s.%s".formatted(key, name), entry.getValue(), allowed));
      }
    }
    return named;
  }

  Optional<ScenarioRow> section(String key, Set<String> allowed) throws ScenarioException {
    return has(key) ? Optional.of(row(at(key), values.get(key), allowed)) : Optional.empty();
  }

  /// Texts by name.
  Map<String, String> map(String key) throws ScenarioException {
    Map<String, String> texts = new LinkedHashMap<>();
    Optional<ScenarioRow> all = section(key, Set.of());
    if (all.isPresent()) {
      for (String name : all.get().values.keySet()) {
        texts.put(name, all.get().text(name));
      }
    }
    return texts;
  }

  private ScenarioRow row(
      String where, @org.jspecify.annotations.Nullable Object value, Set<String> allowed)
      throws ScenarioException {
    if (!(value instanceof Map<?, ?> map)) {
      throw new ScenarioException("%s: %s is expected to be a mapping".formatted(file, where));
    }
    return new ScenarioRow(file, where, map, allowed);
  }
}
