package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.mail.Finding;
import java.util.List;

/// A finding in JSON.
///
/// @param rfc the paragraph that says so; empty where none does
/// @param evidence what was asked of whom and what came, a line each
/// @param advice what to do
@JsonInclude(JsonInclude.Include.ALWAYS)
public record FindingResource(
    String tag,
    String severity,
    String name,
    String type,
    String message,
    String rfc,
    List<String> evidence,
    String advice) {

  /// Findings, the worst first.
  @JsonInclude(JsonInclude.Include.ALWAYS)
  public record Findings(List<FindingResource> items) {}

  public static FindingResource of(Finding finding) {
    return new FindingResource(
        finding.tag(),
        finding.severity().word(),
        finding.name(),
        finding.type(),
        finding.message(),
        finding.rfc(),
        finding.evidence(),
        finding.advice());
  }
}
