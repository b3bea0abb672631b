package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Alert;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quartz.CronExpression;

/// Kinds of values: texts, numbers, references, lists and maps.
final class Kinds {
  /// Starts the sentence about what is known but cannot be honoured.
  static final String LATER = "not supported yet by this version: ";

  /// What names of relays, mailboxes, resolvers and paths look like.
  static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,99}");

  static final String NAME_WORDS =
      "1 to 100 lower-case letters, digits, dots, hyphens and underscores, a letter or digit first";

  private static final Pattern SHARE = Pattern.compile("(\\d{1,3}) of (\\d{1,3})");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");
  static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final int MOST_ITEMS = 1_000;

  private Kinds() {}

  // Texts

  /// Text of a line or, with `lines`, of several.
  static Kind<String> text(String words, int longest) {
    return scalar(
        words + " (%d characters at most)".formatted(longest),
        text -> {
          if (text.isBlank()) {
            throw new IllegalArgumentException("is empty");
          }
          if (text.length() > longest) {
            throw new IllegalArgumentException("has %d characters".formatted(text.length()));
          }
          if (CONTROL.matcher(text.strip().replace("\n", "")).find()) {
            throw new IllegalArgumentException("has a control character");
          }
          return text.strip();
        },
        schema -> schema.put("type", "string").put("minLength", 1),
        text -> text);
  }

  /// One line of text, for what goes into a protocol.
  static Kind<String> line(String words, int longest) {
    return scalar(
        words,
        text -> {
          if (text.isBlank() || text.length() > longest || CONTROL.matcher(text).find()) {
            throw new IllegalArgumentException("is empty, too long or has control characters");
          }
          return text;
        },
        schema -> schema.put("type", "string").put("minLength", 1),
        text -> text);
  }

  static Kind<String> matching(String words, Pattern pattern, String noWhat) {
    return scalar(
        words,
        text -> {
          if (!pattern.matcher(text).matches()) {
            throw Scalar.unfit(text, noWhat);
          }
          return text;
        },
        schema -> string(schema, pattern.pattern()),
        text -> text);
  }

  /// A SHA-256 digest. What is no digest is not quoted: it may be the secret itself.
  static Kind<String> digest() {
    return scalar(
        "64 hexadecimal digits",
        text -> {
          if (!DIGEST.matcher(text).matches()) {
            throw new IllegalArgumentException("is no SHA-256 digest");
          }
          return text;
        },
        schema -> string(schema, DIGEST.pattern()),
        text -> text);
  }

  /// One of the words of an enum, in lower case and with hyphens.
  ///
  /// @param later words that are known, but that this version cannot honour
  static <E extends Enum<E>> Kind<E> oneOf(Class<E> type, Set<E> later) {
    return oneOf(type, later, Set.of());
  }

  /// @param never words that are nobody's to write
  static <E extends Enum<E>> Kind<E> oneOf(Class<E> type, Set<E> later, Set<E> never) {
    Map<String, E> allowed = new LinkedHashMap<>();
    Map<String, E> known = new LinkedHashMap<>();
    for (E value : type.getEnumConstants()) {
      if (never.contains(value)) {
        continue;
      }
      known.put(word(value), value);
      if (!later.contains(value)) {
        allowed.put(word(value), value);
      }
    }
    String words = (allowed.size() > 1 ? "one of " : "") + String.join(", ", allowed.keySet());
    return scalar(
        words,
        text -> {
          E value = allowed.get(text);
          if (value == null) {
            throw known.containsKey(text)
                ? new IllegalArgumentException(LATER + Scalar.quote(text))
                : Scalar.unfit(text, "not known here");
          }
          return value;
        },
        schema -> {
          ArrayNode list = variants(schema).addObject().putArray("enum");
          allowed.keySet().forEach(list::add);
          orVariable(schema);
        },
        Kinds::word);
  }

  static <E extends Enum<E>> Kind<E> oneOf(Class<E> type) {
    return oneOf(type, Set.of());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  // Numbers

  static Kind<Integer> number(int least, int most) {
    return scalar(
        "a whole number from %d to %d".formatted(least, most),
        text -> {
          if (!text.matches("\\d{1,9}")) {
            throw Scalar.unfit(text, "no whole number in range");
          }
          int number = Integer.parseInt(text);
          if (number < least || number > most) {
            throw Scalar.unfit(text, "not in range");
          }
          return number;
        },
        schema -> {
          ArrayNode variants = variants(schema);
          variants.addObject().put("type", "integer").put("minimum", least).put("maximum", most);
          variants.addObject().put("type", "string").put("pattern", "^[0-9]{1,9}$");
          orVariable(schema);
        },
        number -> number);
  }

  static Kind<Double> decimal(double least, double most) {
    return scalar(
        "a number such as 0.5 or 12, from %s to %s".formatted(plain(least), plain(most)),
        text -> {
          if (!text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
            throw Scalar.unfit(text, "no such number");
          }
          double number = Double.parseDouble(text);
          if (number < least || number > most) {
            throw Scalar.unfit(text, "not in range");
          }
          return number;
        },
        schema -> {
          ArrayNode variants = variants(schema);
          variants.addObject().put("type", "number").put("minimum", least).put("maximum", most);
          variants.addObject().put("type", "string").put("pattern", "^[0-9]{1,9}(\\.[0-9]{1,9})?$");
          orVariable(schema);
        },
        number -> number);
  }

  private static String plain(double number) {
    return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
  }

  static Kind<Integer> port() {
    return number(1, 65_535);
  }

  static Kind<Boolean> bool() {
    return scalar(
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw Scalar.unfit(text, "neither");
            },
        schema -> {
          ArrayNode variants = variants(schema);
          variants.addObject().put("type", "boolean");
          variants.addObject().putArray("enum").add("true").add("false");
          orVariable(schema);
        },
        value -> value);
  }

  /// A switch that this version cannot honour when it is on.
  static Kind<Boolean> onlyFalse(String what) {
    return scalar(
        "false",
        text -> {
          if (text.equals("true")) {
            throw new IllegalArgumentException(LATER + what);
          }
          if (!text.equals("false")) {
            throw Scalar.unfit(text, "not known here");
          }
          return false;
        },
        schema -> {
          variants(schema).addObject().put("const", false);
          orVariable(schema);
        },
        value -> value);
  }

  static Kind<Duration> duration(Duration least, Duration most) {
    return scalar(
        "a duration such as 250ms, 30s, 5m, 2h or 7d, from %s to %s"
            .formatted(Units.duration(least), Units.duration(most)),
        text -> {
          Duration duration =
              Units.duration(text).orElseThrow(() -> Scalar.unfit(text, "no duration"));
          if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw Scalar.unfit(text, "not in range");
          }
          return duration;
        },
        schema -> string(schema, Units.DURATION.pattern()),
        Units::duration);
  }

  static Kind<Long> size(long least, long most) {
    return scalar(
        "a size such as 500B, 4KB or 8MB (1KB is 1024 bytes), from %s to %s"
            .formatted(Units.size(least), Units.size(most)),
        text -> {
          long size = Units.size(text).orElseThrow(() -> Scalar.unfit(text, "no size"));
          if (size < least || size > most) {
            throw Scalar.unfit(text, "not in range");
          }
          return size;
        },
        schema -> string(schema, Units.SIZE.pattern()),
        Units::size);
  }

  static Kind<Alert.Share> share() {
    return scalar(
        "how many of how many, such as 2 of 3, 100 at most",
        text -> {
          Matcher matcher = SHARE.matcher(text);
          if (!matcher.matches()) {
            throw Scalar.unfit(text, "no share");
          }
          int bad = Integer.parseInt(matcher.group(1));
          int of = Integer.parseInt(matcher.group(2));
          if (bad < 1 || of < bad || of > 100) {
            throw Scalar.unfit(text, "an impossible share");
          }
          return new Alert.Share(bad, of);
        },
        schema -> string(schema, SHARE.pattern()),
        Alert.Share::toString);
  }

  /// An instant with its offset, seconds or not: `2026-12-01T20:00Z`.
  static Kind<Instant> instant() {
    return scalar(
        "a time with its offset such as 2026-12-01T20:00Z",
        text -> {
          try {
            return OffsetDateTime.parse(text).toInstant();
          } catch (DateTimeException e) {
            throw new IllegalArgumentException(Scalar.quote(text) + " is no such time", e);
          }
        },
        schema -> string(schema, "\\d{4}-\\d\\d-\\d\\dT.+"),
        Instant::toString);
  }

  /// How much an incident weighs.
  static Kind<Severity> severity() {
    return scalar(
        "page or warn",
        text ->
            switch (text) {
              case "page" -> Severity.PAGE;
              case "warn" -> Severity.WARN;
              default -> throw Scalar.unfit(text, "not known here");
            },
        schema -> string(schema, "page|warn"),
        Severity::word);
  }

  static Kind<String> cron() {
    return scalar(
        "six or seven fields from seconds on, as Quartz reads them, such as 0 */5 * * * ?",
        Kinds::checkedCron,
        schema -> schema.put("type", "string"),
        text -> text);
  }

  private static String checkedCron(String text) {
    try {
      CronExpression cron = new CronExpression(text);
      if (cron.getNextValidTimeAfter(Date.from(Instant.EPOCH)) == null) {
        throw Scalar.unfit(text, "a time that never comes");
      }
      return text;
    } catch (ParseException e) {
      String place = e.getErrorOffset() > 0 ? " at character " + (e.getErrorOffset() + 1) : "";
      throw new IllegalArgumentException(
          "%s is no cron expression%s (%s)".formatted(Scalar.quote(text), place, e.getMessage()),
          e);
    } catch (IndexOutOfBoundsException | UnsupportedOperationException e) {
      throw new IllegalArgumentException(Scalar.quote(text) + " is no cron expression", e);
    }
  }

  /// The name of something defined in another section.
  static Kind<String> reference(Section section) {
    return reference(section, Set.of());
  }

  /// The name of something defined in another section, or one of a few words instead.
  static Kind<String> reference(Section section, Set<String> instead) {
    return new Kind<>() {
      @Override
      public String words() {
        String name = "the name of a " + section.one();
        return instead.isEmpty()
            ? name
            : name + ", " + String.join(" or ", instead.stream().sorted().toList());
      }

      @Override
      public Optional<String> read(Value value) {
        return value.text(words()).flatMap(text -> resolve(value, text));
      }

      private Optional<String> resolve(Value value, Value.Text text) {
        Set<String> known = value.reader().names(section);
        if (known.contains(text.value()) || instead.contains(text.value())) {
          return Optional.of(text.value());
        }
        if (text.hasVariables()) {
          return value.refuse(
              "the value of %s names no %s".formatted(Scalar.quote(text.written()), section.one()),
              words());
        }
        value.fault(
            "%s names no %s, %s"
                .formatted(
                    Scalar.quote(text.value()), section.one(), Nearest.among(text.value(), known)));
        return Optional.empty();
      }

      @Override
      public void describe(ObjectNode schema) {
        schema.put("type", "string").put("minLength", 1);
      }

      @Override
      public Optional<Object> shown(String name) {
        return Optional.of(name);
      }
    };
  }

  // Lists and maps

  /// A list without repetitions.
  ///
  /// @param least how many items it has at least
  static <T> Kind<List<T>> listOf(Kind<T> item, String words, int least) {
    return new Kind<>() {
      @Override
      public String words() {
        return words;
      }

      @Override
      public Optional<List<T>> read(Value value) {
        if (!(value.node() instanceof Node.Sequence sequence)) {
          return value.refuse("is no list", words);
        }
        if (sequence.items().size() < least || sequence.items().size() > MOST_ITEMS) {
          return value.refuse("has %d items".formatted(sequence.items().size()), words);
        }
        return items(value, sequence);
      }

      private Optional<List<T>> items(Value value, Node.Sequence sequence) {
        Set<T> items = new LinkedHashSet<>();
        boolean whole = true;
        for (int i = 0; i < sequence.items().size(); i++) {
          Value inner = value.item(sequence.items().get(i), i);
          Optional<T> read = item.read(inner);
          whole &= read.isPresent();
          if (read.isPresent() && !items.add(read.get())) {
            inner.fault("stands in the list twice, expected once");
            whole = false;
          }
        }
        return whole ? Optional.of(List.copyOf(items)) : Optional.empty();
      }

      @Override
      public void describe(ObjectNode schema) {
        schema.put("type", "array").put("maxItems", MOST_ITEMS);
        if (least > 0) {
          schema.put("minItems", least);
        }
        item.describe(schema.putObject("items"));
      }

      @Override
      public Optional<Object> shown(List<T> value) {
        List<Object> shown = value.stream().map(item::shown).flatMap(Optional::stream).toList();
        return shown.size() == value.size() ? Optional.of(shown) : Optional.empty();
      }
    };
  }

  /// Free names with a text each.
  static Kind<Map<String, String>> mapOf(String words, Pattern name, int most, Kind<String> item) {
    return new Kind<>() {
      @Override
      public String words() {
        return words;
      }

      @Override
      public Optional<Map<String, String>> read(Value value) {
        if (!(value.node() instanceof Node.Mapping mapping)) {
          return value.refuse("has no names with values", words);
        }
        if (mapping.entries().size() > most) {
          return value.refuse("has %d names".formatted(mapping.entries().size()), words);
        }
        Map<String, String> read = new LinkedHashMap<>();
        for (Node.Entry entry : mapping.entries()) {
          Value inner = value.child(entry);
          if (name.matcher(entry.key()).matches()) {
            item.read(inner).ifPresent(text -> read.put(entry.key(), text));
          } else {
            value
                .reader()
                .findings()
                .add(entry.at(), inner.key(), "is no name that fits, expected " + words);
          }
        }
        return read.size() == mapping.entries().size() ? Optional.of(read) : Optional.empty();
      }

      @Override
      public void describe(ObjectNode schema) {
        schema.put("type", "object").put("maxProperties", most);
        schema.putObject("propertyNames").put("pattern", "^(" + name.pattern() + ")$");
        item.describe(schema.putObject("additionalProperties"));
      }

      @Override
      public Optional<Object> shown(Map<String, String> value) {
        return Optional.of(value);
      }
    };
  }

  // What all have in common

  static <T> Kind<T> scalar(
      String words,
      Function<String, T> parser,
      Consumer<ObjectNode> schema,
      Function<T, Object> shown) {
    return new Scalar<>(words, parser, schema, shown);
  }

  static void string(ObjectNode schema, String pattern) {
    schema.put("type", "string").put("pattern", "^(" + pattern + ")$|\\$\\{");
  }

  static ArrayNode variants(ObjectNode schema) {
    return schema.putArray("anyOf");
  }

  /// A variable may stand for anything.
  static void orVariable(ObjectNode schema) {
    schema.withArray("anyOf").addObject().put("type", "string").put("pattern", "\\$\\{");
  }

  /// What a table reads when nothing stands there.
  static Value nothing() {
    Spot nowhere = Spot.startOf("");
    return new Value(
        new Node.Mapping(nowhere, new ArrayList<>()),
        "",
        "",
        nowhere,
        new Reader(Path.of(""), _ -> Optional.empty(), new Findings()));
  }
}
