package io.mailcanary.dns;

import io.mailcanary.mail.Finding;
import java.util.List;

/// What is wrong with a mail domain, worst first.
public final class Findings {
  private Findings() {}

  public static List<Finding> of(DomainFacts facts) {
    return List.of();
  }
}
