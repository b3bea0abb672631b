package io.mailcanary.mail;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One server handed a message to another, as the other wrote it down (RFC 5321 §4.4).
///
/// @param address where it came from: what the taker saw itself
/// @param helo what the giver called itself
/// @param by who took it
/// @param login whether the giver logged in: a submission, not mail between servers
public record HandOver(InetAddress address, Optional<String> helo, String by, boolean login) {
  private static final int MOST = 50;
  private static final int LONGEST = 4096;
  private static final Pattern BRACKETED =
      Pattern.compile("\\[(?:IPv6:)?([0-9a-fA-F.:]{3,45})]", Pattern.CASE_INSENSITIVE);
  private static final Pattern ROUND = Pattern.compile("\\(([0-9a-fA-F.:]{7,45})\\)");
  private static final Pattern HELO =
      Pattern.compile("\\b(?:helo=|HELO |EHLO )([^\\s()]{1,255})", Pattern.CASE_INSENSITIVE);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+\\.?");
  private static final Pattern LOGIN = Pattern.compile("(?i)\\bwith\\s+\\S*(?:SMTPS?A|SMTPSA)\\b");

  /// Those that the trace lines of a message tell of, the newest first; lines that name no address
  /// are left out.
  public static List<HandOver> of(HeaderBlock header) {
    List<HandOver> all = new ArrayList<>();
    header.all("Received").stream().limit(MOST).forEach(line -> parse(line).ifPresent(all::add));
    return all;
  }

  /// Reads the body of a `Received` field. Total over any text.
  public static Optional<HandOver> parse(String field) {
    String text = field.length() > LONGEST ? field.substring(0, LONGEST) : field;
    String by = Received.parse(text).by();
    int end = text.toLowerCase(Locale.ROOT).indexOf(" by ");
    if (by == null || end < 0 || !text.regionMatches(true, 0, "from ", 0, 5)) {
      return Optional.empty();
    }
    String from = text.substring(0, end);
    return address(from)
        .map(address -> new HandOver(address, helo(from), by, LOGIN.matcher(text).find()));
  }

  private static Optional<InetAddress> address(String from) {
    for (Pattern form : List.of(BRACKETED, ROUND)) {
      Matcher matcher = form.matcher(from);
      while (matcher.find()) {
        try {
          return Optional.of(InetAddress.ofLiteral(matcher.group(1)));
        } catch (IllegalArgumentException _) {
          // a word in brackets
        }
      }
    }
    return Optional.empty();
  }

  /// Exim and qmail put it behind the name that they found themselves; others write it first.
  private static Optional<String> helo(String from) {
    Matcher said = HELO.matcher(from);
    String helo = said.find() ? said.group(1) : from.substring(5).strip().split("[\\s(]", 2)[0];
    return Optional.of(helo).filter(name -> NAME.matcher(name).matches());
  }
}
