package io.mailcanary.receiver;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox.Receiver;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Whom a receiver takes mail for: the recipients of the paths that arrive in it, and the return
/// paths of those whose bounces or answers come to it; where it answers, the far ends of round
/// trips. Everybody else's mail is none of its business.
final class OwnAddresses {
  /// What a return path of its own for each canary carries behind the plus sign.
  private static final Pattern DETAIL = Pattern.compile("[a-z0-9]{1,8}-[0-9a-v]{48}");

  private final Set<String> recipients = new HashSet<>();
  private final Set<String> returnPaths = new HashSet<>();

  static OwnAddresses of(Receiver receiver, Collection<MailPath> paths) {
    OwnAddresses own = new OwnAddresses();
    String mailbox = receiver.name();
    for (MailPath path : paths) {
      boolean trip = path.kind() == MailPath.Kind.ROUND_TRIP;
      if (trip && receiver.reply()) {
        own.recipients.add(key(path.to()));
      }
      if (trip && path.arrivesIn().equals(mailbox)) {
        own.returnPaths.add(key(path.from()));
      }
      if (path.arrivesIn().equals(mailbox)) {
        own.recipients.add(key(path.to()));
      }
      if (path.bouncesTo().equals(mailbox)) {
        own.returnPaths.add(key(path.from()));
      }
    }
    return own;
  }

  boolean include(String address) {
    String whole = address.toLowerCase(Locale.ROOT);
    return recipients.contains(whole) || returnPaths.contains(whole) || isTagged(whole);
  }

  private boolean isTagged(String address) {
    int plus = address.indexOf('+');
    int at = address.lastIndexOf('@');
    return plus > 0
        && at > plus
        && DETAIL.matcher(address.substring(plus + 1, at)).matches()
        && returnPaths.contains(address.substring(0, plus) + address.substring(at));
  }

  private static String key(EmailAddress address) {
    return address.toString().toLowerCase(Locale.ROOT);
  }
}
