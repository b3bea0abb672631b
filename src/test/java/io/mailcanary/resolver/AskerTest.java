package io.mailcanary.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

class AskerTest {
  /// Knows soon that a datagram is lost.
  private static final Asker QUICK =
      new Asker(
          new Asker.Limits(
              Duration.ofMillis(250), Duration.ofSeconds(20), 1_000, 20, Duration.ofSeconds(30)));

  private static final Asker.Limits PATIENT =
      new Asker.Limits(
          Duration.ofSeconds(20), Duration.ofSeconds(20), 1_000, 20, Duration.ofSeconds(30));

  private static final Question SOA = Question.of("corp.test", RecordType.SOA);

  @Test
  void aServerThatClosesKeptConnectionsAnswersOverTcp() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    try (ScriptedNameServer server =
        new ScriptedNameServer((query, tcp) -> {
          if (tcp && asked.getAndIncrement() % 2 == 0) {
            throw new IOException("closes");
          }
          return ScriptedNameServer.answer(query, Rcode.NOERROR, "");
        })) {
      Asker asker = new Asker(Asker.Limits.AUTHORITATIVE);
      for (int i = 0; i < 3; i++) {
        assertThat(asker.tcpTrouble(server.address(), SOA)).isEmpty();
      }
      assertThat(asked).hasValueGreaterThan(3);
    }
  }

  @Test
  void oneThatAlwaysClosesDoesNot() throws IOException {
    try (ScriptedNameServer server =
        new ScriptedNameServer((query, tcp) -> {
          if (tcp) {
            throw new IOException("closes");
          }
          return ScriptedNameServer.answer(query, Rcode.NOERROR, "");
        })) {
      assertThat(new Asker(Asker.Limits.AUTHORITATIVE).tcpTrouble(server.address(), SOA))
          .contains("connection closed");
    }
  }

  @Test
  void eachOfManyQuestionsGetsItsOwnAnswer() throws IOException {
    try (ScriptedNameServer server = new ScriptedNameServer((query, _) -> address(query, "7"))) {
      List<Question> questions = questions(25);
      Map<Question, DnsAnswer> answers = QUICK.ask(server.address(), "ns", questions);
      assertThat(answers.keySet()).containsExactlyInAnyOrderElementsOf(questions);
      answers.forEach((question, answer) -> {
        assertThat(answer.question()).isEqualTo(question);
        assertThat(answer.found())
            .singleElement()
            .extracting(DnsRecord::owner)
            .isEqualTo(question.name());
      });
    }
  }

  @Test
  void whatIsLostOnItsWayIsAskedAgainAndWhatIsCutShortOverTcp() throws IOException {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    try (ScriptedNameServer server =
        new ScriptedNameServer((query, tcp) -> {
          String name = query.getQuestion().getName().toString();
          if (name.startsWith("h3") && seen.add(name)) {
            return new byte[0];
          }
          byte[] answer = address(query, tcp ? "9" : "7");
          if (name.startsWith("h5") && !tcp) {
            answer[2] |= 2;
          }
          return answer;
        })) {
      Map<Question, DnsAnswer> answers = QUICK.ask(server.address(), "ns", questions(8));
      assertThat(answers).hasSize(8);
      assertThat(answers.values()).allMatch(answer -> answer instanceof DnsAnswer.Records);
      assertThat(answers.values())
          .extracting(DnsAnswer::outcome)
          .containsOnlyOnce("192.0.2.9")
          .contains("192.0.2.7");
    }
  }

  @Test
  void anAnswerToAnotherQuestionIsNone() throws IOException {
    try (ScriptedNameServer server =
        new ScriptedNameServer((query, tcp) -> {
          byte[] answer = address(query, tcp ? "9" : "7");
          if (!tcp) {
            // The first letter of the name asked for.
            answer[13] = 'x';
          }
          return answer;
        })) {
      assertThat(QUICK.ask(server.address(), "ns", questions(1)).values())
          .singleElement()
          .extracting(DnsAnswer::outcome)
          .isEqualTo("192.0.2.9");
    }
  }

  @Test
  void whoSaysTheSameAgainIsNotReadAgain() throws IOException {
    AtomicInteger last = new AtomicInteger(7);
    try (ScriptedNameServer server =
        new ScriptedNameServer((query, _) -> address(query, last.toString()))) {
      Asker asker = new Asker(PATIENT);
      DnsAnswer before = address(asker, server, "ns");
      assertThat(address(asker, server, "ns")).isSameAs(before);
      assertThat(address(asker, server, "other").origin().server()).isEqualTo("other");
      last.set(8);
      assertThat(address(asker, server, "ns").outcome()).isEqualTo("192.0.2.8");
    }
  }

  private static DnsAnswer address(Asker asker, ScriptedNameServer server, String label) {
    return asker.ask(server.address(), label, questions(1)).values().iterator().next();
  }

  @Test
  void questionsThatGoTogetherTakeAsMuchOfTheLimit() {
    Pace pace = new Pace(100, 20);
    long rested = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    long forever = Long.MAX_VALUE / 4;
    assertThat(pace.turn(10, rested, forever)).isZero();
    assertThat(pace.turn(10, rested, forever)).isEqualTo(Duration.ofMillis(90).toNanos());
    assertThat(pace.turn(1, rested, forever)).isEqualTo(Duration.ofMillis(100).toNanos());
    assertThat(pace.turn(10, rested, Duration.ofMillis(150).toNanos())).isNegative();
  }

  private static List<Question> questions(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> Question.of("h%d.corp.test".formatted(i), RecordType.A))
        .toList();
  }

  /// By who knows.
  private static byte[] address(Message query, String last) throws IOException {
    byte[] answer =
        ScriptedNameServer.answer(
            query,
            Rcode.NOERROR,
            query.getQuestion().getName() + " 60 IN A 192.0.2." + last + "\n");
    answer[2] |= 4;
    return answer;
  }
}
