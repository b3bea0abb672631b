package io.mailcanary.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The part of a message's header that hosts wrote whom we believe: from the top down to where the
/// message came in to them. What stands below may be forged by whoever sent it.
///
/// @param results what trusted hosts say of its authentication, top first
/// @param client who handed it over to them; empty where that cannot be told
/// @param sender the envelope sender that the last server wrote down, without angle brackets; empty
///   where it did not
public record TrustedTrace(
    List<AuthenticationResults> results, Optional<ReceivedClient> client, Optional<String> sender) {
  private static final int MOST = 100;

  public TrustedTrace {
    results = List.copyOf(results);
  }

  /// Reads a header.
  ///
  /// @param trusted host names; one that begins with `*.` is every name below
  public static TrustedTrace of(HeaderBlock header, List<String> trusted) {
    List<AuthenticationResults> results = new ArrayList<>();
    Optional<ReceivedClient> client = Optional.empty();
    boolean entered = false;
    int seen = 0;
    for (HeaderBlock.Field field : header.fields()) {
      if (field.name().equalsIgnoreCase(AuthenticationResults.FIELD)) {
        AuthenticationResults said = AuthenticationResults.parse(field.value());
        if (isTrusted(said.server(), trusted) && results.size() < MOST) {
          results.add(said);
        }
      } else if (field.name().equalsIgnoreCase("Received")) {
        Received line = Received.parse(field.value());
        String by = line.by();
        if (by != null && isTrusted(by, trusted)) {
          entered = true;
          client = ReceivedClient.of(field.value());
        } else if (entered || !isLocal(line) || ++seen > MOST) {
          break;
        }
      }
    }
    return new TrustedTrace(results, client, header.first("Return-Path").map(TrustedTrace::bare));
  }

  /// The final delivery to the mailbox writes lines of its own.
  private static boolean isLocal(Received line) {
    String with = line.with();
    return line.from() == null
        || (with != null && with.toUpperCase(Locale.ROOT).startsWith("LMTP"))
        || (with != null && with.equalsIgnoreCase("local"));
  }

  private static boolean isTrusted(String host, List<String> trusted) {
    String name = host.toLowerCase(Locale.ROOT);
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return !bare.isEmpty()
        && trusted.stream()
            .map(one -> one.toLowerCase(Locale.ROOT))
            .anyMatch(
                one -> one.startsWith("*.") ? bare.endsWith(one.substring(1)) : bare.equals(one));
  }

  private static String bare(String path) {
    String text = path.strip();
    return text.startsWith("<") && text.endsWith(">") && text.length() >= 2
        ? text.substring(1, text.length() - 1)
        : text;
  }
}
