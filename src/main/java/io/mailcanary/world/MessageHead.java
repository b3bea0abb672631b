package io.mailcanary.world;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// As much of a message's header as its servers look at.
final class MessageHead {
  private static final Pattern TRACE = Pattern.compile("(?mi)^Received:");
  private static final Pattern MESSAGE_ID = Pattern.compile("(?mi)^Message-ID:\\s*(\\S{1,200})");

  private static final Pattern SIGNATURE = Pattern.compile("(?mi)^DKIM-Signature:");
  private static final Pattern AUTHOR = Pattern.compile("(?mi)^From:[^\\r\\n]*@([\\w.-]{1,253})");

  private MessageHead() {}

  static boolean isSigned(byte[] message) {
    return SIGNATURE.matcher(head(message)).find();
  }

  /// The domain of the address in From; `invalid` where it has none.
  static String authorDomain(byte[] message) {
    Matcher matcher = AUTHOR.matcher(head(message));
    return matcher.find() ? matcher.group(1) : "invalid";
  }

  /// How many servers wrote a trace line.
  static long hops(byte[] message) {
    return TRACE.matcher(head(message)).results().count();
  }

  /// Empty where it has none.
  static String messageId(byte[] message) {
    Matcher matcher = MESSAGE_ID.matcher(head(message));
    return matcher.find() ? matcher.group(1) : "";
  }

  private static String head(byte[] message) {
    String whole = new String(message, StandardCharsets.ISO_8859_1);
    int end = whole.indexOf("\r\n\r\n");
    return end < 0 ? whole : whole.substring(0, end);
  }
}
