package io.mailcanary.dns;

import io.mailcanary.mail.Finding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/// What is wrong with a mail domain, worst first.
public final class Findings {
  /// Causes before what follows from them.
  private static final List<BiConsumer<DomainFacts, List<Finding>>> CHECKS =
      List.of(
          RegistrationCheck::look,
          ServerCheck::look,
          DnssecCheck::look,
          AliasCheck::look,
          MxCheck::look,
          HopCheck::look,
          SpfCheck::look,
          DkimCheck::look,
          DmarcCheck::look,
          TransportCheck::look,
          DaneCheck::look,
          ClientCheck::look,
          WildcardCheck::look,
          TtlCheck::look);

  private Findings() {}

  public static List<Finding> of(DomainFacts facts) {
    List<Finding> found = new ArrayList<>();
    CHECKS.forEach(check -> check.accept(facts, found));
    return found.stream()
        .distinct()
        .sorted(Comparator.comparing(Finding::severity).reversed())
        .toList();
  }
}
