package io.mailcanary.mail;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who handed a message over, as the server that took it saw them: out of its trace line.
///
/// @param address the client's IP address
/// @param greeting the name that it greeted with; empty where the line does not tell
public record ReceivedClient(InetAddress address, String greeting) {
  private static final int LONGEST = 2048;

  /// Before this word stands what is told of the client.
  private static final Pattern BY = Pattern.compile("(?i)(?:^|[\\s)])by\\s");

  private static final Pattern BRACKETED =
      Pattern.compile("(?i)\\[(?:IPv6:)?([0-9a-f:.]{2,45})(?:%[^]\\s]{1,16})?]");
  private static final Pattern BARE =
      Pattern.compile(
          "\\(([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]{2,40})\\)");
  private static final Pattern HELO =
      Pattern.compile("(?i)\\b(?:helo|ehlo)[=\\s]+([^\\s();\\]]{1,255})");
  private static final Pattern FROM = Pattern.compile("(?i)^\\s*from\\s+([^\\s();]{1,255})");

  /// Reads the body of a `Received` field as Postfix, Exim, sendmail, qmail, OpenSMTPD, Exchange
  /// and others write it; nothing where no client's address stands in it.
  public static Optional<ReceivedClient> of(String field) {
    String text = field.length() > LONGEST ? field.substring(0, LONGEST) : field;
    Matcher by = BY.matcher(text);
    String client = by.find() ? text.substring(0, by.start() + 1) : text;
    return address(client).map(address -> new ReceivedClient(address, greeting(client)));
  }

  private static Optional<InetAddress> address(String client) {
    Matcher bracketed = BRACKETED.matcher(client);
    Optional<InetAddress> last = Optional.empty();
    // A client may greet with an address in brackets (RFC 5321 §4.1.3): what the server saw comes
    // behind it.
    while (bracketed.find()) {
      last = literal(bracketed.group(1)).or(() -> literalBefore(client));
    }
    if (last.isPresent()) {
      return last;
    }
    Matcher bare = BARE.matcher(client);
    return bare.find() ? literal(bare.group(1)) : Optional.empty();
  }

  private static Optional<InetAddress> literalBefore(String client) {
    Matcher bare = BARE.matcher(client);
    return bare.find() ? literal(bare.group(1)) : Optional.empty();
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String greeting(String client) {
    Matcher helo = HELO.matcher(client);
    if (helo.find()) {
      return helo.group(1);
    }
    Matcher from = FROM.matcher(client);
    return from.find() ? from.group(1) : "";
  }
}
