package io.mailcanary.config;

import io.mailcanary.dns.Profile;
import io.mailcanary.dns.ReceiverSetting;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Mailbox.Receiver.Policy;
import io.mailcanary.path.Mailbox.Receiver.Protocol;
import io.mailcanary.path.Mailbox.Receiver.Stage;
import io.mailcanary.path.ServerCertificate;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `mailboxes.NAME` with a protocol that mail is sent by: a receiver of our own.
final class ReceiverTable extends MailboxTable {
  private static final Duration USUAL_GREYLIST = Duration.ofSeconds(60);
  private static final Duration LONGEST_DELAY = Duration.ofMinutes(4);

  private final Protocol protocol;
  private final OfAnswers stages = new OfAnswers();
  private final Key.Sure<InetSocketAddress> listen =
      required("listen", AddressKinds.listening(), "Where it listens.");
  private final Key.Maybe<Policy> policy =
      derived(
          "policy",
          Kinds.oneOf(Policy.class),
          "greylist where greylist is given, strict where profile is, else accept",
          "What it does with mail for recipients of the paths that arrive in it; all other mail is"
              + " refused. `accept`: takes it. `greylist`: puts it off at first contact. `strict`:"
              + " verifies it as a demanding receiver does.");
  private final Key.Maybe<String> profile =
      derived(
          "profile",
          profiles(),
          "R5 with `policy: strict`",
          "The receiver that it is as demanding as: R1 to R9 for a kind of receiver, or one whose"
              + " behaviour was measured.");
  private final Key.Sure<Map<Stage, SmtpReply>> answers =
      key(
          "answers",
          stages,
          Map.of(),
          "What it answers at a stage of the dialogue instead of going on.");
  private final Key.Maybe<Duration> greylist =
      derived(
          "greylist",
          Kinds.duration(Duration.ofMillis(1), Duration.ofDays(1)),
          "60s with `policy: greylist`",
          "For how long a client's network, sender and recipient are put off at first contact.");
  private final Key.Sure<Duration> delay =
      key(
          "delay",
          Kinds.duration(Duration.ZERO, LONGEST_DELAY),
          Duration.ZERO,
          "How long each message waits for the answer to its first RCPT; senders give up after five"
              + " minutes (RFC 5321 §4.5.3.2.3).");

  private final Key.Sure<Boolean> reply = reply();
  private final Key.Maybe<Path> certificate =
      derived(
          "certificate-file",
          FileKinds.certificates(),
          "one that it makes for itself at its start",
          "PEM certificates to show at STARTTLS, its own first; a renewed file is taken up.");
  private final Key.Maybe<Path> key =
      optional(
          "key-file",
          FileKinds.privateKey(),
          "The private key of the certificate (PEM, PKCS #8 or RSA).");

  ReceiverTable(Protocol protocol) {
    super(protocol.name().toLowerCase(Locale.ROOT));
    this.protocol = protocol;
  }

  private static Kind<String> profiles() {
    String ids =
        Stream.concat(
                Arrays.stream(Profile.values()).map(Profile::name),
                Arrays.stream(ReceiverSetting.values()).map(ReceiverSetting::id))
            .collect(Collectors.joining("|"));
    return Kinds.matching(
        "R1 to R9, M1 to M19, CISCO, YAHOO or SPAMDYKE",
        Pattern.compile(ids),
        "no receiver we know");
  }

  @Override
  void check(Row row) {
    checkCertificate(row);
    if (row.has(profile) && row.find(policy).filter(p -> p != Policy.STRICT).isPresent()) {
      row.fault(profile, "stands beside another policy, expected 'policy: strict' or none");
    }
    if (row.has(profile) && row.has(greylist)) {
      row.fault(profile, "stands beside greylist, expected one of the two");
    }
    if (row.has(greylist) && row.find(policy).filter(p -> p != Policy.GREYLIST).isPresent()) {
      row.fault(greylist, "stands beside another policy, expected 'policy: greylist' or none");
    }
  }

  private void checkCertificate(Row row) {
    Optional<Path> chain = row.find(certificate);
    Optional<Path> own = row.find(key);
    if (chain.isPresent() != own.isPresent() && row.has(certificate) != row.has(key)) {
      row.fault(
          chain.isPresent() ? certificate : key,
          "stands alone, expected certificate-file and key-file together");
    }
  }

  @Override
  Mailbox build(Row row) {
    Optional<Duration> time = row.find(greylist);
    return new Mailbox.Receiver(
        row.name(),
        protocol,
        row.get(listen),
        row.find(policy).orElseGet(() -> policy(row)),
        row.get(answers),
        time.orElse(USUAL_GREYLIST),
        row.get(delay),
        row.find(profile),
        row.get(reply),
        row.find(certificate)
            .flatMap(chain -> row.find(key).map(own -> new ServerCertificate(chain, own))));
  }

  private Policy policy(Row row) {
    if (row.has(profile)) {
      return Policy.STRICT;
    }
    return row.has(greylist) ? Policy.GREYLIST : Policy.ACCEPT;
  }

  /// `mailboxes.NAME.answers`
  private static final class OfAnswers extends Table<Map<Stage, SmtpReply>> {
    private static final Pattern REFUSAL = Pattern.compile("[45]\\d\\d [ -~]{1,400}");

    private final Map<Stage, Key.Maybe<SmtpReply>> replies = new EnumMap<>(Stage.class);

    OfAnswers() {
      super("answers at connect, helo, mail, rcpt, data or end-of-data");
      for (Stage stage : Stage.values()) {
        replies.put(stage, optional(stage.word(), refusal(), sentence(stage)));
      }
    }

    private static String sentence(Stage stage) {
      return switch (stage) {
        case CONNECT -> "Instead of the greeting.";
        case HELO -> "To HELO, EHLO or LHLO.";
        case MAIL -> "To MAIL.";
        case RCPT -> "To RCPT for a recipient that it would take mail for.";
        case DATA -> "To DATA, before the message.";
        case END_OF_DATA -> "After the message.";
      };
    }

    private static Kind<SmtpReply> refusal() {
      return Kinds.scalar(
          "a refusal such as 451 4.3.2 later",
          text ->
              Optional.of(text)
                  .filter(REFUSAL.asMatchPredicate())
                  .flatMap(SmtpReply::parse)
                  .orElseThrow(() -> Scalar.unfit(text, "no refusal")),
          schema -> Kinds.string(schema, REFUSAL.pattern()),
          SmtpReply::toString);
    }

    @Override
    Map<Stage, SmtpReply> build(Row row) {
      Map<Stage, SmtpReply> given = new EnumMap<>(Stage.class);
      replies.forEach((stage, key) -> row.find(key).ifPresent(reply -> given.put(stage, reply)));
      return given;
    }
  }
}
