package io.mailcanary.e2e;

import io.mailcanary.lab.Postfix;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a Postfix says that it took and delivered.
///
/// @param taken how often each Message-ID came into its queue
/// @param delivered how often each Message-ID went into a mailbox
record QueueLog(Map<String, Integer> taken, Map<String, Integer> delivered) {
  private static final Pattern NAMED =
      Pattern.compile("postfix/cleanup\\[\\d+]: (\\w+): message-id=<([^>]+)>");
  // Only what is whole comes there: a client that hangs up in mid-message has just a name.
  private static final Pattern TAKEN =
      Pattern.compile("postfix/qmgr\\[\\d+]: (\\w+): from=<[^>]*>, size=");
  private static final Pattern SENT =
      Pattern.compile("postfix/lmtp\\[\\d+]: (\\w+): to=.* status=sent ");

  static QueueLog of(Postfix postfix) {
    String log = postfix.log();
    Map<String, String> names = new HashMap<>();
    Matcher named = NAMED.matcher(log);
    while (named.find()) {
      names.put(named.group(1), named.group(2));
    }
    return new QueueLog(count(TAKEN.matcher(log), names, true), count(SENT.matcher(log), names, false));
  }

  /// @param once whether one entry of the queue counts once, as it is told at each attempt
  private static Map<String, Integer> count(
      Matcher lines, Map<String, String> names, boolean once) {
    Map<String, Integer> counts = new HashMap<>();
    Set<String> seen = new HashSet<>();
    while (lines.find()) {
      String entry = lines.group(1);
      String name = names.get(entry);
      if (name != null && (seen.add(entry) || !once)) {
        counts.merge(name, 1, Integer::sum);
      }
    }
    return counts;
  }
}
