package io.mailcanary.verdict;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.mail.EnhancedStatus;
import io.mailcanary.mail.RecipientStatus;
import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Says what stands behind a reply or a diagnostic: reply code, enhanced status, text and host
/// together decide, since each of them alone means different things at different servers.
public final class ReplyClassifier {
  private static final int LONGEST = 2000;

  /// A mailbox that took mail this lately exists, whatever is said of it now.
  private static final Duration LATELY = Duration.ofDays(1);

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private static final Pattern LOCAL_PART = Pattern.compile("<[^\\s<>@]{1,64}@");

  /// A name that could not be resolved, as MTAs put it.
  private static final Pattern MISSING_NAME =
      Pattern.compile(
          "(?:name=|any host named |look up host |lookup of host \"?|lookup of |name server: |domain name not found: "
              + "|found for domain=|no such domain:? |to for domain: |host not found:? |unknown host:? |host unknown:? )"
              + "([a-z0-9_-]{1,63}(?:\\.[a-z0-9_-]{1,63}){1,20})");

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

    /// Refused for now, as far as the codes go: the reply code before the status.
    boolean isForNow() {
      return code == null ? status != null && status.statusClass() == 4 : code / 100 == 4;
    }
  }

  /// What is known of the mail that was refused.
  ///
  /// @param sender null where it is not known
  /// @param recipient null where it is not known
  /// @param workedAgo how long ago mail last reached this recipient; null when it never did
  public record Context(
      @Nullable EmailAddress sender,
      @Nullable EmailAddress recipient,
      @Nullable Duration workedAgo) {
    /// Nothing is known.
    public static final Context NONE = new Context(null, null, null);

    /// As much as a report itself says.
    public static Context of(RecipientStatus recipient) {
      try {
        return new Context(null, EmailAddress.parse(recipient.address()), null);
      } catch (IllegalArgumentException _) {
        return NONE;
      }
    }
  }

  /// Judges what was said.
  public static ReplyVerdict of(Said said, Context context) {
    String text = normal(said.text());
    String host = said.host().toLowerCase(Locale.ROOT);
    EnhancedStatus status =
        said.status() == null ? EnhancedStatus.within(text).orElse(null) : said.status();
    if (isSilent(said, text)) {
      return verdict(
          Cause.NEXT_HOP, "nothing, as Exim does when a name on the way is gone", said, context);
    }
    for (ReplyRule rule : ReplyRules.TABLE) {
      if (rule.holds(said.code(), status, text, host)) {
        return verdict(cause(rule.cause(), text, context), rule.because(), said, context);
      }
    }
    return verdict(Cause.UNKNOWN, "nothing that we understand", said, context);
  }

  /// A failure for good, and neither a server that refused nor a word of why: Exim passes on what
  /// servers say, and keeps to its log that it found no host to ask.
  private static boolean isSilent(Said said, String text) {
    EnhancedStatus status = said.status();
    return text.isBlank()
        && said.code() == null
        && said.host().isEmpty()
        && status != null
        && status.statusClass() == 5
        && status.isGeneral();
  }

  /// A name that is gone is the recipient's domain or a hop on the way: the address tells.
  private static Cause cause(Cause cause, String text, Context context) {
    if (cause != Cause.NEXT_HOP) {
      return cause;
    }
    Optional<String> missing = missingName(text);
    EmailAddress recipient = context.recipient();
    if (missing.isPresent() && recipient != null) {
      return missing.get().equals(recipient.domain().name())
          ? Cause.RECIPIENT_DOMAIN
          : Cause.NEXT_HOP;
    }
    // An MX is asked for the domain of an address, addresses for a host that was configured.
    return missing.isPresent()
            && (text.contains("type=a")
                || text.contains("lookup of host")
                || text.contains("look up host "))
        ? Cause.NEXT_HOP
        : Cause.RECIPIENT_DOMAIN;
  }

  /// The name that a reply says cannot be resolved.
  static Optional<String> missingName(String lowerCase) {
    Matcher matcher = MISSING_NAME.matcher(lowerCase);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static ReplyVerdict verdict(Cause cause, String because, Said said, Context context) {
    String reason = (said.host().isEmpty() ? "the server" : said.host()) + " says: " + because;
    if (said.isForNow() && isOurs(cause)) {
      return new ReplyVerdict(
          cause,
          Persistence.MISLEADING,
          reason + "; the code is one for now, but it does not heal by itself",
          advice(cause));
    }
    Duration worked = context.workedAgo();
    if (cause == Cause.RECIPIENT
        && !said.isForNow()
        && worked != null
        && worked.compareTo(LATELY) <= 0) {
      return new ReplyVerdict(
          cause,
          Persistence.MISLEADING,
          reason + "; but it took mail for this mailbox " + Words.of(worked) + " ago",
          "Do not suppress the address: the receiver is ill. Ask its operator about its user"
              + " directory.");
    }
    return new ReplyVerdict(cause, persistence(cause, said), reason, advice(cause));
  }

  private static boolean isOurs(Cause cause) {
    return cause == Cause.SENDER_DOMAIN
        || cause == Cause.SENDER_AUTH
        || cause == Cause.CLIENT_NAME
        || cause == Cause.LOGIN;
  }

  private static Persistence persistence(Cause cause, Said said) {
    if (said.code() == null && said.status() == null) {
      return cause == Cause.CONNECTION || cause == Cause.DNS || cause == Cause.GREYLIST
          ? Persistence.TRANSIENT
          : Persistence.PERMANENT;
    }
    return said.isForNow() ? Persistence.TRANSIENT : Persistence.PERMANENT;
  }

  private static String advice(Cause cause) {
    return switch (cause) {
      case SENDER_DOMAIN ->
          "Look up MX, A and AAAA of the sender's domain at its own name servers and from outside;"
              + " publish an MX.";
      case RECIPIENT_DOMAIN -> "Look up the recipient's domain; ask its operator.";
      case NEXT_HOP ->
          "Mend the name of the next hop, or let the relay hold mail for it instead of bouncing.";
      case DNS -> "Ask the name servers of the names concerned, and the relay's resolver.";
      case CONNECTION -> "Connect to the next server from the relay: address, port, firewall.";
      case TLS -> "Look at the certificate and the TLS versions of both sides.";
      case LOGIN -> "Check user name, password and what the server offers for login.";
      case SENDER_AUTH -> "Check SPF, DKIM and DMARC of the sender's domain.";
      case CLIENT_NAME -> "Check PTR, its way back, and the HELO name of the sending address.";
      case REPUTATION -> "Look the sending address up in the lists named and ask for removal.";
      case RATE_LIMIT -> "Send less at a time.";
      case GREYLIST -> "Wait: it takes the next attempt.";
      case RECIPIENT -> "Check that the mailbox exists and is open.";
      case MAILBOX_FULL -> "Empty the mailbox or raise its quota.";
      case CONTENT -> "Compare with a message that went through.";
      case POLICY -> "Ask the receiver's operator which rule it was.";
      case SIZE -> "Send less, or raise the limit of the server that refused it.";
      case LOOP -> "Follow the hops: two servers send it to each other.";
      case EXPIRED -> "Look at the relay's queue: why was it not delivered before?";
      case SYSTEM -> "Ask the operator of the server that said so.";
      case NONE, UNKNOWN -> "Read the words and ask the server's operator.";
    };
  }

  /// In lower case, and without what somebody chose as an address: `virus@` is no verdict.
  private static String normal(String text) {
    String cut = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    String bare = LOCAL_PART.matcher(cut.toLowerCase(Locale.ROOT)).replaceAll("<@");
    return SPACE.matcher(bare).replaceAll(" ").replace('’', '\'');
  }
}
