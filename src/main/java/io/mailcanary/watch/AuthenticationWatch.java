package io.mailcanary.watch;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Plan;
import io.mailcanary.verdict.AuthenticationPromise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Makes findings of canaries that arrive without the authentication that their paths promise; the
/// newest canary of a path decides.
public final class AuthenticationWatch {
  private final Findings findings;
  private final Map<String, CanaryId> newest = new ConcurrentHashMap<>();
  private volatile Plan plan;

  /// @param findings takes what is wrong now, by source, such as `authentication:campus`
  public AuthenticationWatch(Findings findings, Plan plan) {
    this.findings = findings;
    this.plan = plan;
  }

  public void follow(Plan next) {
    plan = next;
    for (String path : List.copyOf(newest.keySet())) {
      if (!next.paths().containsKey(path)) {
        newest.remove(path);
        findings.show(AuthenticationPromise.source(path), List.of());
      }
    }
  }

  /// What is wrong with the authentication of a path's canaries now.
  public List<Finding> ofPath(String path) {
    return findings.of(AuthenticationPromise.source(path));
  }

  /// Something of a canary became known.
  public void heard(Canary canary) {
    if (canary.authentication().isEmpty()) {
      return;
    }
    plan.path(canary.path()).ifPresent(path -> judge(path, canary));
  }

  private synchronized void judge(MailPath path, Canary canary) {
    CanaryId before = newest.get(path.name());
    if (before != null && before.value().compareTo(canary.id().value()) > 0) {
      return;
    }
    newest.put(path.name(), canary.id());
    findings.show(
        AuthenticationPromise.source(path.name()),
        AuthenticationPromise.findings(path, canary.id().value(), canary.authentication()));
  }
}
