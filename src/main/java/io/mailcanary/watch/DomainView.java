package io.mailcanary.watch;

import io.mailcanary.dns.ReceiversView;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.Finding;
import java.time.Instant;
import java.util.List;

/// A name as it was seen last.
///
/// @param receivers what receivers make of it, for each place it was looked at from; none for a
///   name that sends no mail
/// @param records in the order of name and type
public record DomainView(
    DomainName name,
    Instant at,
    List<ReceiversView> receivers,
    List<Finding> findings,
    List<SeenRecord> records) {

  public DomainView {
    receivers = List.copyOf(receivers);
    findings = List.copyOf(findings);
    records = List.copyOf(records);
  }

  /// @param answer what came; who said so where servers disagree
  public record SeenRecord(String name, String type, String answer) {}
}
