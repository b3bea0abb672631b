package io.mailcanary.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.DomainName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;

class MailExchangersTest {
  private static final DomainName DOMAIN = new DomainName("hosted.example");
  private static final String SOA = "example. 60 IN SOA ns.example. h.example. 1 60 60 60 60";

  private final AtomicLong nanos = new AtomicLong();

  private MxAnswer ask(int rcode, String lines) throws IOException {
    try (ScriptedNameServer server =
        new ScriptedNameServer((query, _) -> ScriptedNameServer.answer(query, rcode, lines))) {
      return exchangers(server).of(DOMAIN);
    }
  }

  private MailExchangers exchangers(ScriptedNameServer... servers) {
    return new MailExchangers(
        List.of(servers).stream().map(ScriptedNameServer::address).toList(),
        Duration.ofMillis(500),
        nanos::get);
  }

  @Test
  void theMostPreferredComesFirst() throws IOException {
    assertThat(
            ask(
                Rcode.NOERROR,
                """
                hosted.example. 60 IN MX 20 mx2.hosted.example.
                hosted.example. 60 IN MX 10 mx1.hosted.example.
                """))
        .isEqualTo(
            new MxAnswer.Found(
                List.of(
                    new MxAnswer.Host("mx1.hosted.example", 10),
                    new MxAnswer.Host("mx2.hosted.example", 20)),
                false));
  }

  @Test
  void withoutAnMxTheDomainIsItsOwn() throws IOException {
    assertThat(ask(Rcode.NOERROR, SOA))
        .isEqualTo(new MxAnswer.Found(List.of(new MxAnswer.Host("hosted.example", 0)), true));
  }

  @Test
  void anAliasIsFollowed() throws IOException {
    assertThat(
            ask(
                Rcode.NOERROR,
                """
                hosted.example. 60 IN CNAME other.example.
                other.example. 60 IN MX 10 mx.other.example.
                """))
        .isEqualTo(new MxAnswer.Found(List.of(new MxAnswer.Host("mx.other.example", 10)), false));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a null MX takes no mail,      0, hosted.example. 60 IN MX 0 ., null MX",
    "a name that is not there,     3, '', no such name",
  })
  void nobodyTakesMailForCertain(String sentence, int rcode, String lines, String words)
      throws IOException {
    MxAnswer answer = ask(rcode, lines.isEmpty() ? SOA : lines);
    assertThat(answer).as(sentence).isInstanceOf(MxAnswer.None.class);
    assertThat(answer.toString()).contains("hosted.example", words, "127.0.0.1:");
  }

  @Test
  void aFailingServerSaysNothing() throws IOException {
    MxAnswer answer = ask(Rcode.SERVFAIL, "");
    assertThat(answer).isInstanceOf(MxAnswer.Unknown.class);
  }

  @Test
  void theNextServerIsAskedWhereOneFails() throws IOException {
    try (ScriptedNameServer silent = new ScriptedNameServer((_, _) -> new byte[0]);
        ScriptedNameServer good =
            new ScriptedNameServer((query, _) ->
                ScriptedNameServer.answer(
                    query, Rcode.NOERROR, "hosted.example. 60 IN MX 10 mx.hosted.example."))) {
      assertThat(exchangers(silent, good).of(DOMAIN)).isInstanceOf(MxAnswer.Found.class);
    }
  }

  @Test
  void anAnswerIsRememberedAsLongAsItHolds() throws IOException {
    try (ScriptedNameServer server =
        new ScriptedNameServer((query, _) ->
            ScriptedNameServer.answer(
                query, Rcode.NOERROR, "hosted.example. 5 IN MX 10 mx.hosted.example."))) {
      MailExchangers exchangers = exchangers(server);
      exchangers.of(DOMAIN);
      nanos.addAndGet(Duration.ofSeconds(4).toNanos());
      exchangers.of(DOMAIN);
      assertThat(server.questions.get()).isEqualTo(1);
      nanos.addAndGet(Duration.ofSeconds(2).toNanos());
      exchangers.of(DOMAIN);
      assertThat(server.questions.get()).isEqualTo(2);
    }
  }
}
