package io.mailcanary.prober;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.canary.Meaning;
import io.mailcanary.mail.RecipientStatus;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.MailPath;
import io.mailcanary.verdict.Persistence;
import io.mailcanary.verdict.ReplyClassifier;
import io.mailcanary.verdict.ReplyVerdict;
import io.mailcanary.verdict.Words;
import java.time.Duration;
import java.util.Optional;

/// What stands behind what servers say, put beside their words.
final class Meanings {
  private Meanings() {}

  /// @param workedAgo how long ago mail last reached this recipient
  static ReplyClassifier.Context context(MailPath path, Optional<Duration> workedAgo) {
    return new ReplyClassifier.Context(path.from(), path.to(), workedAgo.orElse(null));
  }

  /// Of an attempt that we made.
  static Meaning of(Evidence evidence, ReplyClassifier.Context context) {
    SmtpReply reply = evidence.reply();
    if (reply == null || Handover.of(evidence) == Handover.ACCEPTED) {
      return Meaning.of(Handover.cause(evidence));
    }
    return meaning(ReplyClassifier.of(ReplyClassifier.Said.of(reply, evidence.host()), context));
  }

  /// Of what a report says of one recipient.
  static Meaning of(RecipientStatus recipient, ReplyClassifier.Context context) {
    return meaning(ReplyClassifier.of(ReplyClassifier.Said.of(recipient), context));
  }

  private static Meaning meaning(ReplyVerdict verdict) {
    boolean misleading = verdict.persistence() == Persistence.MISLEADING;
    String why =
        misleading && !verdict.advice().isEmpty()
            ? verdict.reason() + "; " + verdict.advice()
            : verdict.reason();
    return new Meaning(verdict.cause(), verdict.persistence().word(), why);
  }

  /// For a person: what was said, and what is behind it where the words mislead.
  static String words(Evidence evidence, Meaning meaning) {
    return with(Words.of(evidence), meaning);
  }

  static String words(RecipientStatus recipient, Meaning meaning) {
    String host = recipient.remoteMta();
    StringBuilder said = new StringBuilder(host == null ? "" : host + ": ");
    Integer code = recipient.replyCode();
    if (code != null && !recipient.diagnostic().startsWith(code.toString())) {
      said.append(code).append(' ');
    }
    if (recipient.status() != null
        && !recipient.diagnostic().contains(recipient.status().toString())) {
      said.append(recipient.status()).append(' ');
    }
    return with(Words.line(said.append(recipient.diagnostic()).toString().strip()), meaning);
  }

  private static String with(String words, Meaning meaning) {
    return meaning.isMisleading() ? words + " (" + meaning.why() + ")" : words;
  }
}
