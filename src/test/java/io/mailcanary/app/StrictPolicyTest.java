package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox.Receiver;
import io.mailcanary.path.Resolver;
import io.mailcanary.receiver.ReceiverPolicy.Question;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A receiver as demanding as others, in front of a domain whose MX has gone.
class StrictPolicyTest {
  private static final Map<String, String> RECORDS =
      Map.of(
          "whole.test. MX", "10 mx.whole.test.",
          "mx.whole.test. A", "192.0.2.7",
          "no-mx.test. A", "192.0.2.8");

  private static DatagramSocket dns;

  @BeforeAll
  static void start() throws IOException {
    dns = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(StrictPolicyTest::serve);
  }

  @AfterAll
  static void end() {
    dns.close();
  }

  private static void serve() {
    byte[] buffer = new byte[4_096];
    while (!dns.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        dns.receive(packet);
        Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        byte[] answer = answer(query).toWire();
        dns.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException _) {
        // closed, or no query
      }
    }
  }

  private static Message answer(Message query) throws IOException {
    Record question = query.getQuestion();
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(question, Section.QUESTION);
    Name name = question.getName();
    String data = RECORDS.get(name + " " + Type.string(question.getType()));
    if (data != null) {
      answer.addRecord(
          Record.fromString(name, question.getType(), 1, 60, data, Name.root), Section.ANSWER);
    } else if (RECORDS.keySet().stream().noneMatch(key -> key.startsWith(name + " "))) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    Record soa =
        Record.fromString(
            Name.root, Type.SOA, 1, 60, "ns.test. hostmaster.test. 1 60 60 60 60", Name.root);
    if (data == null) {
      answer.addRecord(soa, Section.AUTHORITY);
    }
    return answer;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          R5  | c@whole.test | MAIL |     | an MX with an address
          R5  | c@no-mx.test | MAIL | 550 | no MX any more: refused for good
          R4  | c@no-mx.test | MAIL | 450 | or for now
          R1  | c@no-mx.test | RCPT |     | Postfix is content with an address
          R1  | c@gone.test  | RCPT | 450 | but not with nothing
          R1  | c@gone.test  | MAIL |     | which it says after RCPT
          R2  | c@gone.test  | RCPT | 550 | at some sites for good
          M13 | c@gone.test  | RCPT |     | OpenSMTPD does not look
          ''  | c@no-mx.test | MAIL | 550 | without a profile: an MX is asked for
          R5  | ''           | MAIL |     | the null sender has no domain
          R5  | c@@          | MAIL |     | nor has what is no address
          """)
  void refusals(String profile, String sender, Receiver.Stage stage, Integer code, String why) {
    Receiver receiver =
        new Receiver(
            "own",
            Receiver.Protocol.SMTP,
            new InetSocketAddress(0),
            Receiver.Policy.STRICT,
            Map.of(),
            Duration.ZERO,
            Duration.ZERO,
            Optional.of(profile).filter(id -> !id.isEmpty()));
    Resolver resolver =
        new Resolver(
            "default", List.of(new InetSocketAddress(dns.getLocalAddress(), dns.getLocalPort())));
    Optional<SmtpReply> refusal =
        new StrictPolicy(() -> resolver, List::of)
            .refusal(
                new Question(
                    receiver,
                    stage,
                    InetAddress.getLoopbackAddress(),
                    "sender.test",
                    sender,
                    stage == Receiver.Stage.RCPT ? "c@strict.test" : ""));
    assertThat(refusal.map(SmtpReply::code)).as(why).isEqualTo(Optional.ofNullable(code));
  }
}
