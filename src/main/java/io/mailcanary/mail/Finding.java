package io.mailcanary.mail;

import java.util.List;

/// Something that a watcher saw wrong.
///
/// @param tag what kind of fault, such as `mx-missing`; never renamed, since people script against
///   it
/// @param name what it was seen at: a domain name, `host:port`, a relay's queue
/// @param type the record type concerned, such as `MX`; empty where none is
/// @param message a sentence: what is wrong
/// @param rfc the paragraph that says so, such as `RFC 5321 §5.1`; empty where none does
/// @param evidence what was asked of whom and what came, word for word, a line each
/// @param advice a sentence: what to do
public record Finding(
    String tag,
    Severity severity,
    String name,
    String type,
    String message,
    String rfc,
    List<String> evidence,
    String advice) {

  public Finding {
    evidence = List.copyOf(evidence);
  }
}
