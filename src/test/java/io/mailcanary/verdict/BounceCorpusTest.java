package io.mailcanary.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Corpus;
import io.mailcanary.mail.Corpus.Label;
import io.mailcanary.mail.MailReport;
import io.mailcanary.mail.Mbox;
import io.mailcanary.mail.RecipientStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Reads 376 real bounces and compares with what is published about them.
class BounceCorpusTest {
  private static final Map<String, List<MailReport>> REPORTS = reports();

  /// The published reasons in our words. Where a word of theirs covers several of ours, each of
  /// those is right.
  private static final Map<String, Set<Cause>> CAUSES =
      Map.ofEntries(
          Map.entry("userunknown", Set.of(Cause.RECIPIENT)),
          // Refused after the data, mostly unknown users of systems that hide them.
          Map.entry("filtered", Set.of(Cause.RECIPIENT, Cause.POLICY, Cause.CONTENT)),
          Map.entry("suspend", Set.of(Cause.RECIPIENT)),
          Map.entry("hasmoved", Set.of(Cause.RECIPIENT)),
          Map.entry("mailboxfull", Set.of(Cause.MAILBOX_FULL)),
          Map.entry("blocked", Set.of(Cause.REPUTATION, Cause.POLICY)),
          Map.entry("badreputation", Set.of(Cause.REPUTATION)),
          Map.entry("expired", Set.of(Cause.EXPIRED, Cause.CONNECTION)),
          // Their `rejected` is: because of the sender's address.
          Map.entry("rejected", Set.of(Cause.SENDER_DOMAIN, Cause.POLICY, Cause.REPUTATION)),
          Map.entry("hostunknown", Set.of(Cause.RECIPIENT_DOMAIN, Cause.NEXT_HOP)),
          Map.entry("notaccept", Set.of(Cause.RECIPIENT_DOMAIN, Cause.NEXT_HOP, Cause.DNS)),
          Map.entry("requireptr", Set.of(Cause.CLIENT_NAME)),
          // Routes, name servers, connections and loops.
          Map.entry(
              "networkerror",
              Set.of(
                  Cause.CONNECTION, Cause.DNS, Cause.NEXT_HOP, Cause.RECIPIENT_DOMAIN, Cause.LOOP)),
          Map.entry("systemerror", Set.of(Cause.SYSTEM, Cause.LOOP)),
          Map.entry("mailererror", Set.of(Cause.SYSTEM)),
          Map.entry("authfailure", Set.of(Cause.SENDER_AUTH)),
          Map.entry("policyviolation", Set.of(Cause.POLICY, Cause.CONTENT)),
          // No relaying without login, or not allowed to send there.
          Map.entry("securityerror", Set.of(Cause.POLICY, Cause.LOGIN)),
          Map.entry("norelaying", Set.of(Cause.POLICY)),
          Map.entry("spamdetected", Set.of(Cause.CONTENT)),
          Map.entry("virusdetected", Set.of(Cause.CONTENT)),
          Map.entry("contenterror", Set.of(Cause.CONTENT)),
          Map.entry("notcompliantrfc", Set.of(Cause.CONTENT, Cause.POLICY)),
          Map.entry("mesgtoobig", Set.of(Cause.SIZE)),
          Map.entry("exceedlimit", Set.of(Cause.SIZE)),
          Map.entry("syntaxerror", Set.of(Cause.SYSTEM)),
          Map.entry("toomanyconn", Set.of(Cause.RATE_LIMIT)),
          Map.entry("speeding", Set.of(Cause.RATE_LIMIT)),
          Map.entry("failedstarttls", Set.of(Cause.TLS)),
          Map.entry("undefined", Set.of(Cause.UNKNOWN)));

  /// Reasons that are none: nothing was refused.
  private static final Set<String> NO_REFUSAL = Set.of("feedback", "vacation", "delivered");

  @Test
  void theKindOfNinetyNineInAHundredIsRight() {
    List<String> wrong = new ArrayList<>();
    Set<String> files = new java.util.TreeSet<>();
    Corpus.labels().forEach(label -> files.add(label.file()));
    for (String file : files) {
      MailReport.Kind kind = report(file).kind();
      if (kind != expectedKind(file)) {
        wrong.add(file + " is " + kind.word() + ": " + report(file).because());
      }
    }
    say("kind", files.size(), wrong);
    assertThat(share(files.size(), wrong)).as(String.join("\n", wrong)).isGreaterThanOrEqualTo(99);
  }

  @Test
  void theStatusOfNinetySixInAHundredIsRight() {
    List<String> wrong = new ArrayList<>();
    List<Label> labels = reported();
    for (Label label : labels) {
      String status = label.index() > recipients(label).size() ? "no recipient" : status(label);
      if (!isStatus(label.status(), status)) {
        wrong.add("%s expected %s, read %s".formatted(name(label), label.status(), status));
      }
    }
    say("status", labels.size(), wrong);
    assertThat(share(labels.size(), wrong)).as(String.join("\n", wrong)).isGreaterThanOrEqualTo(96);
  }

  @Test
  void theReplyCodeOfNinetySixInAHundredIsRight() {
    List<String> wrong = new ArrayList<>();
    List<Label> labels = reported();
    for (Label label : labels) {
      String code = label.index() > recipients(label).size() ? "no recipient" : code(label);
      if (!code.equals(label.replyCode())) {
        wrong.add("%s expected '%s', read '%s'".formatted(name(label), label.replyCode(), code));
      }
    }
    say("reply code", labels.size(), wrong);
    assertThat(share(labels.size(), wrong)).as(String.join("\n", wrong)).isGreaterThanOrEqualTo(96);
  }

  @Test
  void theCauseOfNinetyInAHundredIsRight() {
    List<String> wrong = new ArrayList<>();
    List<Label> labels =
        reported().stream().filter(label -> !NO_REFUSAL.contains(label.reason())).toList();
    for (Label label : labels) {
      if (label.index() > recipients(label).size()) {
        wrong.add(name(label) + " has no such recipient");
        continue;
      }
      RecipientStatus one = recipients(label).get(label.index() - 1);
      ReplyVerdict verdict =
          ReplyClassifier.of(ReplyClassifier.Said.of(one), ReplyClassifier.Context.of(one));
      if (!CAUSES.getOrDefault(label.reason(), Set.of()).contains(verdict.cause())) {
        wrong.add(
            "%s expected %s, read %s: %s %s %s"
                .formatted(
                    name(label),
                    label.reason(),
                    verdict.cause().word(),
                    one.replyCode(),
                    one.status(),
                    one.diagnostic()));
      }
    }
    say("cause", labels.size(), wrong);
    assertThat(share(labels.size(), wrong)).as(String.join("\n", wrong)).isGreaterThanOrEqualTo(90);
  }

  private static MailReport.Kind expectedKind(String file) {
    return file.startsWith("arf-")
        ? MailReport.Kind.FEEDBACK
        : file.startsWith("rfc3834-")
            ? MailReport.Kind.AUTO_REPLY
            : MailReport.Kind.DELIVERY_STATUS;
  }

  /// Rows of delivery reports.
  private static List<Label> reported() {
    return Corpus.labels().stream()
        .filter(label -> expectedKind(label.file()) == MailReport.Kind.DELIVERY_STATUS)
        .filter(label -> !label.reason().equals("feedback"))
        .toList();
  }

  /// Numbers X.0.9xx are made up where the message has none: then none, or its class alone, is
  /// right.
  private static boolean isStatus(String expected, String read) {
    boolean madeUp = expected.matches("[245]\\.0\\.9\\d\\d");
    return madeUp ? read.isEmpty() || read.endsWith(".0.0") : expected.equals(read);
  }

  private static List<RecipientStatus> recipients(Label label) {
    return reports(label.file()).stream()
        .flatMap(report -> report.dsn().recipients().stream())
        .toList();
  }

  private static String status(Label label) {
    var status = recipients(label).get(label.index() - 1).status();
    return status == null ? "" : status.toString();
  }

  private static String code(Label label) {
    Integer code = recipients(label).get(label.index() - 1).replyCode();
    return code == null ? "" : code.toString();
  }

  private static String name(Label label) {
    return label.file() + "#" + label.index();
  }

  private static double share(int all, List<String> wrong) {
    return 100.0 * (all - wrong.size()) / all;
  }

  private static void say(String what, int all, List<String> wrong) {
    System.out.printf("corpus: %s right in %.1f %% of %d%n", what, share(all, wrong), all);
    if (Boolean.getBoolean("mailcanary.corpus.misses")) {
      wrong.forEach(line -> System.out.println("  " + line));
    }
  }

  private static MailReport report(String file) {
    return reports(file).getFirst();
  }

  private static List<MailReport> reports(String file) {
    return java.util.Objects.requireNonNull(REPORTS.get(file), file);
  }

  /// A few files hold several messages.
  private static Map<String, List<MailReport>> reports() {
    Map<String, List<MailReport>> reports = new TreeMap<>();
    Corpus.mails()
        .forEach((file, bytes) ->
            reports.put(
                file,
                Mbox.split(new String(bytes, StandardCharsets.ISO_8859_1)).stream()
                    .map(MailReport::of)
                    .toList()));
    return reports;
  }
}
