package io.mailcanary.config;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Alert;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.Confirm;
import io.mailcanary.path.Dependency;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.MailPath.Kind;
import io.mailcanary.path.MailPath.ReturnPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Message;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Vary;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// `paths.NAME`
final class PathTable extends Table<MailPath> {
  /// Relays cannot be called so: it is said instead of a relay.
  static final Set<String> VIA_RESERVED = Set.of("mx", "each-mx");

  /// A tag has 57 characters at most, and a plus sign stands before it.
  private static final int LONGEST_VERP_LOCAL = EmailAddress.LONGEST_LOCAL - 58;

  private static final String INBOX = "INBOX";
  private static final Pattern SITE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final Pattern LABEL = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,62}");

  private final PathTables.OfExpectation expectation = new PathTables.OfExpectation();
  private final PathTables.OfConfirm confirmation = new PathTables.OfConfirm();
  private final PathTables.OfMessage sent = new PathTables.OfMessage();
  private final PathTables.OfAlert alerting = new PathTables.OfAlert();

  private final Key.Maybe<String> description =
      optional("description", Kinds.text("a text", 1_000), "What this path is, for people.");
  private final Key.Sure<Kind> kind =
      key(
          "kind",
          Kinds.oneOf(Kind.class),
          Kind.OUTBOUND,
          "Where it leads; on an `internal` path nothing may ever bounce. On a `round-trip` a"
              + " responder answers the canary, and it is the answer that arrives.");
  private final Key.Maybe<String> group =
      optional(
          "group",
          Kinds.text("a text", 100),
          "The population of receivers that it belongs to: they are judged together.");
  private final Key.Sure<Map<String, String>> labels =
      key(
          "labels",
          Kinds.mapOf(
              "32 names at most, of letters, digits, dots, hyphens and underscores, with a text"
                  + " each",
              LABEL,
              32,
              Kinds.text("a text", 200)),
          Map.of(),
          "Free names and values, for silences and routes.");
  private final Key.Maybe<Duration> every =
      derived(
          "every",
          Kinds.duration(PathTables.SHORTEST_PERIOD, Duration.ofDays(31)),
          "60s",
          "The time between two canaries.");
  private final Key.Maybe<String> cron =
      optional("cron", Kinds.cron(), "A Quartz cron expression, in UTC, instead of `every`.");
  private final Key.Sure<String> via =
      required(
          "via",
          Kinds.reference(Section.RELAYS, VIA_RESERVED),
          "The relay that takes its canaries; `mx`: the MX of the recipient's domain; `each-mx`:"
              + " each MX host and address, each a leg of its own.");
  private final Key.Sure<EmailAddress> from =
      required(
          "from",
          AddressKinds.emailAddress(),
          "Envelope and header sender; use the production domain.");
  private final Key.Sure<EmailAddress> to =
      required("to", AddressKinds.emailAddress(), "The recipient.");
  private final Key.Sure<String> arrivesIn =
      required(
          "arrives-in",
          Kinds.reference(Section.MAILBOXES),
          "The mailbox where its canaries arrive.");
  private final Key.Maybe<String> bouncesTo =
      derived(
          "bounces-to",
          Kinds.reference(Section.MAILBOXES),
          "the mailbox of `arrives-in`",
          "The mailbox where its bounces arrive.");
  private final Key.Sure<Expectation> expect =
      key("expect", expectation, expectation.defaults(), "What the path promises.");
  private final Key.Sure<Confirm> confirm =
      key(
          "confirm",
          confirmation,
          confirmation.defaults(),
          "The burst that replaces waiting for the next turn at the first doubt.");
  private final Key.Sure<Message> message =
      key("message", sent, sent.defaults(), "What a canary looks like.");
  private final Key.Sure<Alert> alert =
      key("alert", alerting, alerting.defaults(), "When somebody is told.");
  private final Key.Sure<ReturnPath> returnPath =
      key(
          "return-path",
          Kinds.oneOf(ReturnPath.class),
          ReturnPath.STABLE,
          "`stable`: the sender as it is, so that greylisting knows it again. `verp`: a return path"
              + " of its own for each canary (sender+TAG), so that each bounce names its canary;"
              + " the sender's local part then has %d characters at most."
                  .formatted(LONGEST_VERP_LOCAL));
  private final Key.Sure<Boolean> dsn =
      key(
          "dsn",
          Kinds.bool(),
          true,
          "Whether delivery status notifications are asked for where they are offered (RFC 3461).");
  private final Key.Sure<List<String>> sites =
      key(
          "sites",
          Kinds.listOf(
              Kinds.matching("the name of a site", SITE, "no name of a site"),
              "a list of sites",
              0),
          List.of(),
          "The sites that send it; none: all.");
  private final Key.Sure<Boolean> enabled =
      key("enabled", Kinds.bool(), true, "Whether it is probed; otherwise it is paused.");
  private final Key.Maybe<String> runbook =
      optional("runbook", AddressKinds.url(), "The page that says what to do about it.");

  private final VaryTable varying = new VaryTable();
  private final Key.Sure<Vary> vary =
      key(
          "vary",
          varying,
          Vary.NOTHING,
          "What differs between its canaries: each combination is a leg, in turn.");
  private final Key.Maybe<Relay> direct =
      optional(
          "direct",
          new DirectTable(),
          "With `via: mx` or `each-mx`: how these hosts are talked to. As mail servers do, by"
              + " default TLS where it is offered, whoever it is (RFC 7435).");
  private final Key.Sure<List<Dependency>> dependsOn =
      key(
          "depends-on",
          Kinds.listOf(new DependencyTable(), "a list of names that hops look up", 0),
          List.of(),
          "Names that hops of this path look up, seen from where the hop stands.");

  PathTable() {
    super("the keys of a path");
  }

  @Override
  void check(Row row) {
    if (row.has(every) && row.has(cron)) {
      row.fault(cron, "stands beside every, expected one of the two");
    }
    checkReturnPath(row);
    checkDirect(row);
    checkSizes(row);
    row.find(arrivesIn)
        .map(name -> row.reader().mailboxes().get(name))
        .ifPresent(mailbox -> checkFolder(row, mailbox));
  }

  private void checkDirect(Row row) {
    Set<String> all = new HashSet<>(row.find(vary).map(Vary::via).orElse(List.of()));
    row.find(via).ifPresent(all::add);
    if (row.has(direct) && row.find(via).isPresent() && Collections.disjoint(all, VIA_RESERVED)) {
      row.fault(direct, "has no use with a relay, expected 'via: mx' or 'via: each-mx'");
    }
  }

  private void checkSizes(Row row) {
    boolean sized = !row.find(vary).map(Vary::size).orElse(List.of()).isEmpty();
    if (sized && row.find(message).flatMap(Message::template).isPresent()) {
      row.fault(vary, "size", "stands beside message.template, expected one of the two");
    }
  }

  private void checkReturnPath(Row row) {
    boolean verp = row.find(returnPath).filter(ReturnPath.VERP::equals).isPresent();
    List<EmailAddress> senders = row.find(vary).map(Vary::from).orElse(List.of());
    if (verp && senders.stream().anyMatch(a -> a.local().length() > LONGEST_VERP_LOCAL)) {
      row.fault(
          vary,
          "from",
          "has a local part too long for 'return-path: verp', expected %d characters at most before"
                  .formatted(LONGEST_VERP_LOCAL)
              + " the at sign");
    }
    if (verp && row.find(from).filter(a -> a.local().length() > LONGEST_VERP_LOCAL).isPresent()) {
      row.fault(
          from,
          "has a local part too long for 'return-path: verp', expected %d characters at most before"
                  .formatted(LONGEST_VERP_LOCAL)
              + " the at sign");
    }
  }

  private void checkFolder(Row row, Mailbox mailbox) {
    String folder = row.find(expect).map(Expectation::folder).orElse(INBOX);
    List<String> watched =
        switch (mailbox) {
          case Mailbox.Imap imap -> imap.folders();
          case Mailbox.Maildir maildir -> maildir.folders();
          case Mailbox.Pop3 _, Mailbox.Receiver _ -> List.of();
        };
    boolean seen =
        watched.isEmpty()
            ? folder.equalsIgnoreCase(INBOX)
            : watched.stream().anyMatch(name -> same(name, folder));
    if (!seen) {
      row.fault(
          expect,
          "folder",
          "%s is not watched in mailbox '%s', expected %s"
              .formatted(
                  Scalar.quote(folder),
                  mailbox.name(),
                  watched.isEmpty()
                      ? "INBOX, or a folder listed in its folders"
                      : "one of " + String.join(", ", watched)));
    }
  }

  /// INBOX alone has no case (RFC 9051 §5.1).
  private static boolean same(String one, String other) {
    return one.toUpperCase(Locale.ROOT).equals(INBOX)
        ? other.equalsIgnoreCase(INBOX)
        : one.equals(other);
  }

  @Override
  MailPath build(Row row) {
    String mailbox = row.get(arrivesIn);
    return new MailPath(
        row.name(),
        row.find(description),
        row.get(kind),
        row.find(group),
        row.get(labels),
        cadence(row),
        row.get(via),
        row.get(from),
        row.get(to),
        mailbox,
        row.find(bouncesTo).orElse(mailbox),
        row.get(expect),
        row.get(confirm),
        row.get(message),
        row.get(alert),
        row.get(returnPath),
        row.get(dsn),
        row.get(sites),
        row.get(enabled),
        row.find(runbook),
        row.get(dependsOn),
        row.get(vary),
        row.find(direct).map(hosts -> hosts.named("mx of " + row.name())).orElse(Relay.DIRECT));
  }

  private Cadence cadence(Row row) {
    return row.find(cron)
        .<Cadence>map(Cadence.Cron::new)
        .orElseGet(() -> new Cadence.Every(row.find(every).orElse(Duration.ofSeconds(60))));
  }
}
