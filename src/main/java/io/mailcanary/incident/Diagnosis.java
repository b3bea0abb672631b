package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.verdict.Change;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/// What a file says when all of it is put together: the root cause, whose side it is on, and how
/// many are hit.
record Diagnosis(
    IncidentKind kind,
    String key,
    String title,
    Share share,
    Cause cause,
    Attribution attribution,
    List<ChangeBefore> changesBefore,
    List<String> repairs,
    List<String> evidence,
    List<String> advice,
    List<String> runbooks,
    String reason) {

  static final String KEY = "mailcanary:";

  private static final int LONGEST_TITLE = 250;

  /// What is known beside the file.
  record World(Watched watched, Collection<Change> changes, RuleSettings settings) {}

  static Diagnosis of(CaseFile file, World world) {
    Facts facts = new Facts(file, world);
    Root root = Separation.of(facts);
    file.root = root;
    Share share = facts.share(root);
    Attribution attribution = Blame.of(facts, root, share);
    Cause cause = facts.cause();
    IncidentKind kind = facts.kind();
    Set<String> names = Dossier.names(facts, root);
    return new Diagnosis(
        kind,
        KEY + root.key(),
        Sentences.cut(Title.of(facts, root, share, attribution), LONGEST_TITLE),
        share,
        cause,
        attribution,
        ChangesBefore.of(world.changes(), names, file.onset, facts.trouble(), world.settings()),
        ChangesBefore.repairs(world.changes(), names, file.onset),
        Dossier.evidence(file),
        Dossier.advice(file, cause),
        Dossier.runbooks(facts),
        Dossier.reason(facts));
  }

  /// Names an incident: the time of its opening and its root cause.
  static String id(Instant at, String key) {
    CRC32 crc = new CRC32();
    crc.update(key.getBytes(StandardCharsets.UTF_8));
    return "%012x%08x".formatted(at.toEpochMilli(), crc.getValue());
  }

  Incident incident(CaseFile file) {
    return new Incident(
        file.id,
        file.key,
        file.state,
        file.severity,
        file.recorded == null ? kind : file.recorded.kind(),
        title,
        List.copyOf(file.hit),
        share,
        cause,
        attribution,
        changesBefore,
        file.timeline,
        advice,
        runbooks,
        Instant.ofEpochMilli(file.onset),
        file.acknowledgedAt,
        null);
  }
}
