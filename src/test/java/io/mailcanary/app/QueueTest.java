package io.mailcanary.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.lab.Exim;
import io.mailcanary.lab.NeedsServer;
import io.mailcanary.lab.Ports;
import io.mailcanary.lab.Postfix;
import io.mailcanary.lab.Server;
import io.mailcanary.runtime.Part;
import io.mailcanary.store.StoredEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Queues of real relays.
class QueueTest {
  @TempDir Path folder;

  private static String probes(int relay, int receiver, String type, List<String> command) {
    return """
    relays:
      out: { host: 127.0.0.1, port: %d, tls: none }
    mailboxes:
      own: { protocol: smtp, listen: "127.0.0.1:%d" }
    queues:
      campus: { relay: out, type: %s, command: [%s], every: 1s }
    paths:
      gone:
        via: out
        from: canary@probe.test
        to: canary@gone.test
        arrives-in: own
        every: 1h
        confirm: { canaries: 0 }
    """
        .formatted(relay, receiver, type, String.join(", ", command));
  }

  private static Optional<Part> part(OwnService own) {
    return own.service.board().parts().stream()
        .filter(part -> part.name().equals("queue:campus"))
        .findFirst();
  }

  private static Optional<Map<String, Object>> words(OwnService own, CanaryId id) {
    return own.events(id, "found-in-queue").stream()
        .map(StoredEvent::detail)
        .filter(detail -> !"".equals(detail.get("text")))
        .reduce((_, last) -> last);
  }

  @Test
  @NeedsServer(Server.POSTFIX)
  void aCanaryInPostfixsQueueIsDeferredWithTheQueuesOwnWords() {
    int nobody = Ports.free();
    int receiver = Ports.free();
    try (Postfix postfix = Postfix.builder().relay("gone.test", nobody).start();
        OwnService own =
            new OwnService(
                    folder, probes(postfix.port(), receiver, "postfix", postfix.queueCommand()))
                .start()) {
      CanaryId id = own.send("gone");
      own.awaitState(id, "deferred");
      // While Postfix tries it once more, its list has no reason.
      await().atMost(OwnService.SOON).until(() -> words(own, id).isPresent());
      Canary canary = own.canary(id);
      Map<String, Object> detail = words(own, id).orElseThrow();
      assertThat(detail)
          .containsEntry("queue", "campus")
          .containsEntry("relay", "out")
          .containsEntry("state", "deferred")
          .containsEntry("tiedBy", "queue-id")
          .containsEntry("cause", canary.cause().word());
      assertThat(detail.get("text")).asString().contains("Connection refused");
      await()
          .atMost(OwnService.SOON)
          .until(() ->
              own.service
                  .metrics()
                  .scrape("text/plain")
                  .contains(
                      "mailcanary_queue_messages{cause=\"%s\",relay=\"out\"} 1.0"
                          .formatted(canary.cause().word())));
      assertThat(part(own)).get().matches(Part::ok);
      postfix.set(
          "transport_maps = inline:{ { gone.test = smtp:[127.0.0.1]:%d } }".formatted(receiver));
      await()
          .atMost(OwnService.SOON)
          .until(() -> {
            postfix.flush();
            return own.canary(id).state().word().equals("delivered");
          });
    }
  }

  @Test
  @NeedsServer(Server.EXIM)
  void aCanaryThatEximHasFrozenIsFound() {
    try (Exim exim = Exim.start(Map.of("gone.test", "nowhere.invalid"));
        OwnService own =
            new OwnService(folder, probes(exim.port(), Ports.free(), "exim", exim.queueCommand()))
                .start()) {
      CanaryId id = own.send("gone");
      own.awaitState(id, "deferred");
      assertThat(own.events(id, "found-in-queue").getFirst().detail())
          .containsEntry("state", "frozen")
          .containsEntry("tiedBy", "queue-id");
    }
  }

  @Test
  void aQueueThatCannotBeReadIsABlindSpotAndBlamesNobody() {
    try (OwnService own =
        new OwnService(folder, probes(Ports.free(), Ports.free(), "postfix", List.of("false")))
            .start()) {
      await()
          .atMost(OwnService.SOON)
          .until(() ->
              part(own).filter(part -> part.reason().contains("false ended with 1")).isPresent());
      assertThat(part(own)).get().matches(part -> !part.ok());
      assertThat(own.service.findings().all()).isEmpty();
    }
  }
}
