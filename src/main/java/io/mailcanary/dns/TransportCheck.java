package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.dns.DomainFacts.Role;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.dns.RecordData.Txt;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// Findings about MTA-STS and TLS reporting.
final class TransportCheck {
  private static final long LONGEST_AGE = 31_557_600;

  private TransportCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    if (!facts.roles().contains(Role.RECEIVES)) {
      return;
    }
    record(
        facts,
        facts.name().child("_mta-sts"),
        "STSv1",
        tags -> tags.getOrDefault("id", "").matches("[A-Za-z0-9]{1,32}"),
        "an id of 1 to 32 letters and digits",
        FindingKind.MTA_STS_RECORD,
        found);
    record(
        facts,
        facts.name().child("_smtp._tls"),
        "TLSRPTv1",
        tags -> tags.getOrDefault("rua", "").matches("(?i)(mailto:|https:)\\S.*"),
        "a rua of mailto: or https:",
        FindingKind.TLS_RPT_RECORD,
        found);
    facts.mtaSts().ifPresent(fetch -> policy(facts, fetch, found));
  }

  private static void record(
      DomainFacts facts,
      DnsName name,
      String version,
      Predicate<Map<String, String>> complete,
      String expected,
      FindingKind kind,
      List<Finding> found) {
    DnsAnswer answer = facts.resolver().ask(name, RecordType.TXT);
    if (answer instanceof Unanswered || answer.found().isEmpty()) {
      return;
    }
    List<String> evidence = List.of(answer.sentence());
    List<String> texts =
        answer.found(Txt.class).stream()
            .map(Txt::joined)
            .filter(text -> text.startsWith("v=" + version))
            .toList();
    if (texts.size() != 1) {
      found.add(
          kind.at(
              name,
              "%s has %d records that start with v=%s; there must be one"
                  .formatted(name, texts.size(), version),
              evidence));
      return;
    }
    Optional<Map<String, String>> tags = Tags.parse(texts.getFirst());
    if (tags.isEmpty() || !version.equals(tags.get().get("v")) || !complete.test(tags.get())) {
      found.add(kind.at(name, "%s lacks %s".formatted(name, expected), evidence));
    }
  }

  private static void policy(DomainFacts facts, PolicyFetch fetch, List<Finding> found) {
    DnsName name = facts.name();
    if (fetch.body().isEmpty() || fetch.problem().isPresent()) {
      found.add(
          FindingKind.MTA_STS_UNFETCHABLE.at(
              name,
              "the MTA-STS policy of %s cannot be fetched: %s"
                  .formatted(name, fetch.problem().orElse("empty answer")),
              List.of("GET %s: %s".formatted(fetch.url(), fetch.problem().orElse("empty")))));
      return;
    }
    Policy policy = Policy.parse(fetch.body().get());
    List<String> evidence =
        List.of("GET %s: %s".formatted(fetch.url(), Visible.brief(fetch.body().get().strip())));
    if (!policy.problems.isEmpty()) {
      found.add(
          FindingKind.MTA_STS_POLICY.at(
              name,
              "the MTA-STS policy of %s has %s".formatted(name, String.join(", ", policy.problems)),
              evidence));
    } else if (!policy.mode.equals("none")) {
      match(facts, policy, evidence, found);
      served(facts, policy, evidence, found);
    }
  }

  /// Every address of every host that the policy permits has to show a certificate that senders can
  /// verify (RFC 8461 §4.2).
  private static void served(
      DomainFacts facts, Policy policy, List<String> evidence, List<Finding> found) {
    List<String> refused =
        facts.served().stream()
            .filter(served -> policy.permits(served.host()))
            .flatMap(served ->
                served.problem().or(served::objection).stream()
                    .map(why ->
                        "%s (%s): %s"
                            .formatted(served.host(), served.address().getHostAddress(), why)))
            .toList();
    if (refused.isEmpty()) {
      return;
    }
    List<String> all = new ArrayList<>(evidence);
    all.addAll(refused);
    found.add(
        FindingKind.MTA_STS_CERTIFICATE.at(
            facts.name(),
            policy.mode.equals("enforce") ? Severity.PAGE : Severity.WARN,
            "senders that keep to the MTA-STS policy of %s, mode %s, do not deliver to %s"
                .formatted(facts.name(), policy.mode, refused.getFirst()),
            all));
  }

  private static void match(
      DomainFacts facts, Policy policy, List<String> evidence, List<Finding> found) {
    DnsAnswer mx = facts.resolver().ask(facts.name(), RecordType.MX);
    List<DnsName> hosts =
        mx.found(Mx.class).stream().filter(one -> !one.isNull()).map(Mx::target).toList();
    List<DnsName> strangers = hosts.stream().filter(host -> !policy.permits(host)).toList();
    if (strangers.isEmpty()) {
      return;
    }
    boolean enforced = policy.mode.equals("enforce");
    List<String> all = new ArrayList<>(evidence);
    all.add(mx.sentence());
    found.add(
        FindingKind.MTA_STS_MX_MISMATCH.at(
            facts.name(),
            enforced && strangers.size() == hosts.size() ? Severity.PAGE : Severity.WARN,
            "the MTA-STS policy of %s, mode %s, does not permit %s of its MX hosts: %s"
                .formatted(
                    facts.name(),
                    policy.mode,
                    strangers.size() == hosts.size() ? "any" : "all",
                    String.join(", ", strangers.stream().map(DnsName::text).toList())),
            all));
  }

  /// A policy file (RFC 8461 §3.2).
  private record Policy(String mode, List<String> patterns, List<String> problems) {
    private static final int MOST_LINES = 1_000;

    static Policy parse(String body) {
      String version = "";
      String mode = "";
      String age = "";
      List<String> patterns = new ArrayList<>();
      for (String line : body.split("\r?\n", MOST_LINES)) {
        int colon = line.indexOf(':');
        if (colon < 0) {
          continue;
        }
        String value = line.substring(colon + 1).strip();
        switch (line.substring(0, colon).strip()) {
          case "version" -> version = version.isEmpty() ? value : version;
          case "mode" -> mode = mode.isEmpty() ? value : mode;
          case "max_age" -> age = age.isEmpty() ? value : age;
          case "mx" -> patterns.add(value.toLowerCase(Locale.ROOT));
          default -> {
            // Other fields are for later versions (RFC 8461 §3.2).
          }
        }
      }
      return new Policy(mode, patterns, problems(version, mode, age, patterns));
    }

    private static List<String> problems(
        String version, String mode, String age, List<String> patterns) {
      List<String> problems = new ArrayList<>();
      if (!version.equals("STSv1")) {
        problems.add("no version STSv1");
      }
      if (!List.of("enforce", "testing", "none").contains(mode)) {
        problems.add("no mode of enforce, testing or none");
      }
      if (!age.matches("\\d{1,10}") || Long.parseLong(age) > LONGEST_AGE) {
        problems.add("no max_age of 0 to " + LONGEST_AGE);
      }
      if (patterns.isEmpty() && !mode.equals("none")) {
        problems.add("no mx");
      }
      return problems;
    }

    /// A star stands for one label (RFC 8461 §4.1).
    boolean permits(DnsName host) {
      return patterns.stream()
          .anyMatch(pattern ->
              pattern.startsWith("*.")
                  ? host.parent().text().equals(pattern.substring(2))
                  : host.text().equals(pattern));
    }
  }
}
