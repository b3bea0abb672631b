package io.mailcanary.incident;

import io.mailcanary.incident.Attribution.Side;
import io.mailcanary.mail.Finding;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One line: what broke, for whom, at what.
final class Title {
  private final Facts facts;

  private Title(Facts facts) {
    this.facts = facts;
  }

  static String of(Facts facts, Root root, Share share, Attribution attribution) {
    return new Title(facts).title(root, facts.kind(), share, attribution);
  }

  private String title(Root root, IncidentKind kind, Share share, Attribution attribution) {
    if (facts.found.isPresent()) {
      return titleOfFinding(facts.found.get().finding(), share);
    }
    if (facts.isBlind()) {
      Map.Entry<String, CaseFile.Blind> part = facts.blind();
      return facts.file.silence
          ? "No canary was sent on %s since %s"
              .formatted(
                  Sentences.list(part.getValue().paths()),
                  Sentences.second(Instant.ofEpochMilli(part.getValue().since())))
          : "%s cannot be seen: %s".formatted(part.getKey(), part.getValue().reason());
    }
    if (facts.file.failing.isEmpty() && facts.file.recorded != null) {
      return facts.file.recorded.title();
    }
    String where =
        attribution.component().isEmpty() || root.trait() == Trait.GROUP
            ? ""
            : attribution.side() == Side.UNKNOWN
                ? ", last seen at " + attribution.component()
                : ": " + attribution.component();
    return subject(share) + " " + verb(kind) + where + facts.sameWords();
  }

  private String titleOfFinding(Finding finding, Share share) {
    String message = finding.message();
    String named =
        message.contains(Refusal.owner(finding.name())) ? message : finding.name() + ": " + message;
    boolean typed = finding.type().isEmpty() || named.contains(finding.type());
    String title = typed ? named : component(finding) + ": " + message;
    if (facts.failing.isEmpty() || facts.alarm == null) {
      return title;
    }
    return "%s; %s %s%s"
        .formatted(stripped(title), subject(share), verb(facts.alarm.kind()), facts.sameWords());
  }

  private static String stripped(String sentence) {
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  private String subject(Share share) {
    Optional<GroupState> group = facts.group();
    if (group.isPresent() && group.get().paths.size() > 1) {
      return "%s receivers of group %s".formatted(share, group.get().name);
    }
    if (facts.failing.size() == 1) {
      return "Path " + facts.failing.iterator().next();
    }
    return share.of() > share.failing()
        ? share + " paths"
        : "Paths " + Sentences.list(facts.failing);
  }

  private String verb(IncidentKind kind) {
    boolean several = facts.failing.size() > 1;
    String s = several ? "" : "s";
    if (facts.isAll(Result.UNCAUGHT)) {
      return "let" + s + " through what should be caught";
    }
    if (facts.isAll(Result.ALTERED)) {
      return "change" + s + " mail on the way";
    }
    return switch (kind) {
      case DEFERRING -> "defer" + s + " mail";
      case BOUNCING -> "bounce" + s + " mail";
      case LOSING -> "lose" + s + " mail";
      case SLOW -> several ? "are slow" : "is slow";
      case MISFILED -> "misfile" + s + " mail";
      case DUPLICATED -> "duplicate" + s + " mail";
      case AUTHENTICATION -> several ? "lose authentication" : "loses authentication";
      case DNS, TLS, QUEUE, BLIND, SILENT -> several ? "fail" : "fails";
    };
  }

  static String component(Finding finding) {
    return finding.type().isEmpty() ? finding.name() : finding.type() + " of " + finding.name();
  }
}
