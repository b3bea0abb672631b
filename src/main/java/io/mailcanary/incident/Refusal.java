package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.verdict.AuthenticationPromise;
import java.time.Duration;
import java.util.Locale;

/// What a refusal and a finding point at, and whether they can be about the same fault.
final class Refusal {
  private static final long TOGETHER = Duration.ofMinutes(30).toMillis();
  private static final long AT_ONCE = Duration.ofMinutes(5).toMillis();
  private static final int LOOKED_AT = 20;

  private Refusal() {}

  /// Without port and brackets, in lower case.
  static String host(String hostAndPort) {
    String host = hostAndPort.strip().toLowerCase(Locale.ROOT);
    if (host.startsWith("[")) {
      int end = host.indexOf(']');
      return end < 0 ? host.substring(1) : host.substring(1, end);
    }
    int colon = host.indexOf(':');
    return colon > 0 && host.indexOf(':', colon + 1) < 0 ? host.substring(0, colon) : host;
  }

  /// The name that a record belongs to: without the labels that begin with `_` and what stands
  /// before them, such as `sel._domainkey`, and without a port.
  static String owner(String name) {
    String bare = host(name);
    int mark = bare.lastIndexOf("._");
    int from = mark >= 0 ? mark + 1 : bare.startsWith("_") ? 0 : -1;
    int dot = from < 0 ? -1 : bare.indexOf('.', from);
    return dot < 0 ? bare : bare.substring(dot + 1);
  }

  static boolean isWithin(String name, String parent) {
    return name.equals(parent) || name.endsWith("." + parent);
  }

  /// What names the root cause.
  static String root(Finding finding) {
    return isQueue(finding) ? "queue:" + finding.name() : owner(finding.name());
  }

  static String keyOf(Finding finding) {
    return finding.tag() + " " + finding.name() + " " + finding.type();
  }

  /// Whether the words speak of the sender's domain. A refusal for now that does so does not heal
  /// by itself.
  static boolean quotesSenderDomain(Leg leg, Outcome outcome) {
    String sender = leg.traits().getOrDefault(Trait.SENDER_DOMAIN, "");
    String recipient = leg.traits().getOrDefault(Trait.RECIPIENT_DOMAIN, "");
    if (sender.isEmpty()
        || isWithin(recipient, sender)
        || Sentences.code(outcome.words()).isEmpty()) {
      return false;
    }
    String said = outcome.words().toLowerCase(Locale.ROOT);
    int reply = said.indexOf(": ");
    for (int i = said.indexOf(sender, Math.max(0, reply));
        i >= 0;
        i = said.indexOf(sender, i + 1)) {
      char before = i == 0 ? ' ' : said.charAt(i - 1);
      int end = i + sender.length();
      char after = end >= said.length() ? ' ' : said.charAt(end);
      if (!isPartOfName(before) && !Character.isLetterOrDigit(after) && after != '-') {
        return true;
      }
    }
    return false;
  }

  private static boolean isPartOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_';
  }

  /// Whether a leg's trouble can come from what was found.
  static boolean isAbout(Leg leg, Alarm alarm, CaseFile.Found found, RuleSettings settings) {
    Finding finding = found.finding();
    String owner = owner(finding.name());
    boolean sender = isWithin(leg.traits().getOrDefault(Trait.SENDER_DOMAIN, "?"), owner);
    boolean used = leg.names().contains(owner) || leg.hosts().contains(owner);
    // That mail comes from there brings it to no hop.
    boolean passed =
        leg.hosts().contains(owner)
            || (used && (!sender || owner.equals(leg.traits().get(Trait.RECIPIENT_DOMAIN))));
    boolean recent =
        Math.abs(found.since() - alarm.onset()) <= 4 * TOGETHER
            && finding.severity() == Severity.PAGE;
    if (isBounces(finding)) {
      // It is about paths that work but for a bounce now and then.
      return false;
    }
    if (AuthenticationPromise.isLost(finding) && alarm.kind() == IncidentKind.AUTHENTICATION) {
      return sender;
    }
    return switch (alarm.cause()) {
      case SENDER_DOMAIN, SENDER_AUTH -> sender;
      case RECIPIENT_DOMAIN, NEXT_HOP, DNS, CONNECTION, TLS -> passed;
      case CLIENT_NAME, REPUTATION -> (sender || used) && recent;
      case NONE, UNKNOWN, EXPIRED, POLICY, SYSTEM, LOOP -> (sender || used) && recent;
      case LOGIN, RATE_LIMIT, GREYLIST, RECIPIENT, MAILBOX_FULL, CONTENT, SIZE -> false;
    };
  }

  /// Whether what is found now belongs to what a file holds already. What was found of the same
  /// name long before and weighs another weight is another fault.
  static boolean isAbout(CaseFile file, Finding finding, long now, RuleSettings settings) {
    String owner = owner(finding.name());
    long since = file.onset;
    for (CaseFile.Found known : file.findings.values()) {
      if (owner(known.finding().name()).equals(owner)
          && isQueue(known.finding()) == isQueue(finding)) {
        return finding.severity() == known.finding().severity()
            || Math.abs(now - file.onset) <= AT_ONCE;
      }
    }
    CaseFile.Found found = new CaseFile.Found(finding, "", since, 0);
    int looked = 0;
    for (Unit unit : file.failing) {
      Alarm alarm = unit.alarm;
      if (alarm != null && isAbout(unit.leg, alarm, found, settings)) {
        return finding.severity() == Severity.PAGE
            || alarm.cause() != Cause.NONE
            || AuthenticationPromise.isLost(finding);
      }
      if (++looked >= LOOKED_AT) {
        break;
      }
    }
    return false;
  }

  /// Whether it says of a relay that mail bounces there.
  private static boolean isBounces(Finding finding) {
    return finding.tag().startsWith("bounce");
  }

  static boolean isQueue(Finding finding) {
    return finding.tag().startsWith("queue");
  }

  /// What an incident of it is about.
  static IncidentKind kind(Finding finding) {
    String tag = finding.tag();
    if (isQueue(finding)) {
      return IncidentKind.QUEUE;
    }
    if (isBounces(finding)) {
      return IncidentKind.BOUNCING;
    }
    if (tag.startsWith("spf")
        || tag.startsWith("dkim")
        || tag.startsWith("dmarc")
        || tag.startsWith("arc")
        || tag.startsWith("auth")) {
      return IncidentKind.AUTHENTICATION;
    }
    boolean tls =
        tag.startsWith("tls")
            || tag.startsWith("certificate")
            || tag.startsWith("starttls")
            || tag.startsWith("cert")
            || tag.startsWith("mta-sts")
            || tag.startsWith("dane");
    return tls ? IncidentKind.TLS : IncidentKind.DNS;
  }
}
