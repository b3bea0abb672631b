package io.mailcanary.watch;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.Vantage;
import java.util.HashMap;
import java.util.Map;

/// Asks each question once, for as long as one judgement lasts; and not without end, whatever the
/// records say.
final class Memory implements Vantage {
  private static final int MOST_QUESTIONS = 400;

  private final Map<Question, DnsAnswer> answers = new HashMap<>();
  private final Vantage source;
  private final String server;

  Memory(String server, Vantage source) {
    this.server = server;
    this.source = source;
  }

  @Override
  public DnsAnswer ask(Question question) {
    DnsAnswer known = answers.get(question);
    if (known != null) {
      return known;
    }
    DnsAnswer answer =
        answers.size() < MOST_QUESTIONS
            ? source.ask(question)
            : new DnsAnswer.Timeout(
                question,
                io.mailcanary.dns.Origin.of(server),
                "not asked: more than %d questions for one name".formatted(MOST_QUESTIONS));
    answers.put(question, answer);
    return answer;
  }
}
