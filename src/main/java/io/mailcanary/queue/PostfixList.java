package io.mailcanary.queue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mailcanary.queue.QueuedMessage.State;
import io.mailcanary.queue.QueuedMessage.Waiting;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `postqueue -j`: a JSON object a line; members that are not known are for later versions.
final class PostfixList {
  private static final int MOST_RECIPIENTS = 50;
  private static final JsonMapper JSON =
      new JsonMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(20).build())
              .build());

  private PostfixList() {}

  static void read(Lines lines, ListingBuilder listing) throws IOException {
    Optional<String> line = lines.next();
    while (line.isPresent()) {
      if (!line.get().isBlank()) {
        message(line.get()).ifPresentOrElse(listing::add, listing::unread);
      }
      line = lines.next();
    }
  }

  private static Optional<QueuedMessage> message(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      String id = node.path("queue_id").asText("");
      long arrival = node.path("arrival_time").asLong(-1);
      if (id.isEmpty() || arrival < 0 || arrival > 1L << 40) {
        return Optional.empty();
      }
      return Optional.of(
          new QueuedMessage(
              ListingBuilder.text(id),
              state(node.path("queue_name").asText("")),
              sender(node.path("sender").asText("")),
              Instant.ofEpochSecond(arrival),
              node.path("message_size").asLong(-1),
              recipients(node.path("recipients"))));
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  private static State state(String queue) {
    return switch (queue) {
      case "active", "incoming", "maildrop" -> State.ACTIVE;
      case "deferred" -> State.DEFERRED;
      case "hold" -> State.HOLD;
      default -> State.OTHER;
    };
  }

  /// Postfix writes the null sender as a name.
  private static String sender(String text) {
    return text.equals("MAILER-DAEMON") ? "" : ListingBuilder.text(text);
  }

  private static List<Waiting> recipients(JsonNode list) {
    List<Waiting> recipients = new ArrayList<>();
    for (JsonNode one : list) {
      if (recipients.size() == MOST_RECIPIENTS) {
        break;
      }
      recipients.add(
          new Waiting(
              ListingBuilder.text(one.path("address").asText("")),
              ListingBuilder.text(one.path("delay_reason").asText(""))));
    }
    return recipients;
  }
}
