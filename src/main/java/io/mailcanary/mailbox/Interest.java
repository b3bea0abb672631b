package io.mailcanary.mailbox;

import io.mailcanary.canary.CanaryTag;
import java.util.Locale;
import java.util.regex.Pattern;

/// Which messages of a backlog are worth reading: those that may be canaries or bounces.
final class Interest {
  /// The header fields that decide it.
  static final String FIELDS =
      "X-Mailcanary Message-ID In-Reply-To References Content-Type Return-Path From"
          + " Auto-Submitted X-Failed-Recipients Delivered-To X-Original-To To "
          + ControlMessage.FIELD;

  private static final Pattern BOUNCE =
      Pattern.compile(
          "(?im)^content-type:[ \\t]*(\\r?\\n[ \\t]+)?multipart/report"
              + "|^return-path:[ \\t]*<>"
              + "|^from:.*(mailer-daemon|postmaster)"
              + "|^x-failed-recipients:");

  private static final Pattern OURS = Pattern.compile("(?im)^X-Mailcanary:");

  private Interest() {}

  /// @param header a header block, or the fields of it that decide
  static boolean in(String header) {
    return isMarked(header)
        || CanaryTag.FORM.matcher(header).find()
        || BOUNCE.matcher(header).find()
        || ControlMessage.isOne(header);
  }

  /// Whether it carries the mark of a canary.
  static boolean isMarked(String header) {
    return OURS.matcher(header).find();
  }

  /// The header block that begins a message.
  static String header(String message) {
    int unix = message.indexOf("\n\n");
    int wire = message.indexOf("\n\r\n");
    int end = unix < 0 ? wire : wire < 0 ? unix : Math.min(unix, wire);
    return end < 0 ? message : message.substring(0, end + 1);
  }

  /// Whether folders of that name are junk folders, where a server does not say so by itself.
  static boolean isJunkName(String folder) {
    String name = folder.toLowerCase(Locale.ROOT);
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('.')) + 1);
    return switch (last) {
      case "junk", "spam", "junk e-mail", "junk email", "junk mail", "bulk mail", "junk-e-mail" ->
          true;
      case String _ -> false;
    };
  }
}
