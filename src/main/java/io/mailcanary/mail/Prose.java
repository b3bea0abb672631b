package io.mailcanary.mail;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads recipients and what was said of them out of a notice that is written for people.
///
/// Whatever wrote it, such a notice names an address in one of a few ways, and what follows up to
/// the next address is about it.
final class Prose {
  private static final int MOST_RECIPIENTS = 50;
  private static final int LONGEST_DIAGNOSTIC = 1000;
  private static final int LONGEST_LINE = 500;
  private static final String WHO = "(" + Addresses.FORM + ")";

  private static final Pattern SPACE = Pattern.compile("\\s+");

  /// How a line names the recipient that the lines behind it are about.
  ///
  /// @param form its first group is the address, its second, where there is one, already a part of
  ///   what is said
  private record Opening(String sentence, Pattern form) {
    static Opening of(String sentence, String form) {
      return new Opening(sentence, Pattern.compile("(?i)" + form));
    }
  }

  private static final List<Opening> OPENINGS =
      List.of(
          Opening.of(
              "Postfix, qmail, Yahoo: the address in angles and a colon, what is said behind it",
              "\\s{0,8}<" + WHO + ">(?: ?\\([^)]{1,200}\\))?:(.*)"),
          Opening.of(
              "OpenSMTPD, GMX: the address and a colon at the beginning of a line",
              "\"?" + WHO + "\"?: ?(.*)"),
          Opening.of(
              "Exim, old Gmail: the address alone on an indented line",
              "\\s{1,12}\\*? ?<?" + WHO + ">?\\s*(?:\\([^)]{0,100}\\))?"),
          Opening.of("sendmail, GMX: the address alone in angles", "\\s{0,12}<" + WHO + ">\\s*"),
          Opening.of(
              "sendmail's transcript: a code, the address and three dots",
              "([245]\\d\\d (?:[245]\\.\\d\\.\\d{1,3} )?)<?" + WHO + ">?\\.\\.\\.(.*)"),
          Opening.of("old Exchange: the address and on which day", WHO + " on [A-Z][a-z]{2}, (.*)"),
          Opening.of(
              "Exchange Online: the address with a link to itself",
              WHO + "\\s?<mailto:[^>]{3,300}>(.*)"),
          Opening.of("the address alone", WHO + "\\s{0,8}"),
          Opening.of(
              "the address with a reason in brackets",
              "\\s{0,8}" + WHO + "\\s\\.{0,3}\\s?\\[([^\\]]{2,200})\\]\\s{0,8}"),
          Opening.of(
              "the address, three dots and a reason", "\\s{0,8}<?" + WHO + ">?\\s?\\.\\.\\. ?(.*)"),
          Opening.of("Mimecast: the address behind two dashes", "-- " + WHO + "\\s{0,8}"),
          Opening.of(
              "Active!hunter: the address behind three angles, twice",
              ">>> " + WHO + "(?: <[^>]{3,300}>)?\\s{0,8}"),
          Opening.of(
              "a label and the address",
              "\\s{0,12}(?:final.)?(?:recipient|rcpt to|to|address|failed recipient)s?: ?<"
                  + WHO
                  + ">\\s{0,8}"),
          Opening.of(
              "a sentence that says to whom it could not be delivered",
              ".{0,120}(?:deliver(?:ed|y)?|sent|delivered message)(?: (?:a|the|your) (?:message|mail))?(?: message)? to:? ?<?"
                  + WHO
                  + ">?(.*)"),
          Opening.of(
              "a sentence that lists who had errors",
              ".{0,80}recipients? (?:returned|had) (?:permanent |transient )?errors?: ?<?"
                  + WHO
                  + ">?(.*)"),
          Opening.of(
              "a sentence about the message to somebody",
              ".{0,60}message to <?"
                  + WHO
                  + ">? (?:was undeliverable|could not be delivered|failed|bounced)(.*)"));

  /// Old sendmail about a host, in front of those whose mail was to go there.
  private static final Pattern HOST_LINE =
      Pattern.compile("[245]\\d\\d [\\w.-]{1,255} \\(\\w{1,20}\\)\\.\\.\\.");

  /// The address of the envelope that a relay or a gateway repeats.
  private static final Pattern RCPT_TO = Pattern.compile("(?im)^.{0,20}RCPT TO:? ?<?" + WHO + ">?");

  /// Nothing is said any more behind such a line.
  private static final Pattern BOILERPLATE =
      Pattern.compile(
          "(?i)\\s{0,8}(?:no action is required|please note that this is only|below is a copy"
              + "|if you (?:wish|do so|sent)|for further assistance|the mail system\\b"
              + "|-{5,}|={5,}|_{5,}|-+ ?transcript of|\\*{5,}|this message was created).*");

  /// Behind an address, these words say that it is the sender.
  private static final Pattern BY_SENDER =
      Pattern.compile("(?i)\\s{0,4}(?:could not be delivered|has not been delivered).*");

  private static final List<Pattern> REMOTE =
      List.of(
          Pattern.compile("(?i)\\bhost:? ([\\w.-]{3,255}\\.[\\w-]{2,63})\\.? ?[\\[(]"),
          Pattern.compile("(?i)\\bhost:? ([\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,20})\\b"),
          Pattern.compile("(?i)talking to ([\\w.-]{3,255}[\\w-])"),
          Pattern.compile("(?i)connect(?:ed)? to ([\\w.-]{3,255}[\\w-])"),
          Pattern.compile("(?i)\\bby ([\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,20})\\.? ?\\["),
          Pattern.compile("\\b([\\d.]{7,15}) (?:does not like|failed after|said)"),
          Pattern.compile("([\\w.-]{3,255})\\[[\\da-fA-F.:]{3,45}\\]"));

  private Prose() {}

  /// What a notice says of one address.
  record Paragraph(String address, String text) {}

  static Map<String, Paragraph> paragraphs(Notice notice) {
    Map<String, StringBuilder> texts = new LinkedHashMap<>();
    Map<String, String> spelled = new LinkedHashMap<>();
    @Nullable StringBuilder current = null;
    StringBuilder dialogue = new StringBuilder();
    List<String> lines = notice.lines();
    for (int i = 0; i < lines.size(); i++) {
      String line = cut(lines.get(i), LONGEST_LINE);
      Optional<Found> found = opened(line);
      if (found.isPresent() && !isSender(lines, i) && texts.size() < MOST_RECIPIENTS) {
        String key = found.get().address().toLowerCase(Locale.ROOT);
        spelled.putIfAbsent(key, found.get().address());
        current = texts.computeIfAbsent(key, _ -> new StringBuilder());
        add(current, dialogue.toString());
        dialogue.setLength(0);
        add(current, found.get().rest());
      } else if (BOILERPLATE.matcher(line).matches()) {
        current = null;
      } else if (isDialogue(line)) {
        // A transcript tells what was said before it tells for whom.
        dialogue.setLength(isTalk(line.stripLeading()) ? 0 : dialogue.length());
        add(dialogue, line);
      } else if (current != null) {
        add(current, line);
      }
    }
    Map<String, Paragraph> paragraphs = new LinkedHashMap<>();
    texts.forEach((key, text) ->
        paragraphs.put(key, new Paragraph(spelled.getOrDefault(key, key), text.toString())));
    return paragraphs;
  }

  /// An address that the notice names anywhere as one that mail was for.
  static Optional<String> envelope(Notice notice) {
    Matcher rcpt = RCPT_TO.matcher(cut(notice.text(), 16_384));
    return rcpt.find() ? Optional.of(rcpt.group(1)) : Optional.empty();
  }

  /// The server that said something.
  static Optional<String> remoteMta(String text) {
    for (Pattern form : REMOTE) {
      Matcher matcher = form.matcher(text);
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
    }
    return Optional.empty();
  }

  /// On one line, and no longer than a diagnostic may be.
  static String line(String text) {
    String line = SPACE.matcher(cut(text, 4 * LONGEST_DIAGNOSTIC)).replaceAll(" ").strip();
    return cut(line, LONGEST_DIAGNOSTIC);
  }

  private record Found(String address, String rest) {}

  private static Optional<Found> opened(String line) {
    if (line.indexOf('@') < 0) {
      return Optional.empty();
    }
    for (Opening opening : OPENINGS) {
      Matcher matcher = opening.form().matcher(line);
      if (matcher.matches()) {
        return Optional.of(found(matcher));
      }
    }
    return Optional.empty();
  }

  private static Found found(Matcher matcher) {
    String code = "";
    @Nullable String address = null;
    StringBuilder rest = new StringBuilder();
    for (int i = 1; i <= matcher.groupCount(); i++) {
      String group = matcher.group(i);
      if (group == null) {
        continue;
      }
      if (address == null && group.indexOf('@') > 0) {
        address = group;
      } else if (address == null) {
        code = group;
      } else {
        rest.append(group);
      }
    }
    String said = rest.toString().strip();
    boolean coded = code.isEmpty() || ReplyWords.code(said).isPresent();
    return new Found(address == null ? "" : address, coded ? said : said + " " + code.strip());
  }

  private static boolean isDialogue(String line) {
    String bare = line.stripLeading();
    return bare.startsWith("<<<") || isTalk(bare) || HOST_LINE.matcher(bare).lookingAt();
  }

  private static boolean isTalk(String line) {
    return line.startsWith("... while talking to") || line.startsWith("While talking to");
  }

  private static boolean isSender(List<String> lines, int at) {
    for (int i = at + 1; i < Math.min(lines.size(), at + 3); i++) {
      if (!lines.get(i).isBlank()) {
        return BY_SENDER.matcher(cut(lines.get(i), LONGEST_LINE)).matches();
      }
    }
    return false;
  }

  private static void add(StringBuilder text, String line) {
    String bare = line.strip();
    if (!bare.isEmpty() && text.length() < LONGEST_DIAGNOSTIC) {
      text.append(text.isEmpty() ? "" : " ").append(cut(bare, LONGEST_DIAGNOSTIC));
    }
  }

  static String cut(String text, int longest) {
    return text.length() > longest ? text.substring(0, longest) : text;
  }
}
