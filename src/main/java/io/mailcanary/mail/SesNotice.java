package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amazon SES tells of deliveries by a JSON text, itself quoted in another one where SNS mails it.
/// Only a few of its strings are wanted, so they are looked for where they stand.
final class SesNotice {
  private static final Pattern RECIPIENT =
      Pattern.compile("\"emailAddress\"\\s*:\\s*\"([^\"]{3,320})\"([^{}]{0,3000})");
  private static final Pattern DELIVERED =
      Pattern.compile("\"recipients\"\\s*:\\s*\\[\"([^\"]{3,320})\"");
  private static final Pattern MESSAGE_ID =
      Pattern.compile("\"messageId\"\\s*:\\s*\"([^\"]{3,320})\"");

  private SesNotice() {}

  static boolean isComplaint(String lowerCase) {
    return type(lowerCase).filter("complaint"::equals).isPresent();
  }

  static boolean isDelivery(String lowerCase) {
    return type(lowerCase).filter(type -> !type.equals("complaint")).isPresent();
  }

  static List<RecipientStatus> recipients(String text) {
    String json = plain(text);
    List<RecipientStatus> found = new ArrayList<>();
    if (isComplaint(json.toLowerCase(java.util.Locale.ROOT))) {
      return found;
    }
    Matcher matcher = RECIPIENT.matcher(json);
    while (found.size() < 50 && matcher.find()) {
      String diagnostic = value(matcher.group(2), "diagnosticCode").orElse("");
      int semicolon = diagnostic.indexOf(';');
      found.add(
          status(
              matcher.group(1),
              Action.FAILED,
              semicolon < 0 ? diagnostic : diagnostic.substring(semicolon + 1).strip(),
              value(matcher.group(2), "status").orElse("")));
    }
    Matcher delivered = DELIVERED.matcher(json);
    if (found.isEmpty() && delivered.find()) {
      String reply = value(json, "smtpResponse").orElse("");
      found.add(status(delivered.group(1), Action.DELIVERED, reply, ""));
    }
    return found;
  }

  static Optional<String> messageId(String text) {
    Matcher matcher = MESSAGE_ID.matcher(plain(text));
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static RecipientStatus status(
      String address, Action action, String diagnostic, String status) {
    return new RecipientStatus(
        address,
        action,
        ReplyWords.status(status).or(() -> ReplyWords.status(diagnostic)).orElse(null),
        ReplyWords.code(diagnostic).orElse(null),
        diagnostic,
        null,
        null,
        null,
        null,
        null);
  }

  private static Optional<String> type(String lowerCase) {
    String json = lowerCase.replace("\\\"", "\"");
    int at = json.indexOf("\"notificationtype\"");
    int open = at < 0 ? -1 : json.indexOf('"', at + "\"notificationtype\"".length());
    int close = open < 0 ? -1 : json.indexOf('"', open + 1);
    return close < 0 ? Optional.empty() : Optional.of(json.substring(open + 1, close));
  }

  private static Optional<String> value(String json, String name) {
    Matcher matcher =
        Pattern.compile("\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){0,2000})\"").matcher(json);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static String plain(String text) {
    return text.replace("\n", "").replace("\\\"", "\"");
  }
}
