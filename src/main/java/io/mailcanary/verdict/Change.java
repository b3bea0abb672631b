package io.mailcanary.verdict;

import io.mailcanary.mail.Severity;
import java.time.Instant;
import java.util.List;

/// Something that became different.
///
/// @param id grows with time
/// @param at since when, as well as is known
/// @param noticedAt when we saw it, or when it was posted
/// @param name a domain name, `host:port` or path; empty for a marker
/// @param type the record type; empty where none is concerned
/// @param what a sentence, such as `MX of notify.corp.test is gone`
/// @param who who did it, as far as somebody told us; empty otherwise
/// @param before what was there, a line each; empty when there was nothing
/// @param after what is there now, a line each; empty when there is nothing
/// @param servers where it was seen, and each one's serial where it has one
public record Change(
    String id,
    Kind kind,
    Severity severity,
    Instant at,
    Instant noticedAt,
    String name,
    String type,
    String what,
    String who,
    List<String> before,
    List<String> after,
    List<Seen> servers) {

  public Change {
    before = List.copyOf(before);
    after = List.copyOf(after);
    servers = List.copyOf(servers);
  }

  public enum Kind {
    RECORD,
    CERTIFICATE,
    CONFIGURATION,
    MARKER
  }

  /// @param server its name or address
  /// @param serial of its zone (RFC 1035 §3.3.13); 0 when unknown
  public record Seen(String server, long serial) {}
}
