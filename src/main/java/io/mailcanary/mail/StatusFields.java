package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads the fields of a `message/delivery-status` part (RFC 3464 §2, RFC 6533 §3).
final class StatusFields {
  private static final int MOST_RECIPIENTS = 200;
  private static final int LONGEST_DIAGNOSTIC = 2000;
  private static final Pattern BLANK_LINE = Pattern.compile("\r?\n[ \t]{0,80}(?:\r?\n)");
  private static final Pattern TYPE = Pattern.compile("\\s{0,80}[A-Za-z0-9._-]{1,60}\\s{0,80};");
  private static final Pattern XTEXT = Pattern.compile("\\+([0-9A-F]{2})");
  private static final Pattern UTF8_XTEXT = Pattern.compile("\\\\x\\{([0-9A-Fa-f]{1,6})\\}");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private StatusFields() {}

  static Dsn read(String text) {
    Map<String, String> message = new LinkedHashMap<>();
    List<RecipientStatus> recipients = new ArrayList<>();
    for (Map<String, String> group : groups(text)) {
      if (!isRecipient(group)) {
        group.forEach(message::putIfAbsent);
      } else if (recipients.size() < MOST_RECIPIENTS) {
        recipients.add(recipient(group));
      }
    }
    return new Dsn(
        field(message, "reporting-mta").orElse(null),
        Optional.ofNullable(message.get("original-envelope-id"))
            .or(() -> Optional.ofNullable(message.get("x-original-envelope-id")))
            .map(StatusFields::xtext)
            .orElse(null),
        Optional.ofNullable(message.get("arrival-date")).flatMap(MailDate::parse).orElse(null),
        queueIds(message),
        recipients);
  }

  /// The Message-ID of what the report is about, which some servers add.
  static Optional<String> messageId(String text) {
    return groups(text).stream()
        .flatMap(group -> group.entrySet().stream())
        .filter(field -> field.getKey().endsWith("original-message-id"))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /// Groups stand apart by empty lines; where those are missing, a field that comes again begins a
  /// new one.
  private static List<Map<String, String>> groups(String text) {
    List<Map<String, String>> groups = new ArrayList<>();
    for (String block : BLANK_LINE.split(text.strip(), MOST_RECIPIENTS + 2)) {
      Map<String, String> group = new LinkedHashMap<>();
      for (HeaderBlock.Field field : HeaderBlock.of(block).fields()) {
        String name = field.name().toLowerCase(Locale.ROOT);
        boolean again =
            group.containsKey(name) && (name.equals("final-recipient") || name.equals("action"));
        if (again) {
          groups.add(group);
          group = new LinkedHashMap<>();
        }
        group.putIfAbsent(name, field.value());
      }
      groups.add(group);
    }
    return groups;
  }

  private static boolean isRecipient(Map<String, String> group) {
    return group.containsKey("final-recipient")
        || group.containsKey("action")
        || group.containsKey("original-recipient") && group.containsKey("status");
  }

  private static RecipientStatus recipient(Map<String, String> group) {
    String diagnostic =
        Optional.ofNullable(group.get("diagnostic-code"))
            .map(StatusFields::untyped)
            .filter(text -> !text.isEmpty())
            .orElseGet(() -> comment(group.getOrDefault("status", "")));
    String code = Optional.ofNullable(group.get("diagnostic-code")).orElse("");
    Optional<EnhancedStatus> field =
        Optional.ofNullable(group.get("status")).flatMap(ReplyWords::status);
    Optional<EnhancedStatus> said = ReplyWords.status(diagnostic);
    boolean quoted = !code.toLowerCase(Locale.ROOT).startsWith("x-unix");
    Optional<String> original = field(group, "original-recipient").map(StatusFields::address);
    return new RecipientStatus(
        field(group, "final-recipient").map(StatusFields::address).or(() -> original).orElse(""),
        action(group.get("action"), field),
        ReplyWords.quoted(diagnostic)
            .filter(status -> !status.isGeneral())
            .or(() -> surer(field, said))
            .orElse(null),
        quoted ? ReplyWords.code(diagnostic).orElse(null) : null,
        diagnostic,
        field(group, "remote-mta").orElse(null),
        original.orElse(null),
        group.get("final-log-id"),
        date(group, "last-attempt-date"),
        date(group, "will-retry-until"));
  }

  /// What stands in brackets behind a status, where nothing else is said.
  private static String comment(String status) {
    int open = status.indexOf('(');
    int close = status.lastIndexOf(')');
    return open >= 0 && close > open ? untyped(status.substring(open + 1, close)) : "";
  }

  /// Without an action that can be read only proof of delivery is no failure: a delay says so.
  private static Action action(@Nullable String field, Optional<EnhancedStatus> status) {
    return Optional.ofNullable(field)
        .flatMap(Action::of)
        .orElseGet(() ->
            status.filter(one -> one.statusClass() == 2).isPresent()
                ? Action.DELIVERED
                : Action.FAILED);
  }

  /// A field X.0.0 is a server's way of saying that it had no code of its own.
  private static Optional<EnhancedStatus> surer(
      Optional<EnhancedStatus> field, Optional<EnhancedStatus> said) {
    return field.filter(status -> !status.isGeneral()).or(() -> said).or(() -> field);
  }

  private static java.time.@Nullable Instant date(Map<String, String> group, String name) {
    return Optional.ofNullable(group.get(name)).flatMap(MailDate::parse).orElse(null);
  }

  private static Optional<String> field(Map<String, String> group, String name) {
    return Optional.ofNullable(group.get(name))
        .map(StatusFields::untyped)
        .filter(value -> !value.isEmpty());
  }

  private static List<String> queueIds(Map<String, String> message) {
    return message.entrySet().stream()
        .filter(field -> field.getKey().startsWith("x-") && field.getKey().endsWith("queue-id"))
        .map(Map.Entry::getValue)
        .toList();
  }

  /// Without the type that stands before a semicolon, on one line.
  private static String untyped(String value) {
    Matcher type = TYPE.matcher(value);
    String bare = type.lookingAt() ? value.substring(type.end()) : value;
    String line = SPACE.matcher(bare).replaceAll(" ").strip();
    return line.length() > LONGEST_DIAGNOSTIC ? line.substring(0, LONGEST_DIAGNOSTIC) : line;
  }

  private static String address(String value) {
    String text =
        UTF8_XTEXT
            .matcher(xtext(value))
            .replaceAll(
                hex -> Matcher.quoteReplacement(character(Integer.parseInt(hex.group(1), 16))));
    return Addresses.bare(text);
  }

  private static String character(int codePoint) {
    return Character.isValidCodePoint(codePoint) && codePoint >= 0x20
        ? Character.toString(codePoint)
        : "?";
  }

  /// RFC 3461 §4.
  private static String xtext(String text) {
    return text.indexOf('+') < 0
        ? text
        : XTEXT
            .matcher(text)
            .replaceAll(
                hex -> Matcher.quoteReplacement(character(Integer.parseInt(hex.group(1), 16))));
  }
}
