package io.mailcanary.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryEvent.AttemptStarted;
import io.mailcanary.canary.CanaryEvent.Attempted;
import io.mailcanary.canary.CanaryEvent.Checked;
import io.mailcanary.canary.CanaryEvent.ClockStepped;
import io.mailcanary.canary.CanaryEvent.Recovered;
import io.mailcanary.canary.CanaryEvent.Scheduled;
import io.mailcanary.canary.CanaryEvent.Sighted;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Sight;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.Received;
import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an event has beside its instant and kind, for JSON.
final class EventDetail {
  private static final TypeReference<LinkedHashMap<String, Object>> MAP = new TypeReference<>() {};

  /// Plain ASCII, so that any character of a reply survives any database.
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private static final int MOST_HOPS = 30;

  private EventDetail() {}

  static String text(CanaryEvent event) {
    return text(of(event));
  }

  static String text(Map<String, ?> detail) {
    try {
      return detail.isEmpty() ? "{}" : JSON.writeValueAsString(detail);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values make JSON", e);
    }
  }

  static Map<String, Object> read(String text) {
    try {
      return JSON.readValue(text, MAP);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the detail of an event is no JSON any more", e);
    }
  }

  /// Tells facts apart: a second telling of the same fact has the same number. A message in its
  /// place is one fact, whenever it is sighted.
  static long fingerprint(CanaryEvent event, String detail) {
    return switch (event) {
      case Sighted(_, Arrival arrival, _, _) ->
          hash(arrival.mailbox() + '\0' + arrival.folder() + '\0' + arrival.uid());
      case Scheduled _, AttemptStarted _, Attempted _, Checked _, Recovered _, ClockStepped _ ->
          hash(Nanos.of(event.at()) + event.kind() + detail);
    };
  }

  static Map<String, Object> of(CanaryEvent event) {
    return switch (event) {
      case Scheduled _, AttemptStarted _, Recovered _ -> Map.of();
      case Attempted(_, Evidence evidence) -> evidence(evidence);
      case Sighted(_, Arrival arrival, boolean altered, List<Received> hops) ->
          sighting(arrival, altered, hops);
      case Checked(_, Sight sight) -> sight(sight);
      case ClockStepped(_, Duration by) -> Map.of("bySeconds", seconds(by));
    };
  }

  private static Map<String, Object> evidence(Evidence evidence) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("startedAt", evidence.startedAt().toString());
    detail.put("stage", evidence.stage().word());
    SmtpReply reply = evidence.reply();
    if (reply != null) {
      detail.put("code", reply.code());
      reply.enhanced().ifPresent(code -> detail.put("enhanced", code.toString()));
      detail.put("text", cut(reply.text()));
      reply.queueId().ifPresent(id -> detail.put("queueId", id));
    }
    Evidence.Failure failure = evidence.failure();
    if (failure != null) {
      detail.put(
          "failure",
          Map.of(
              "kind",
              failure.kind().name().toLowerCase(Locale.ROOT),
              "words",
              cut(failure.words())));
    }
    detail.put("host", cut(evidence.host()));
    putIfPresent(detail, "peer", evidence.peer());
    putIfPresent(detail, "tlsVersion", evidence.tlsVersion());
    putIfPresent(detail, "tlsCipher", evidence.tlsCipher());
    detail.put("reused", evidence.reused());
    detail.put("times", times(evidence.times()));
    return detail;
  }

  /// In milliseconds, in the order of the dialogue.
  private static Map<String, Object> times(Map<Stage, Duration> times) {
    Map<String, Object> result = new LinkedHashMap<>();
    for (Stage stage : Stage.values()) {
      Duration took = times.get(stage);
      if (took != null) {
        result.put(stage.word(), Math.round(Nanos.of(took) / 1e3) / 1e3);
      }
    }
    return result;
  }

  private static Map<String, Object> sighting(
      Arrival arrival, boolean altered, List<Received> hops) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("arrivedAt", arrival.at().toString());
    detail.put("resolutionSeconds", seconds(arrival.resolution()));
    detail.put("mailbox", cut(arrival.mailbox()));
    detail.put("folder", cut(arrival.folder()));
    detail.put("uid", cut(arrival.uid()));
    detail.put("altered", altered);
    detail.put("hops", hops(hops));
    return detail;
  }

  /// As the servers wrote them; a delay is the difference to the hop before, by two clocks.
  private static List<Map<String, Object>> hops(List<Received> hops) {
    List<Map<String, Object>> result = new ArrayList<>();
    Instant before = null;
    for (Received hop : hops.subList(0, Math.min(hops.size(), MOST_HOPS))) {
      Map<String, Object> detail = new LinkedHashMap<>();
      putIfPresent(detail, "from", hop.from());
      putIfPresent(detail, "by", hop.by());
      putIfPresent(detail, "with", hop.with());
      putIfPresent(detail, "tls", hop.tls());
      Instant at = hop.at();
      if (at != null) {
        detail.put("at", at.toString());
        detail.put("delaySeconds", before == null ? 0 : seconds(Duration.between(before, at)));
        before = at;
      }
      result.add(detail);
    }
    return result;
  }

  private static Map<String, Object> sight(Sight sight) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("blind", sight.blind());
    detail.put("blindForSeconds", seconds(sight.blindFor()));
    if (!sight.reason().isEmpty()) {
      detail.put("reason", cut(sight.reason()));
    }
    return detail;
  }

  private static void putIfPresent(Map<String, Object> detail, String key, @Nullable String value) {
    if (value != null) {
      detail.put(key, cut(value));
    }
  }

  private static double seconds(Duration duration) {
    return Nanos.of(duration) / 1e9;
  }

  private static String cut(String text) {
    return text.length() > Binder.LONGEST_TEXT ? text.substring(0, Binder.LONGEST_TEXT) : text;
  }

  /// FNV-1a, 64 bits, over characters.
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
