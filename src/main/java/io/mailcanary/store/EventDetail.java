package io.mailcanary.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.CanaryEvent.AnswerSeen;
import io.mailcanary.canary.CanaryEvent.Answered;
import io.mailcanary.canary.CanaryEvent.AttemptStarted;
import io.mailcanary.canary.CanaryEvent.Attempted;
import io.mailcanary.canary.CanaryEvent.Authenticated;
import io.mailcanary.canary.CanaryEvent.Bounced;
import io.mailcanary.canary.CanaryEvent.Checked;
import io.mailcanary.canary.CanaryEvent.ClockStepped;
import io.mailcanary.canary.CanaryEvent.DelayReported;
import io.mailcanary.canary.CanaryEvent.FoundInQueue;
import io.mailcanary.canary.CanaryEvent.ProgressReported;
import io.mailcanary.canary.CanaryEvent.ReachedFarEnd;
import io.mailcanary.canary.CanaryEvent.Recovered;
import io.mailcanary.canary.CanaryEvent.RefusedByReceiver;
import io.mailcanary.canary.CanaryEvent.Scheduled;
import io.mailcanary.canary.CanaryEvent.Sighted;
import io.mailcanary.canary.Cause;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.HopWait;
import io.mailcanary.canary.Meaning;
import io.mailcanary.canary.QueueSighting;
import io.mailcanary.canary.ReceiverRefusal;
import io.mailcanary.canary.Report;
import io.mailcanary.canary.Sight;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.AuthenticationCheck;
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
      case Sighted(_, Arrival arrival, _, _, _) -> hash(place(arrival));
      case Bounced(_, Report report) -> hash(event.kind() + place(report.arrival()));
      case ReachedFarEnd(_, Arrival arrival, _) -> hash(event.kind() + place(arrival));
      case DelayReported(_, Report report) -> hash(event.kind() + place(report.arrival()));
      case ProgressReported(_, _, Report report) -> hash(event.kind() + place(report.arrival()));
      case Scheduled _,
          AttemptStarted _,
          Attempted _,
          Answered _,
          AnswerSeen _,
          RefusedByReceiver _,
          FoundInQueue _,
          Authenticated _,
          Checked _,
          Recovered _,
          ClockStepped _ ->
          hash(Nanos.of(event.at()) + event.kind() + detail);
    };
  }

  private static String place(Arrival arrival) {
    return arrival.mailbox() + '\0' + arrival.folder() + '\0' + arrival.uid();
  }

  static Map<String, Object> of(CanaryEvent event) {
    return switch (event) {
      case Scheduled _, AttemptStarted _, Recovered _ -> Map.of();
      case Attempted(_, Evidence evidence, Meaning meaning) -> with(evidence(evidence), meaning);
      case Answered(_, Evidence evidence, Meaning meaning) -> with(evidence(evidence), meaning);
      case ReachedFarEnd(_, Arrival arrival, List<Received> hops) -> farEnd(arrival, hops);
      case AnswerSeen(_, Instant writtenAt) ->
          writtenAt == null ? Map.of() : Map.of("writtenAt", writtenAt.toString());
      case Bounced(_, Report report) -> report("failed", report);
      case DelayReported(_, Report report) -> report("delayed", report);
      case ProgressReported(_, String action, Report report) -> report(action, report);
      case RefusedByReceiver(_, ReceiverRefusal refusal) -> refusal(refusal);
      case FoundInQueue(_, QueueSighting sighting) -> queued(sighting);
      case Sighted(_, Arrival arrival, boolean altered, List<Received> hops, List<HopWait> waits) ->
          sighting(arrival, altered, hops, waits);
      case Authenticated(_, List<AuthenticationCheck> checks) ->
          Map.of("checks", checks.stream().map(EventDetail::check).toList());
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
      reply(detail, reply);
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
    if (!evidence.earlier().isEmpty()) {
      detail.put("earlier", evidence.earlier().stream().map(EventDetail::evidence).toList());
    }
    return detail;
  }

  private static void reply(Map<String, Object> detail, SmtpReply reply) {
    detail.put("code", reply.code());
    reply.enhanced().ifPresent(code -> detail.put("enhanced", code.toString()));
    detail.put("text", cut(reply.text()));
  }

  private static Map<String, Object> refusal(ReceiverRefusal refusal) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("mailbox", cut(refusal.mailbox()));
    detail.put("host", cut("our receiver " + refusal.mailbox()));
    detail.put("stage", refusal.stage());
    reply(detail, refusal.answer());
    detail.put("client", cut(refusal.client()));
    detail.put("helo", cut(refusal.helo()));
    detail.put("tiedBy", refusal.tiedBy());
    detail.put("confidence", refusal.certain() ? "proven" : "likely");
    return with(detail, refusal.meaning());
  }

  private static Map<String, Object> queued(QueueSighting sighting) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("queue", cut(sighting.queue()));
    detail.put("relay", cut(sighting.relay()));
    detail.put("queueId", cut(sighting.queueId()));
    detail.put("state", sighting.state());
    detail.put("text", cut(sighting.reason()));
    detail.put("tiedBy", sighting.tiedBy());
    return with(detail, sighting.meaning());
  }

  private static Map<String, Object> with(Map<String, Object> detail, Meaning meaning) {
    if (meaning.cause() != Cause.NONE) {
      detail.put("cause", meaning.cause().word());
    }
    if (!meaning.persistence().isEmpty()) {
      detail.put("persistence", meaning.persistence());
    }
    if (!meaning.why().isEmpty()) {
      detail.put("why", cut(meaning.why()));
    }
    return detail;
  }

  private static Map<String, Object> report(String action, Report report) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("action", cut(action));
    detail.put("recipient", cut(report.recipient()));
    putIfPresent(detail, "status", report.status());
    Integer code = report.replyCode();
    if (code != null) {
      detail.put("replyCode", code);
    }
    detail.put("diagnostic", cut(report.diagnostic()));
    putIfPresent(detail, "remoteMta", report.remoteMta());
    putIfPresent(detail, "reportingMta", report.reportingMta());
    detail.put("tiedBy", report.tiedBy());
    where(detail, report.arrival());
    return with(detail, report.meaning());
  }

  private static Map<String, Object> farEnd(Arrival arrival, List<Received> hops) {
    Map<String, Object> detail = new LinkedHashMap<>();
    where(detail, arrival);
    detail.put("hopsOut", hops(hops));
    return detail;
  }

  private static void where(Map<String, Object> detail, Arrival arrival) {
    detail.put("arrivedAt", arrival.at().toString());
    detail.put("resolutionSeconds", seconds(arrival.resolution()));
    detail.put("mailbox", cut(arrival.mailbox()));
    detail.put("folder", cut(arrival.folder()));
    detail.put("uid", cut(arrival.uid()));
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
      Arrival arrival, boolean altered, List<Received> hops, List<HopWait> waits) {
    Map<String, Object> detail = new LinkedHashMap<>();
    where(detail, arrival);
    detail.put("altered", altered);
    detail.put("hops", hops(hops));
    if (!waits.isEmpty()) {
      detail.put("waits", waits(waits));
    }
    return detail;
  }

  private static List<Map<String, Object>> waits(List<HopWait> waits) {
    List<Map<String, Object>> result = new ArrayList<>();
    for (HopWait wait : waits.subList(0, Math.min(waits.size(), MOST_HOPS))) {
      Map<String, Object> detail = new LinkedHashMap<>();
      detail.put("from", cut(wait.from()));
      detail.put("to", cut(wait.to()));
      detail.put("measuredSeconds", seconds(wait.measured()));
      detail.put("excessSeconds", seconds(wait.excess()));
      result.add(detail);
    }
    return result;
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

  private static Map<String, Object> check(AuthenticationCheck check) {
    Map<String, Object> detail = new LinkedHashMap<>();
    detail.put("method", check.method().word());
    detail.put("result", check.result().word());
    detail.put("by", cut(check.by()));
    detail.put("domain", cut(check.domain()));
    detail.put("reason", cut(check.reason()));
    return detail;
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
