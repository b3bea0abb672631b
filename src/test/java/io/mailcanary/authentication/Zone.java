package io.mailcanary.authentication;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.Vantage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// DNS in memory.
final class Zone implements Vantage {
  private static final Origin ORIGIN = Origin.of("192.0.2.53");

  private final Map<Question, List<DnsRecord>> records = new LinkedHashMap<>();
  private final Set<String> silent = new HashSet<>();
  final List<Question> asked = new ArrayList<>();

  Zone txt(String name, String... strings) {
    return add(name, RecordType.TXT, RecordData.Txt.of(strings));
  }

  Zone address(String name, String literal) {
    return add(name, RecordType.A, new RecordData.Address(InetAddress.ofLiteral(literal)));
  }

  Zone silent(String name) {
    silent.add(name);
    return this;
  }

  private Zone add(String name, RecordType type, RecordData data) {
    Question question = Question.of(name, type);
    records
        .computeIfAbsent(question, _ -> new ArrayList<>())
        .add(new DnsRecord(question.name(), 300, data));
    return this;
  }

  @Override
  public DnsAnswer ask(Question question) {
    asked.add(question);
    if (silent.contains(question.name().text())) {
      return new DnsAnswer.Timeout(question, ORIGIN, "no answer within 5 s");
    }
    List<DnsRecord> found = records.getOrDefault(question, List.of());
    return found.isEmpty()
        ? new DnsAnswer.NoSuchName(question, ORIGIN, List.of(), Optional.empty())
        : new DnsAnswer.Records(question, ORIGIN, List.of(), found, List.of());
  }
}
