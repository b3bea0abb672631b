package io.mailcanary.dns;

/// From where DNS is looked at: an authoritative server, a resolver that validates, a plain one.
///
/// It always gives an answer, if need be that none came. What it says is the same for the same
/// question while one judgement lasts: whoever implements it remembers.
@FunctionalInterface
public interface Vantage {
  DnsAnswer ask(Question question);

  default DnsAnswer ask(DnsName name, RecordType type) {
    return ask(new Question(name, type));
  }
}
