package io.mailcanary.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Relay and mailbox that are reached by IPv6 alone.
@NeedsServer({Server.POSTFIX, Server.DOVECOT})
class Ipv6IT {
  private static final String SIX = "0:0:0:0:0:0:0:1";

  @Test
  void aRelayAndAMailboxAreReached(@TempDir Path folder) throws Exception {
    // Many containers have no IPv6; where CI has none it fails, as with any test that is left out.
    assumeThat(NetworkInterface.getByInetAddress(InetAddress.ofLiteral("::1")))
        .as("this machine's ::1")
        .isNotNull();
    int port = Ports.free();
    try (Dovecot dovecot = Dovecot.builder().users(1).line("listen = 127.0.0.1, ::1").start();
        Postfix postfix =
            Postfix.builder()
                .deliver("store.test", dovecot.lmtpPort())
                .line("inet_protocols = all")
                .line("inet_interfaces = 127.0.0.1, [::1]")
                .service("[::1]:%d inet n - n - - smtpd".formatted(port))
                .start();
        RunningMailcanary service = new RunningMailcanary(folder)) {
      service.probes("probes.yaml", probes(port, dovecot.imapPort())).start();

      service.awaitHealth("six", "ok");
      JsonNode listed =
          service.canaries("six", one -> one.path("state").asText().equals("delivered")).getFirst();
      JsonNode canary = service.canary(listed.path("id").asText());
      JsonNode attempt = RunningMailcanary.event(canary, "accepted");
      assertThat(attempt.path("peer").asText()).contains(SIX);
      assertThat(canary.path("copies").asInt()).isEqualTo(1);
      assertThat(postfix.log()).containsPattern("client=\\S+\\[::1]");
    }
  }

  private static String probes(int smtp, int imap) {
    return """
    relays:
      six: { host: "::1", port: %d, tls: none, helo: probe.canary.test }
    mailboxes:
      six: { host: "::1", port: %d, tls: none, username: user1, password: %s }
    paths:
      six: { every: 500ms, via: six, from: canary@campus.test, to: user1@store.test, arrives-in: six }
    """
        .formatted(smtp, imap, Dovecot.PASSWORD);
  }
}
