package io.mailcanary.dns;

import io.mailcanary.mail.Finding;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What is wrong with a question that nobody answered.
final class Failing {
  private Failing() {}

  static Finding finding(DomainFacts facts, DnsAnswer failure) {
    Question question = failure.question();
    Optional<DnsAnswer> plain =
        facts.unchecked().map(vantage -> vantage.ask(question)).filter(a -> !Inquiry.failed(a));
    boolean dnssec =
        plain.isPresent() || (failure instanceof DnsAnswer.ServFail fail && fail.isDnssec());
    List<String> evidence =
        Stream.concat(
                Stream.of(failure.sentence()),
                plain.map(a -> "without validation, " + a.sentence()).stream())
            .toList();
    return dnssec
        ? FindingKind.DNSSEC_BOGUS.at(
            question.name(),
            question.type(),
            "%s fails for whoever checks signatures".formatted(question),
            evidence)
        : FindingKind.LOOKUP_FAILING.at(
            question.name(),
            question.type(),
            "%s cannot be asked for: %s".formatted(question, failure.outcome()),
            evidence);
  }
}
