package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts a [MailReport] together from what the readers of its parts find.
final class ReportReader {
  private static final int MOST_CLUES = 64;
  private static final Pattern MESSAGE_ID = Pattern.compile("<([^<>\\s]{3,400})>");
  private static final List<String> SENT_TO =
      List.of("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To");
  private static final List<String> RETURNED_SENDER = List.of("Return-Path", "Envelope-From");

  private final Mime message;
  private final HeaderBlock header;

  private ReportReader(Mime message) {
    this.message = message;
    header = message.header();
  }

  static MailReport read(String text) {
    return new ReportReader(Mime.of(text)).report(HopTrace.of(text));
  }

  private MailReport report(HopTrace hops) {
    Optional<Mime> status =
        message.leaf(part -> part.type().equals("message/delivery-status")
            || part.type().equals("message/global-delivery-status"));
    Dsn dsn = status.map(part -> StatusFields.read(part.text())).orElse(Dsn.NONE);
    HeaderBlock returned = returned();
    MailReport.Kind kind =
        status.isPresent() ? MailReport.Kind.DELIVERY_STATUS : MailReport.Kind.MESSAGE;
    return new MailReport(
        kind,
        status.isPresent() ? "it has a part with delivery status fields" : "it reports nothing",
        dsn,
        status.isPresent() ? clues(dsn, returned) : List.of(),
        returned,
        hops);
  }

  private HeaderBlock returned() {
    return message
        .leaf(part -> part.type().equals("message/rfc822")
            || part.type().equals("message/global")
            || part.type().equals("text/rfc822-headers")
            || part.type().equals("message/global-headers"))
        .map(part -> HeaderBlock.of(part.text().stripLeading()))
        .orElse(HeaderBlock.of(""));
  }

  private List<Clue> clues(Dsn dsn, HeaderBlock returned) {
    Set<Clue> clues = new LinkedHashSet<>();
    SENT_TO.forEach(name ->
        header.all(name).forEach(value ->
            Addresses.all(value).forEach(one -> clues.add(new Clue(Clue.Kind.RETURN_PATH, one)))));
    RETURNED_SENDER.forEach(name ->
        returned.all(name).forEach(value ->
            Addresses.all(value).forEach(one -> clues.add(new Clue(Clue.Kind.RETURN_PATH, one)))));
    if (dsn.envelopeId() != null) {
      clues.add(new Clue(Clue.Kind.ENVELOPE_ID, dsn.envelopeId()));
    }
    returned.first("Message-ID").ifPresent(value -> ids(value, clues));
    header.first("In-Reply-To").ifPresent(value -> ids(value, clues));
    header.first("References").ifPresent(value -> ids(value, clues));
    returned.fields().stream()
        .filter(field -> field.name().regionMatches(true, 0, "X-", 0, 2))
        .forEach(field ->
            clues.add(new Clue(Clue.Kind.RETURNED, field.name() + ": " + field.value())));
    for (RecipientStatus recipient : dsn.recipients()) {
      clues.add(new Clue(Clue.Kind.RECIPIENT, recipient.address()));
      if (recipient.originalRecipient() != null) {
        clues.add(new Clue(Clue.Kind.RECIPIENT, recipient.originalRecipient()));
      }
    }
    dsn.queueIds().forEach(id -> clues.add(new Clue(Clue.Kind.QUEUE_ID, id)));
    returned.all("Received").stream()
        .map(Received::parse)
        .map(Received::id)
        .filter(java.util.Objects::nonNull)
        .forEach(id -> clues.add(new Clue(Clue.Kind.QUEUE_ID, id)));
    List<Clue> all = new ArrayList<>(clues);
    return all.subList(0, Math.min(all.size(), MOST_CLUES));
  }

  private static void ids(String value, Set<Clue> clues) {
    Matcher ids = MESSAGE_ID.matcher(value);
    for (int i = 0; i < 20 && ids.find(); i++) {
      clues.add(new Clue(Clue.Kind.MESSAGE_ID, ids.group(1)));
    }
  }
}
