package io.mailcanary.resolver;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordType;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

class AskerTest {
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
}
