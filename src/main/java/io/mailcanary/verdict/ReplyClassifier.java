package io.mailcanary.verdict;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.EnhancedStatus;
import io.mailcanary.mail.RecipientStatus;
import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Says what stands behind a reply or a diagnostic: reply code, enhanced status, text and host
/// together decide, since each of them alone means different things at different servers.
public final class ReplyClassifier {
  private ReplyClassifier() {}

  /// What was said, and by whom.
  ///
  /// @param code null where none was quoted
  /// @param host a name or address; may be empty
  public record Said(
      @Nullable Integer code, @Nullable EnhancedStatus status, String text, String host) {

    public static Said of(SmtpReply reply, String host) {
      return new Said(reply.code(), reply.enhanced().orElse(null), reply.text(), host);
    }

    public static Said of(RecipientStatus recipient) {
      String host = recipient.remoteMta();
      return new Said(
          recipient.replyCode(),
          recipient.status(),
          recipient.diagnostic(),
          host == null ? "" : host);
    }
  }

  /// What is known of the mail that was refused.
  ///
  /// @param sender null where it is not known
  /// @param recipient null where it is not known
  /// @param workedAgo how long ago mail last reached this recipient; null when it never did
  public record Context(
      @Nullable EmailAddress sender, @Nullable EmailAddress recipient, @Nullable Duration workedAgo) {
    /// Nothing is known.
    public static final Context NONE = new Context(null, null, null);
  }

  /// Judges what was said.
  public static ReplyVerdict of(Said said, Context context) {
    Integer code = said.code();
    boolean forNow = code != null && code / 100 == 4;
    return new ReplyVerdict(
        Cause.UNKNOWN,
        forNow ? Persistence.TRANSIENT : Persistence.PERMANENT,
        "the reply says no more than its code",
        "Read the reply and ask the server's operator.");
  }
}
