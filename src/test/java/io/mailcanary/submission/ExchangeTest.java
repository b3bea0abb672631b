package io.mailcanary.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Handover;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.ScriptedSmtpServer;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Family;
import io.mailcanary.path.Relay;
import io.mailcanary.wire.Trust;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Direct delivery by MX, to servers that all listen on one port of different loopback addresses.
class ExchangeTest {
  private static final DomainName DOMAIN = new DomainName("hosted.example");

  private record Dns(Exchangers answer, Map<String, String> hosts) implements RoutePlan {
    @Override
    public Exchangers exchangers(DomainName domain) {
      return answer;
    }

    @Override
    public List<InetAddress> addresses(String host) throws UnknownHostException {
      String address = hosts.get(host);
      if (address == null) {
        throw new UnknownHostException(host + ": no such name");
      }
      return List.of(InetAddress.ofLiteral(address));
    }
  }

  private static RoutePlan.Exchangers hosts(String... names) {
    return new RoutePlan.Exchangers.Found(
        IntStream.range(0, names.length)
            .mapToObj(i -> new RoutePlan.Exchanger(names[i], 10 * i))
            .toList(),
        false);
  }

  private static Evidence submit(RoutePlan dns, int port) {
    Relay direct =
        new Relay(
            "mx",
            Relay.Protocol.SMTP,
            "",
            port,
            Relay.DIRECT.tls(),
            Relay.DIRECT.login(),
            Relay.DIRECT.helo(),
            Relay.DIRECT.bindAddress(),
            2,
            false,
            Relay.DIRECT.connectTimeout(),
            Relay.DIRECT.replyTimeout());
    try (Submission submission = new Submission(dns, new Trust(), InstantSource.system())) {
      return submission.submit(new Route.ToExchangers(direct, DOMAIN, Family.ANY), Relays.canary());
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "the first one takes it,                               '',  '',                   ACCEPTED, 0",
    "one that puts the recipient off leaves it to the next, RCPT, 450 4.2.0 later,      ACCEPTED, 1",
    "one that greets with a refusal speaks for itself,     CONNECT, 554 5.3.2 not here, ACCEPTED, 1",
    "one that refuses the recipient speaks for the domain, RCPT, 550 5.1.1 nobody,     REFUSED,  0",
    "one that refuses the message does too,                .,    554 5.7.1 spam,       REFUSED,  0",
  })
  void whenTheNextOneIsAsked(
      String sentence, String command, String answer, Handover handover, int earlier) {
    ScriptedSmtpServer.Script script = ScriptedSmtpServer.script();
    if (!command.isEmpty()) {
      script.on(command, ScriptedSmtpServer.say(answer), ScriptedSmtpServer.say("250 2.0.0 ok"));
    }
    if (command.equals("CONNECT")) {
      script =
          ScriptedSmtpServer.script()
              .on(
                  "CONNECT",
                  ScriptedSmtpServer.say(answer),
                  ScriptedSmtpServer.say("220 second ESMTP"));
    }
    try (ScriptedSmtpServer server = script.start()) {
      Map<String, String> addresses = Map.of("mx1.test", "127.0.0.1", "mx2.test", "127.0.0.1");
      Evidence evidence = submit(new Dns(hosts("mx1.test", "mx2.test"), addresses), server.port());
      assertThat(Handover.of(evidence)).as("%s: %s", sentence, evidence).isEqualTo(handover);
      assertThat(evidence.earlier()).hasSize(earlier);
      assertThat(evidence.host()).startsWith(earlier == 0 ? "mx1.test" : "mx2.test");
    }
  }

  @Test
  void aHostThatIsNotThereLeavesItToTheNext() {
    try (ScriptedSmtpServer server = ScriptedSmtpServer.script().start()) {
      Map<String, String> addresses = Map.of("mx2.test", "127.0.0.1");
      Evidence evidence = submit(new Dns(hosts("mx1.test", "mx2.test"), addresses), server.port());
      assertThat(Handover.of(evidence)).isEqualTo(Handover.ACCEPTED);
      assertThat(evidence.earlier())
          .singleElement()
          .satisfies(one -> assertThat(one.host()).startsWith("mx1.test"));
    }
  }

  @Test
  void whatDnsSaysOfTheDomainDecides() {
    int nobody = Ports.free();
    Evidence none =
        submit(new Dns(new RoutePlan.Exchangers.None("takes no mail"), Map.of()), nobody);
    assertThat(Handover.of(none)).isEqualTo(Handover.REFUSED);
    assertThat(Handover.cause(none).word()).isEqualTo("recipient-domain");
    Evidence unknown =
        submit(new Dns(new RoutePlan.Exchangers.Unknown("no answer"), Map.of()), nobody);
    assertThat(Handover.of(unknown)).isEqualTo(Handover.DEFERRED);
  }
}
