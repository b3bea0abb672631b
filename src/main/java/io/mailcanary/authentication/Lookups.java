package io.mailcanary.authentication;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.Vantage;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The DNS look-ups for one message: each question once, and not more of them than any honest
/// message needs.
final class Lookups {
  private static final int MOST = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Vantage vantage;
  private final Map<Question, DnsAnswer> asked = new HashMap<>();
  private final long deadline = System.nanoTime() + PATIENCE.toNanos();

  Lookups(Vantage vantage) {
    this.vantage = vantage;
  }

  /// What the records hold, an MX's host names in the order of preference; none where there is no
  /// such name or record.
  ///
  /// @throws UnansweredException when DNS could not be asked: nothing follows from that
  List<String> find(String name, RecordType type) throws UnansweredException {
    DnsAnswer answer = answer(name, type);
    return switch (answer) {
      case DnsAnswer.Records some ->
          some.records().stream()
              .map(DnsRecord::data)
              .sorted(Comparator.comparingInt(Lookups::rank))
              .map(Lookups::text)
              .toList();
      case DnsAnswer.NoSuchName _, DnsAnswer.NoSuchRecord _ -> List.of();
      case DnsAnswer.Unanswered _ -> throw new UnansweredException(answer.sentence());
    };
  }

  private DnsAnswer answer(String name, RecordType type) throws UnansweredException {
    Question question;
    try {
      question = new Question(new DnsName(name), type);
    } catch (IllegalArgumentException e) {
      throw new UnansweredException(String.valueOf(e.getMessage()));
    }
    DnsAnswer known = asked.get(question);
    if (known != null) {
      return known;
    }
    if (asked.size() >= MOST) {
      throw new UnansweredException("more than %d questions for one message".formatted(MOST));
    }
    if (System.nanoTime() - deadline > 0) {
      throw new UnansweredException(
          "not asked: the look-ups for one message took more than %d s"
              .formatted(PATIENCE.toSeconds()));
    }
    DnsAnswer fresh = vantage.ask(question);
    asked.put(question, fresh);
    return fresh;
  }

  private static int rank(RecordData data) {
    return data instanceof RecordData.Mx mx ? mx.preference() : 0;
  }

  private static String text(RecordData data) {
    return switch (data) {
      case RecordData.Mx mx -> mx.target().text();
      case RecordData.Txt txt -> txt.joined();
      case RecordData.Address _,
          RecordData.Cname _,
          RecordData.Ns _,
          RecordData.Ptr _,
          RecordData.Soa _,
          RecordData.Tlsa _,
          RecordData.Ds _,
          RecordData.Dnskey _ ->
          data.toString();
    };
  }
}
