package io.mailcanary.dns;

import io.mailcanary.dns.Snapshot.Content;
import io.mailcanary.dns.SnapshotDifference.Kind;
import io.mailcanary.mail.Severity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Compares two snapshots of a name.
final class Differences {
  /// Strings that mail reads; other TXT records are somebody else's.
  private static final Pattern MAIL_TEXT =
      Pattern.compile("(?i)\"(v=(spf1|dkim1|dmarc1|stsv1|tlsrptv1)\\b|spf2\\.0/).*");

  private Differences() {}

  static List<SnapshotDifference> between(Snapshot before, Snapshot after) {
    List<SnapshotDifference> all = new ArrayList<>();
    for (Map.Entry<RecordType, Content> entry : after.contents().entrySet()) {
      Content old = before.contents().get(entry.getKey());
      if (old != null && !old.equals(entry.getValue())) {
        difference(after.name(), entry.getKey(), old, entry.getValue()).ifPresent(all::add);
      }
    }
    return all;
  }

  private static Optional<SnapshotDifference> difference(
      DnsName name, RecordType type, Content old, Content now) {
    SortedSet<String> before = texts(old);
    SortedSet<String> after = texts(now);
    if (isAlias(old) != isAlias(now) || isGone(old) != isGone(now)) {
      return Optional.of(
          new SnapshotDifference(
              name,
              type,
              Kind.TYPES_CHANGED,
              before,
              after,
              typesSeverity(type, old, now),
              "%s of %s %s, now %s".formatted(type, name, was(old), is(now))));
    }
    SortedSet<String> gone = minus(before, after);
    SortedSet<String> come = minus(after, before);
    if (gone.isEmpty() && come.isEmpty()) {
      return Optional.empty();
    }
    Kind kind = come.isEmpty() ? Kind.REMOVED : gone.isEmpty() ? Kind.ADDED : Kind.CHANGED;
    return Optional.of(
        new SnapshotDifference(
            name,
            type,
            kind,
            before,
            after,
            severity(type, kind, gone, after),
            say(name, type, kind, gone, come)));
  }

  /// A name or a type that mail needs and that is no longer what it was; one that comes into being
  /// informs.
  private static Severity typesSeverity(RecordType type, Content old, Content now) {
    boolean nothingBefore = old instanceof Content.Absent || old instanceof Content.Gone;
    if (nothingBefore && !isAlias(now)) {
      return Severity.INFO;
    }
    if (isAlias(old) && now instanceof Content.Present) {
      return Severity.WARN;
    }
    return switch (type) {
      case MX, A, AAAA, TXT, CNAME, NS -> Severity.PAGE;
      case SOA, PTR, TLSA, DS, DNSKEY -> Severity.WARN;
    };
  }

  private static Severity severity(
      RecordType type, Kind kind, SortedSet<String> gone, SortedSet<String> after) {
    if (kind == Kind.ADDED || type == RecordType.SOA) {
      return Severity.INFO;
    }
    boolean matters =
        switch (type) {
          case MX, A, AAAA, CNAME -> true;
          case TXT -> gone.stream().anyMatch(text -> MAIL_TEXT.matcher(text).matches());
          case NS, PTR, TLSA, DS, DNSKEY, SOA -> false;
        };
    if (!matters) {
      return type == RecordType.TXT ? Severity.INFO : Severity.WARN;
    }
    // What was edited in place is told apart from what is gone.
    return kind == Kind.REMOVED || after.isEmpty() ? Severity.PAGE : Severity.WARN;
  }

  private static String say(
      DnsName name, RecordType type, Kind kind, SortedSet<String> gone, SortedSet<String> come) {
    return switch (kind) {
      case REMOVED -> "%s of %s removed: %s".formatted(type, name, list(gone));
      case ADDED -> "%s of %s added: %s".formatted(type, name, list(come));
      case CHANGED, TYPES_CHANGED ->
          "%s of %s changed: %s became %s".formatted(type, name, list(gone), list(come));
    };
  }

  private static String was(Content content) {
    return switch (content) {
      case Content.Present(SortedSet<String> texts) -> "was " + list(texts);
      case Content.Absent() -> "was not there";
      case Content.Gone() -> "was not there, nor was the name";
      case Content.Alias(String target) -> "was an alias of " + target;
    };
  }

  private static String is(Content content) {
    return switch (content) {
      case Content.Present(SortedSet<String> texts) -> list(texts);
      case Content.Absent() -> "no such record";
      case Content.Gone() -> "no such name";
      case Content.Alias(String target) -> "an alias of " + target;
    };
  }

  private static String list(SortedSet<String> texts) {
    return Visible.cut(String.join(", ", texts));
  }

  private static SortedSet<String> texts(Content content) {
    return switch (content) {
      case Content.Present(SortedSet<String> texts) -> texts;
      case Content.Alias(String target) ->
          Collections.unmodifiableSortedSet(new TreeSet<>(List.of("CNAME " + target)));
      case Content.Absent(), Content.Gone() -> Collections.emptySortedSet();
    };
  }

  private static SortedSet<String> minus(SortedSet<String> all, SortedSet<String> some) {
    SortedSet<String> left = new TreeSet<>(all);
    left.removeAll(some);
    return left;
  }

  private static boolean isAlias(Content content) {
    return content instanceof Content.Alias;
  }

  private static boolean isGone(Content content) {
    return content instanceof Content.Gone;
  }
}
