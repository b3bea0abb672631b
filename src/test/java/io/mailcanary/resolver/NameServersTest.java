package io.mailcanary.resolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailcanary.path.Resolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

@Timeout(20)
class NameServersTest {
  private static final String SOA = "example. 300 IN SOA ns.example. h.example. 1 60 60 60 60\n";
  private static final Duration TRY = Duration.ofMillis(300);
  private static final Duration ALL = Duration.ofMillis(900);

  private final List<ScriptedNameServer> started = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (ScriptedNameServer server : started) {
      server.close();
    }
  }

  @Test
  void givesIpv4BeforeIpv6AndKeepsTheServersOrder() throws IOException {
    ScriptedNameServer server =
        zone(
            """
            smtp.campus.example. A 192.0.2.9
            smtp.campus.example. A 192.0.2.1
            """,
            "smtp.campus.example. AAAA 2001:db8::1");
    assertThat(asking(server).addresses("SMTP.campus.example."))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("192.0.2.9", "192.0.2.1", "2001:db8:0:0:0:0:0:1");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "2001:db8::1, 2001:db8:0:0:0:0:0:1",
    "[2001:db8::1], 2001:db8:0:0:0:0:0:1",
  })
  void anAddressStandsForItself(String host, String address) throws IOException {
    ScriptedNameServer server = silent();
    assertThat(asking(server).addresses(host))
        .extracting(InetAddress::getHostAddress)
        .containsExactly(address);
    assertThat(server.questions).hasValue(0);
  }

  @ParameterizedTest(name = "{0} is no host")
  @CsvSource({"300.1.1.1", "1:2", "[::g]", "a..b", "''", "."})
  void refusesWhatIsNoHost(String host) throws IOException {
    NameServers names = asking(silent());
    assertThatThrownBy(() -> names.addresses(host)).isInstanceOf(UnknownHostException.class);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "NXDOMAIN | no such name, says SERVER",
        "NOERROR | no address record, says SERVER",
        "SERVFAIL | server failure, says SERVER",
        "REFUSED | refused, says SERVER",
        "NOTIMP | answer code NOTIMP, says SERVER",
      })
  void tellsTheAnswersApart(String code, String sentence) throws IOException {
    ScriptedNameServer server =
        server((query, _) -> ScriptedNameServer.answer(query, Rcode.value(code), SOA));
    assertThatThrownBy(() -> asking(server).addresses("smtp.campus.example"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessage("smtp.campus.example: " + sentence.replace("SERVER", server.name()));
  }

  @Test
  void saysThatAServerIsSilentAndAsksItAgainWithinItsTime() throws IOException {
    ScriptedNameServer server = silent();
    long start = System.nanoTime();
    assertThatThrownBy(() -> asking(server).addresses("a.example"))
        .hasMessage("a.example: timed out: " + server.name());
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isBetween(ALL.minusMillis(50), ALL.plusMillis(700));
    assertThat(server.questions).hasValueGreaterThanOrEqualTo(4);
  }

  @Test
  void aLostDatagramIsAskedForAgain() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    ScriptedNameServer server =
        server((query, _) ->
            asked.incrementAndGet() <= 2
                ? new byte[0]
                : ScriptedNameServer.answer(
                    query, Rcode.NOERROR, isA(query) ? "a.example. A 192.0.2.1" : SOA));
    assertThat(asking(server).addresses("a.example")).hasSize(1);
  }

  @Test
  void garbageIsNoAnswer() throws IOException {
    ScriptedNameServer server =
        server((query, _) -> {
          byte[] wire = ScriptedNameServer.answer(query, Rcode.NOERROR, "");
          wire[7] = 40; // claims forty answers
          return wire;
        });
    assertThatThrownBy(() -> asking(server).addresses("a.example"))
        .hasMessageStartingWith("a.example: ")
        .hasMessageContaining(server.name());
  }

  @Test
  void aClosedPortIsSaidSo() throws IOException {
    ScriptedNameServer server = silent();
    InetSocketAddress address = server.address();
    server.close();
    assertThatThrownBy(
            () -> new NameServers(new DnsHosts(List.of(address), TRY, ALL)).addresses("a.example"))
        .hasMessageContaining(server.name())
        .hasMessageMatching("a\\.example: (name server not reachable|timed out): .*");
  }

  @Test
  void takesTheWholeAnswerByTcpWhenItWasCutShort() throws IOException {
    ScriptedNameServer server =
        server((query, tcp) -> {
          String lines = isA(query) && tcp ? "a.example. A 192.0.2.7" : tcp ? SOA : "";
          byte[] wire = ScriptedNameServer.answer(query, Rcode.NOERROR, lines);
          if (!tcp) {
            wire[2] |= 0x02;
            assertThat(new Message(wire).getHeader().getFlag(Flags.TC)).isTrue();
          }
          return wire;
        });
    assertThat(asking(server).addresses("a.example"))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("192.0.2.7");
  }

  @Test
  void asksAgainWhenTheTcpConnectionWasClosed() throws IOException {
    AtomicInteger connections = new AtomicInteger();
    ScriptedNameServer server =
        server((query, tcp) -> {
          if (tcp && connections.incrementAndGet() == 1) {
            throw new IOException("closed instead of answered");
          }
          String lines = !tcp ? "" : isA(query) ? "a.example. A 192.0.2.7" : SOA;
          byte[] wire = ScriptedNameServer.answer(query, Rcode.NOERROR, lines);
          wire[2] |= (byte) (tcp ? 0 : 0x02);
          return wire;
        });
    assertThat(asking(server).addresses("a.example")).hasSize(1);
    assertThat(connections).hasValueGreaterThanOrEqualTo(2);
  }

  @Test
  void followsAliasesInsideAndBeyondTheAnswer() throws IOException {
    ScriptedNameServer server =
        server((query, _) -> {
          String name = query.getQuestion().getName().toString();
          String lines =
              name.equals("a.example.")
                  ? "a.example. CNAME b.example.\nb.example. CNAME c.other.\n"
                  : isA(query) ? "c.other. A 192.0.2.3\nd.other. A 192.0.2.4\n" : SOA;
          return ScriptedNameServer.answer(query, Rcode.NOERROR, lines);
        });
    assertThat(asking(server).addresses("a.example"))
        .extracting(InetAddress::getHostAddress)
        .containsExactly("192.0.2.3");
  }

  @Test
  void recordsOfOtherNamesAreNotBelieved() throws IOException {
    ScriptedNameServer server = zone("evil.example. A 192.0.2.66", "");
    assertThatThrownBy(() -> asking(server).addresses("a.example"))
        .hasMessageContaining("no address record");
  }

  @ParameterizedTest(name = "a loop of {0}")
  @CsvSource({"1", "2"})
  void anAliasLoopEnds(int length) throws IOException {
    ScriptedNameServer server =
        server((query, _) ->
            ScriptedNameServer.answer(
                query,
                Rcode.NOERROR,
                length == 1
                    ? "a.example. CNAME a.example."
                    : "a.example. CNAME b.example.\nb.example. CNAME a.example."));
    assertThatThrownBy(() -> asking(server).addresses("a.example"))
        .hasMessage("a.example: more than 10 aliases in a row, says " + server.name());
  }

  @Test
  void anEndlessChainOfAliasesEnds() throws IOException {
    AtomicInteger next = new AtomicInteger();
    ScriptedNameServer server =
        server((query, _) ->
            ScriptedNameServer.answer(
                query,
                Rcode.NOERROR,
                "%s CNAME n%d.example."
                    .formatted(query.getQuestion().getName(), next.incrementAndGet())));
    assertThatThrownBy(() -> asking(server).addresses("a.example"))
        .hasMessageContaining("more than 10 aliases in a row");
    assertThat(server.questions).hasValueLessThan(30);
  }

  @Test
  void asksTheNextServerAndThenStaysWithIt() throws IOException {
    ScriptedNameServer bad =
        server((query, _) -> ScriptedNameServer.answer(query, Rcode.SERVFAIL, ""));
    ScriptedNameServer good = zone("a.example. A 192.0.2.1", "");
    NameServers names = asking(bad, good);
    assertThat(names.addresses("a.example")).hasSize(1);
    int asked = bad.questions.get();
    assertThat(names.addresses("a.example")).hasSize(1);
    assertThat(bad.questions).hasValue(asked);
  }

  @Test
  void namesEveryServerThatFailed() throws IOException {
    ScriptedNameServer one =
        server((query, _) -> ScriptedNameServer.answer(query, Rcode.SERVFAIL, ""));
    ScriptedNameServer two =
        server((query, _) -> ScriptedNameServer.answer(query, Rcode.REFUSED, ""));
    assertThatThrownBy(() -> asking(one, two).addresses("a.example"))
        .hasMessage(
            "a.example: server failure, says %s; refused, says %s"
                .formatted(one.name(), two.name()));
  }

  @Test
  void aMissingNameEndsTheSearch() throws IOException {
    ScriptedNameServer one =
        server((query, _) -> ScriptedNameServer.answer(query, Rcode.NXDOMAIN, SOA));
    ScriptedNameServer two = zone("a.example. A 192.0.2.1", "");
    assertThatThrownBy(() -> asking(one, two).addresses("a.example"))
        .hasMessageContaining("no such name");
    assertThat(two.questions).hasValue(0);
  }

  @Test
  void ipv4AloneIsEnoughWhenTheOtherQuestionFails() throws IOException {
    ScriptedNameServer server =
        server((query, _) ->
            isA(query)
                ? ScriptedNameServer.answer(query, Rcode.NOERROR, "a.example. A 192.0.2.1")
                : ScriptedNameServer.answer(query, Rcode.SERVFAIL, ""));
    assertThat(asking(server).addresses("a.example")).hasSize(1);
  }

  @ParameterizedTest(name = "{0}, ttl {1} s: kept {2} s")
  @CsvSource({
    "NOERROR, 0, 1",
    "NOERROR, 10, 10",
    "NOERROR, 86400, 30",
    "NXDOMAIN, 300, 5",
    "NXDOMAIN, 2, 2",
    "SERVFAIL, 300, 1",
  })
  void remembersForTheTimeToLive(String code, long ttl, long kept) throws IOException {
    String lines =
        code.equals("NOERROR")
            ? "a.example. %d IN A 192.0.2.1".formatted(ttl)
            : "example. %d IN SOA ns.example. h.example. 1 60 60 60 %d".formatted(ttl, ttl);
    ScriptedNameServer server =
        server((query, _) ->
            ScriptedNameServer.answer(query, Rcode.value(code), isA(query) ? lines : SOA));
    AtomicLong clock = new AtomicLong();
    HostCache cache = new HostCache(hosts(server), clock::get);

    cache.ask("a.example");
    clock.addAndGet(Duration.ofSeconds(kept).toNanos() - 1);
    cache.ask("a.example");
    assertThat(server.questions).as("just before its end").hasValue(2);
    clock.addAndGet(1);
    cache.ask("a.example");
    assertThat(server.questions).as("at its end").hasValue(4);
  }

  @Test
  void aChangedOrderOfAddressesIsFollowed() throws IOException {
    AtomicInteger turn = new AtomicInteger();
    ScriptedNameServer server =
        server((query, _) ->
            ScriptedNameServer.answer(
                query,
                Rcode.NOERROR,
                !isA(query)
                    ? SOA
                    : turn.getAndIncrement() % 2 == 0
                        ? "a.example. 5 A 192.0.2.1\na.example. 5 A 192.0.2.2"
                        : "a.example. 5 A 192.0.2.2\na.example. 5 A 192.0.2.1"));
    AtomicLong clock = new AtomicLong();
    NameServers names = new NameServers(new HostCache(hosts(server), clock::get));
    assertThat(names.addresses("a.example").getFirst().getHostAddress()).isEqualTo("192.0.2.1");
    clock.addAndGet(Duration.ofSeconds(6).toNanos());
    assertThat(names.addresses("a.example").getFirst().getHostAddress()).isEqualTo("192.0.2.2");
  }

  @Test
  void manyWhoWantTheSameNameAskOnce() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    AtomicInteger questions = new AtomicInteger();
    HostCache cache =
        new HostCache(
            host -> {
              questions.incrementAndGet();
              asked.countDown();
              return new HostAnswer.Missing(host + ": no", Duration.ofSeconds(5));
            },
            System::nanoTime);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<HostAnswer>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(threads.submit(() -> cache.ask("a.example")));
      }
      for (Future<HostAnswer> one : all) {
        assertThat(one.get()).isInstanceOf(HostAnswer.Missing.class);
      }
    }
    assertThat(questions).hasValueLessThan(5);
  }

  @Test
  void theSystemAnswersWhereNoServerIsNamed() throws IOException {
    NameServers names = new NameServers(new Resolver("default", List.of()));
    assertThat(names.addresses("localhost")).allMatch(InetAddress::isLoopbackAddress).isNotEmpty();
    assertThatThrownBy(() -> names.addresses("no-such-name.invalid"))
        .hasMessage("no-such-name.invalid: no address, says the system's resolver");
  }

  @Test
  void theServersOfTheProbeFilesAreAsked() throws IOException {
    ScriptedNameServer server = zone("a.example. A 192.0.2.1", "");
    NameServers names = new NameServers(new Resolver("default", List.of(server.address())));
    assertThat(names.addresses("a.example")).hasSize(1);
    assertThat(names.addresses("a.example")).hasSize(1);
    assertThat(server.questions).hasValue(2);
  }

  private static boolean isA(Message query) {
    return query.getQuestion().getType() == Type.A;
  }

  private ScriptedNameServer zone(String a, String aaaa) throws IOException {
    return server((query, _) ->
        ScriptedNameServer.answer(query, Rcode.NOERROR, (isA(query) ? a : aaaa) + "\n" + SOA));
  }

  private ScriptedNameServer silent() throws IOException {
    return server((_, _) -> new byte[0]);
  }

  private ScriptedNameServer server(ScriptedNameServer.Script script) throws IOException {
    ScriptedNameServer server = new ScriptedNameServer(script);
    started.add(server);
    return server;
  }

  private static DnsHosts hosts(ScriptedNameServer... servers) {
    List<InetSocketAddress> addresses =
        java.util.Arrays.stream(servers).map(ScriptedNameServer::address).toList();
    return new DnsHosts(addresses, TRY, ALL);
  }

  private static NameServers asking(ScriptedNameServer... servers) {
    return new NameServers(hosts(servers));
  }
}
