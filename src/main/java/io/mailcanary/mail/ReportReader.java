package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts a [MailReport] together from what the readers of its parts find.
final class ReportReader {
  private static final int MOST_CLUES = 100;
  private static final int LONGEST_BEGINNING = 8 * 1024;
  private static final Pattern MESSAGE_ID = Pattern.compile("<([^<>\\s]{3,400})>");
  private static final Pattern QUEUE_ID =
      Pattern.compile(
          "(?i)message identifier is:?\\s{1,20}([\\w-]{5,80})|queue.?id:?\\s{0,4}([\\w-]{5,80})");

  /// What warnings say, in lower case.
  private static final List<String> DELAY =
      List.of(
          "not yet been delivered",
          "hasn't been delivered yet",
          "has been delayed",
          "is delayed for",
          "warning only",
          "warning message only",
          "do not need to resend",
          "do not need to re-send",
          "temporary failure report",
          "will be retried",
          "is being retried",
          "still being retried",
          "delivery attempts will continue",
          "will keep trying",
          "will continue trying",
          "delivery is delayed",
          "delivery delayed",
          "delivery has been delayed",
          "could not be delivered for more than",
          "not delivered yet",
          "only a notification about a delay",
          "will continue to try");

  private static final Pattern DELAY_SUBJECT =
      Pattern.compile("\\bdelay|warning|still being retried|\\(transient\\)|verzögert");

  /// What only failures say, in lower case.
  private static final List<String> GIVEN_UP =
      List.of(
          "failed permanently",
          "permanent error",
          "permanent failure",
          "permanent fatal error",
          "given up",
          "giving up",
          "not going to try again",
          "an error has occurred while attempting",
          "has failed");

  /// A refusal in a transcript: sendmail's, Postfix'.
  private static final Pattern REFUSAL =
      Pattern.compile("\\s{0,8}(?:<<<|Out: [45]\\d\\d|[45]\\d\\d[ -])");

  private static final Pattern FIELD =
      Pattern.compile("(?i)(?:reporting-mta|final-recipient|original-recipient):");

  private static final List<String> SENT_TO =
      List.of("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To");
  private static final List<String> RETURNED_SENDER = List.of("Return-Path", "Envelope-From");
  private static final List<String> RETURNED_RECIPIENT =
      List.of("X-Original-To", "Envelope-To", "X-Envelope-To", "Delivered-To", "To");

  private final Mime message;
  private final HeaderBlock header;
  private final Notice notice;

  private ReportReader(Mime message) {
    this.message = message;
    header = message.header();
    notice = Notice.of(message);
  }

  static MailReport read(String text) {
    return new ReportReader(Mime.of(text)).report();
  }

  private MailReport report() {
    KindRules.Rule rule = KindRules.judge(KindRules.Facts.of(message, notice));
    Dsn dsn = rule.kind() == MailReport.Kind.DELIVERY_STATUS ? dsn() : Dsn.NONE;
    boolean about = rule.kind() != MailReport.Kind.MESSAGE;
    return new MailReport(
        rule.kind(),
        "the message " + rule.sentence(),
        dsn,
        about ? clues(dsn) : List.of(),
        notice.returned(),
        HopTrace.of(header));
  }

  /// The fields come first; what they leave open is looked for in the words beside them.
  private Dsn dsn() {
    Dsn fields = statusPart().map(StatusFields::read).orElse(Dsn.NONE);
    List<RecipientStatus> recipients = fields.recipients();
    if (recipients.isEmpty()) {
      recipients = SesNotice.recipients(notice.text());
    }
    if (recipients.isEmpty()) {
      recipients = told(Prose.paragraphs(notice));
    } else if (!recipients.stream().allMatch(ReportReader::isTold)) {
      Map<String, Prose.Paragraph> paragraphs = Prose.paragraphs(notice);
      int all = recipients.size();
      recipients =
          recipients.stream()
              .map(one -> isTold(one) ? one : completed(one, paragraphs, all))
              .toList();
    }
    return new Dsn(
        fields.reportingMta(),
        fields.envelopeId(),
        fields.arrivalDate(),
        queueIds(fields),
        recipients);
  }

  private Optional<String> statusPart() {
    return message
        .leaf(part ->
            part.type().equals("message/delivery-status")
                || part.type().equals("message/global-delivery-status"))
        .map(Mime::text)
        .or(this::strayFields);
  }

  /// Fields that lost their part to a broken boundary or to somebody who forwarded them.
  private Optional<String> strayFields() {
    List<String> lines = notice.lines();
    for (int i = 0; i < lines.size(); i++) {
      if (FIELD.matcher(lines.get(i)).lookingAt()) {
        return Optional.of(String.join("\n", lines.subList(i, lines.size())));
      }
    }
    return Optional.empty();
  }

  private static boolean isTold(RecipientStatus one) {
    return one.replyCode() != null && one.status() != null || one.action() == Action.DELIVERED;
  }

  private RecipientStatus completed(
      RecipientStatus one, Map<String, Prose.Paragraph> paragraphs, int recipients) {
    Prose.Paragraph paragraph = paragraphs.get(one.address().toLowerCase(Locale.ROOT));
    if (paragraph == null && one.originalRecipient() != null) {
      paragraph = paragraphs.get(one.originalRecipient().toLowerCase(Locale.ROOT));
    }
    if (paragraph == null && recipients == 1 && paragraphs.size() == 1) {
      paragraph = paragraphs.values().iterator().next();
    }
    String words = paragraph == null ? "" : paragraph.text();
    boolean nothingSaid = paragraph != null && one.action() == Action.FAILED;
    if (words.isBlank() && recipients == 1 && !nothingSaid) {
      words = transcript();
      if (paragraph != null && !saysWhy(words)) {
        // Exim warns without a reason where it got no connection: its own words are none.
        words = "";
      }
    }
    String said = one.diagnostic().isBlank() ? words : one.diagnostic();
    EnhancedStatus status = one.status();
    String text = words;
    return new RecipientStatus(
        one.address(),
        one.action(),
        status == null || status.isGeneral() ? better(status, words) : status,
        one.replyCode() == null ? ReplyWords.code(words).orElse(null) : one.replyCode(),
        said,
        one.remoteMta() == null ? Prose.remoteMta(text).orElse(null) : one.remoteMta(),
        one.originalRecipient(),
        one.logId(),
        one.lastAttempt(),
        one.retryUntil());
  }

  private static boolean saysWhy(String words) {
    return ReplyWords.code(words).isPresent() || ReplyWords.status(words).isPresent();
  }

  private static @org.jspecify.annotations.Nullable EnhancedStatus better(
      @org.jspecify.annotations.Nullable EnhancedStatus status, String words) {
    return ReplyWords.status(words)
        .filter(one -> status == null || !one.isGeneral())
        .orElse(status);
  }

  /// Lines of an SMTP dialogue, or else everything that is said.
  private String transcript() {
    List<String> dialogue =
        notice.lines().stream().filter(line -> REFUSAL.matcher(line).lookingAt()).toList();
    String text = dialogue.isEmpty() ? notice.text() : String.join(" ", dialogue);
    return Prose.line(text);
  }

  private List<RecipientStatus> told(Map<String, Prose.Paragraph> paragraphs) {
    Action action = isDelay() ? Action.DELAYED : Action.FAILED;
    List<RecipientStatus> recipients = new ArrayList<>();
    boolean only = paragraphs.size() <= 1;
    for (Prose.Paragraph paragraph : paragraphs.values()) {
      recipients.add(recipient(paragraph.address(), action, said(paragraph.text(), only)));
    }
    if (recipients.isEmpty()) {
      named().stream()
          .map(address -> recipient(address, action, transcript()))
          .forEach(recipients::add);
    }
    return recipients;
  }

  /// Where the lines behind an only recipient hold no code, the code may stand before them.
  private String said(String words, boolean only) {
    boolean coded = ReplyWords.code(words).isPresent() || ReplyWords.status(words).isPresent();
    return !coded && only ? Prose.line(words + " " + transcript()) : words;
  }

  private static RecipientStatus recipient(String address, Action action, String words) {
    return new RecipientStatus(
        address,
        action,
        ReplyWords.status(words).orElse(null),
        ReplyWords.code(words).orElse(null),
        words,
        Prose.remoteMta(words).orElse(null),
        null,
        null,
        null,
        null);
  }

  /// A warning is no failure: it says so, and nothing in it says that anything was given up.
  private boolean isDelay() {
    String subject = Decoding.words(header.first("Subject").orElse("")).toLowerCase(Locale.ROOT);
    String text = Prose.cut(notice.text(), LONGEST_BEGINNING).toLowerCase(Locale.ROOT);
    boolean delay = says(text, DELAY) || DELAY_SUBJECT.matcher(subject).find();
    return delay && !says(text, GIVEN_UP);
  }

  private static boolean says(String text, List<String> phrases) {
    return phrases.stream().anyMatch(text::contains);
  }

  /// Who the mail was for, where no line opens with an address.
  private List<String> named() {
    List<String> failed =
        header.all("X-Failed-Recipients").stream()
            .flatMap(value -> Addresses.all(value).stream())
            .toList();
    if (!failed.isEmpty()) {
      return failed;
    }
    return Prose.envelope(notice)
        .or(() -> returnedRecipient())
        .or(() -> Addresses.first(notice.text()))
        .map(List::of)
        .orElse(List.of(""));
  }

  private Optional<String> returnedRecipient() {
    return RETURNED_RECIPIENT.stream()
        .flatMap(name -> notice.returned().all(name).stream())
        .flatMap(value -> Addresses.first(value).stream())
        .findFirst();
  }

  private List<String> queueIds(Dsn fields) {
    Set<String> ids = new LinkedHashSet<>(fields.queueIds());
    String text = Prose.cut(notice.text(), LONGEST_BEGINNING);
    Matcher matcher = QUEUE_ID.matcher(text);
    boolean mayHold = text.contains("dentifier is") || text.contains("ueue");
    while (mayHold && ids.size() < 10 && matcher.find()) {
      ids.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    notice.returned().all("Received").stream()
        .limit(5)
        .map(Received::parse)
        .map(Received::id)
        .filter(Objects::nonNull)
        .forEach(ids::add);
    return List.copyOf(ids);
  }

  private List<Clue> clues(Dsn dsn) {
    Set<Clue> clues = new LinkedHashSet<>();
    HeaderBlock returned = notice.returned();
    addresses(header, SENT_TO, Clue.Kind.RETURN_PATH, clues);
    addresses(returned, RETURNED_SENDER, Clue.Kind.RETURN_PATH, clues);
    if (dsn.envelopeId() != null) {
      clues.add(new Clue(Clue.Kind.ENVELOPE_ID, dsn.envelopeId()));
    }
    returned.first("Message-ID").ifPresent(value -> ids(value, clues));
    statusPart().flatMap(StatusFields::messageId).ifPresent(value -> ids(value, clues));
    header.first("In-Reply-To").ifPresent(value -> ids(value, clues));
    header.first("References").ifPresent(value -> ids(value, clues));
    returned.fields().stream()
        .filter(field -> field.name().regionMatches(true, 0, "X-", 0, 2))
        .limit(50)
        .forEach(
            field -> clues.add(new Clue(Clue.Kind.RETURNED, field.name() + ": " + field.value())));
    for (RecipientStatus recipient : dsn.recipients()) {
      if (!recipient.address().isEmpty()) {
        clues.add(new Clue(Clue.Kind.RECIPIENT, recipient.address()));
      }
      if (recipient.originalRecipient() != null) {
        clues.add(new Clue(Clue.Kind.RECIPIENT, recipient.originalRecipient()));
      }
    }
    addresses(returned, RETURNED_RECIPIENT, Clue.Kind.RECIPIENT, clues);
    dsn.queueIds().forEach(id -> clues.add(new Clue(Clue.Kind.QUEUE_ID, id)));
    List<Clue> all = new ArrayList<>(clues);
    return all.subList(0, Math.min(all.size(), MOST_CLUES));
  }

  private static void addresses(
      HeaderBlock block, List<String> names, Clue.Kind kind, Set<Clue> clues) {
    for (String name : names) {
      for (String value : block.all(name)) {
        Addresses.all(value).forEach(one -> clues.add(new Clue(kind, one)));
      }
    }
  }

  private static void ids(String value, Set<Clue> clues) {
    Matcher ids = MESSAGE_ID.matcher(value);
    boolean found = false;
    for (int i = 0; i < 20 && ids.find(); i++) {
      clues.add(new Clue(Clue.Kind.MESSAGE_ID, ids.group(1)));
      found = true;
    }
    if (!found && !value.isBlank()) {
      clues.add(new Clue(Clue.Kind.MESSAGE_ID, value.strip()));
    }
  }
}
