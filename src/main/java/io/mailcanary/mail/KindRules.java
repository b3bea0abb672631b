package io.mailcanary.mail;

import io.mailcanary.mail.MailReport.Kind;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// What kind of message something is: the first rule that holds decides.
final class KindRules {
  private static final int LONGEST_BEGINNING = 4096;

  private KindRules() {}

  /// @param sentence what stands behind `the message …`
  record Rule(Kind kind, String sentence, Predicate<Facts> holds) {}

  /// What the rules look at.
  record Facts(Mime message, String subject, String sender, String beginning) {
    static Facts of(Mime message, Notice notice) {
      HeaderBlock header = message.header();
      String text = Prose.cut(notice.text(), LONGEST_BEGINNING);
      return new Facts(
          message,
          Decoding.words(header.first("Subject").orElse("")).toLowerCase(Locale.ROOT),
          Decoding.words(header.first("From").orElse("")).toLowerCase(Locale.ROOT),
          text.toLowerCase(Locale.ROOT));
    }

    boolean hasPart(String... types) {
      return message.leaf(leaf -> List.of(types).contains(leaf.type())).isPresent();
    }

    boolean reports(String type) {
      return message.parameter("report-type").filter(type::equalsIgnoreCase).isPresent();
    }

    boolean header(String name, String word) {
      return message
          .header()
          .first(name)
          .filter(value -> value.toLowerCase(Locale.ROOT).contains(word))
          .isPresent();
    }

    boolean hasHeader(String name) {
      return message.header().first(name).isPresent();
    }

    /// By its sender or its envelope it comes from a mail system and not from a person.
    boolean fromMailSystem() {
      return SYSTEM.matcher(sender).find()
          || sender.isBlank()
          || sender.strip().equals("<>")
          || header("Return-Path", "<>")
          || header("Auto-Submitted", "auto-");
    }

    boolean says(Pattern words) {
      return words.matcher(beginning).find();
    }
  }

  private static final Pattern SYSTEM =
      Pattern.compile(
          "mailer.?daemon|post.?master|mail deliver|mail system|mail administrator|ndr admin|delivery (?:sub)?system"
              + "|mail\\.delivery|sns\\.amazonaws|mailer@|\\bdaemon\\b");

  /// Phrases by which the notices of mail systems are known.
  private static final Pattern FAILURE_PHRASE =
      Pattern.compile(
          "(?:could|can|did) ?not be deliver|cannot be deliver|couldn't be deliver|not (?:yet )?been delivered"
              + "|(?:was|were) not delivered|has been delayed|is delayed for|unable to (?:be )?deliver|wasn't able to deliver"
              + "|failed to (?:be )?deliver|deliver(?:y|ing)(?: your| a)? (?:message )?(?:to .{0,60} )?(?:has |have )?failed|delevery|did not reach the following"
              + "|following (?:recipient|address).{0,40}(?:fail|error|reject|affect|permanent|was aborted)|had permanent (?:fatal )?errors|had delivery errors"
              + "|transcript of session follows|qmail-send program|created automatically by mail delivery"
              + "|trouble delivering|undeliver|not deliver the message|returned to (?:you|sender)|error message below"
              + "|no valid recipients|incorrectly constructed|server message|送信できません|送信に失敗|配信できません");

  private static final Pattern FAILURE_SUBJECT =
      Pattern.compile(
          "undeliver|deliver(?:y|ed)? (?:status|fail|problem|report|has failed)|failure (?:notice|delivery)|failed delivery|delivery failure"
              + "|returned mail|mail delivery|returning (?:message )?to sender|could not be delivered|mail failure|mail system error"
              + "|non.?delivery|delay(?:ed)? (?:mail|delivery)|delayed mail|could not send|not delivered|message delayed"
              + "|warning: (?:message|could not)|delivery .{0,20}(?:delay|warning)|nicht zugestellt|unzustellbar|permanent delivery");

  private static final Pattern REPLY_SUBJECT =
      Pattern.compile(
          "^(?:re: )?(?:auto(?:matic|mated|matisch\\w*|mat\\w*)?[ :-]{0,2}(?:reply|response|antwort|re:)|autoreply|auto(?:-| )?(?:re|antwort)?:|out.of.(?:the )?office|ooo:"
              + "|vacation|away (?:until|from)|abwesenheit|absence|réponse automatique|respuesta autom|risposta autom|自動応答|自動返信|i am (?:away|out)|on (?:leave|vacation))");

  static final List<Rule> TABLE =
      List.of(
          new Rule(
              Kind.FEEDBACK,
              "has a part with the fields of a complaint (RFC 5965)",
              facts -> facts.hasPart("message/feedback-report")),
          new Rule(
              Kind.DELIVERY_STATUS,
              "has a part with delivery status fields (RFC 3464)",
              facts -> facts.hasPart("message/delivery-status", "message/global-delivery-status")),
          new Rule(
              Kind.AUTO_REPLY,
              "is a receipt: what a reader's program did with a message (RFC 8098)",
              facts ->
                  facts.hasPart(
                          "message/disposition-notification",
                          "message/global-disposition-notification")
                      || facts.reports("disposition-notification")),
          new Rule(
              Kind.FEEDBACK,
              "calls itself a complaint (RFC 5965)",
              facts -> facts.reports("feedback-report")),
          new Rule(
              Kind.FEEDBACK,
              "is a provider's note that somebody complained or unsubscribed",
              facts ->
                  facts.subject().contains("complaint about message from")
                      || facts.beginning().contains("sent this email to unsubscribe")
                      || SesNotice.isComplaint(facts.beginning())),
          new Rule(
              Kind.DELIVERY_STATUS,
              "calls itself a delivery report (RFC 6522)",
              facts -> facts.reports("delivery-status")),
          new Rule(
              Kind.DELIVERY_STATUS,
              "names failed recipients in its header, as Exim and Gmail do",
              facts -> facts.hasHeader("X-Failed-Recipients")),
          new Rule(
              Kind.DELIVERY_STATUS,
              "is Amazon SES' notice of a delivery",
              facts -> SesNotice.isDelivery(facts.beginning())),
          new Rule(
              Kind.DELIVERY_STATUS,
              "comes from a mail system and says in its subject that a delivery failed or waits",
              facts -> facts.fromMailSystem() && FAILURE_SUBJECT.matcher(facts.subject()).find()),
          new Rule(
              Kind.DELIVERY_STATUS,
              "comes from a mail system and says in its text that a delivery failed or waits",
              facts -> facts.fromMailSystem() && facts.says(FAILURE_PHRASE)),
          new Rule(
              Kind.DELIVERY_STATUS,
              "is a mail system's record of a refused session",
              facts ->
                  facts.fromMailSystem() && facts.subject().contains("errors from")
                      || facts.subject().startsWith("loop alert")),
          new Rule(
              Kind.DELIVERY_STATUS,
              "has the subject and the words of a failed delivery",
              facts ->
                  !facts.hasHeader("In-Reply-To")
                      && FAILURE_SUBJECT.matcher(facts.subject()).find()
                      && facts.says(FAILURE_PHRASE)),
          new Rule(
              Kind.AUTO_REPLY,
              "was submitted automatically as a reply (RFC 3834)",
              facts ->
                  facts.header("Auto-Submitted", "auto-replied")
                      || facts.header("Precedence", "auto_reply")
                      || facts.hasHeader("X-Autoreply")
                      || facts.hasHeader("X-Autorespond")
                      || facts.hasHeader("X-Auto-Reply")
                      || facts.header("X-Auto-Response-Suppress", "all")
                          && facts.hasHeader("In-Reply-To")),
          new Rule(
              Kind.AUTO_REPLY,
              "has the subject of an automatic reply",
              facts -> REPLY_SUBJECT.matcher(facts.subject()).find()));

  static final Rule NOTHING =
      new Rule(Kind.MESSAGE, "says nothing about another message", _ -> true);

  static Rule judge(Facts facts) {
    for (Rule rule : TABLE) {
      if (rule.holds().test(facts)) {
        return rule;
      }
    }
    return NOTHING;
  }
}
