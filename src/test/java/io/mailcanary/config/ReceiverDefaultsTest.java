package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailcanary.lab.CertificateAuthority;
import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Mailbox.Receiver.Policy;
import io.mailcanary.path.Mailbox.Receiver.Protocol;
import io.mailcanary.path.ServerCertificate;
import io.mailcanary.runtime.Plan;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Receivers of our own: what holds where nothing is said, and that each key says something.
class ReceiverDefaultsTest extends WrittenProbes {
  @Test
  void receiversWithDefaults() {
    Plan plan =
        inWorld(
            """
            mailboxes:
              own: { protocol: smtp, listen: "127.0.0.1:2525" }
              grey: { protocol: smtp, listen: "127.0.0.1:2526", greylist: 5m }
              sink: { protocol: lmtp, listen: "[::1]:24", policy: greylist }
            """);
    assertThat(plan.mailboxes())
        .containsEntry(
            "own",
            usual(
                "own",
                Protocol.SMTP,
                new InetSocketAddress("127.0.0.1", 2525),
                Policy.ACCEPT,
                Duration.ofSeconds(60)))
        .containsEntry(
            "grey",
            usual(
                "grey",
                Protocol.SMTP,
                new InetSocketAddress("127.0.0.1", 2526),
                Policy.GREYLIST,
                Duration.ofMinutes(5)))
        .containsEntry(
            "sink",
            usual(
                "sink",
                Protocol.LMTP,
                new InetSocketAddress("::1", 24),
                Policy.GREYLIST,
                Duration.ofSeconds(60)));
  }

  private static Mailbox.Receiver usual(
      String name, Protocol protocol, InetSocketAddress listen, Policy policy, Duration greylist) {
    return new Mailbox.Receiver(
        name, protocol, listen, policy, Map.of(), greylist, Duration.ZERO, Optional.empty());
  }

  @Test
  void receiverWithEveryKey() {
    Plan plan =
        inWorld(
            """
            mailboxes:
              own:
                protocol: smtp
                listen: "0.0.0.0:2525"
                policy: greylist
                greylist: 90s
                delay: 3s
                reply: true
                answers:
                  connect: 421 4.3.2 closed
                  helo: 450 4.7.1 who
                  mail: 450 4.1.8 Domain not found
                  rcpt: "451 4.3.2 later"
                  data: 554 5.7.1 no
                  end-of-data: 550 5.7.26 not authenticated
            """);
    assertThat(plan.mailboxes())
        .containsEntry(
            "own",
            new Mailbox.Receiver(
                "own",
                Protocol.SMTP,
                new InetSocketAddress("0.0.0.0", 2525),
                Policy.GREYLIST,
                Map.of(
                    Mailbox.Receiver.Stage.CONNECT, reply("421 4.3.2 closed"),
                    Mailbox.Receiver.Stage.HELO, reply("450 4.7.1 who"),
                    Mailbox.Receiver.Stage.MAIL, reply("450 4.1.8 Domain not found"),
                    Mailbox.Receiver.Stage.RCPT, reply("451 4.3.2 later"),
                    Mailbox.Receiver.Stage.DATA, reply("554 5.7.1 no"),
                    Mailbox.Receiver.Stage.END_OF_DATA, reply("550 5.7.26 not authenticated")),
                Duration.ofSeconds(90),
                Duration.ofSeconds(3),
                Optional.empty(),
                true,
                Optional.empty()));
  }

  @Test
  void certificateOfReceiver(@TempDir Path folder) throws IOException {
    var certificate = CertificateAuthority.in(folder).forLocalhost();
    String keys = "certificate-file: %s, key-file: %s";
    Plan plan =
        inWorld(
            "mailboxes: { own: { protocol: lmtp, listen: '127.0.0.1:25', %s } }"
                .formatted(keys.formatted(certificate.certificate(), certificate.key())));
    assertThat(plan.mailboxes().get("own"))
        .isInstanceOfSatisfying(
            Mailbox.Receiver.class,
            own ->
                assertThat(own.certificate())
                    .contains(new ServerCertificate(certificate.certificate(), certificate.key())));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          policy: strict              | STRICT   |
          policy: strict, profile: R8 | STRICT   | R8
          profile: M15                | STRICT   | M15
          greylist: 1s                | GREYLIST |
          delay: 1s                   | ACCEPT   |
          """)
  void policyOfReceiver(String keys, Policy policy, String profile) {
    Plan plan =
        inWorld(
            "mailboxes: { own: { protocol: smtp, listen: '127.0.0.1:25', %s } }".formatted(keys));
    assertThat(plan.mailboxes().get("own"))
        .isInstanceOfSatisfying(
            Mailbox.Receiver.class,
            own -> {
              assertThat(own.policy()).isEqualTo(policy);
              assertThat(own.profile()).isEqualTo(Optional.ofNullable(profile));
            });
  }

  private static SmtpReply reply(String text) {
    return SmtpReply.parse(text).orElseThrow();
  }
}
