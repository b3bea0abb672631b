package io.mailcanary.trace;

import io.mailcanary.canary.Arrival;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryEvent;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.HopWait;
import io.mailcanary.canary.Report;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes spans of a canary's way: put on record, each attempt with its stages, on its way, looked
/// for, booked. Its tag, and so its message id, is a secret of a kind, and is in none of them.
final class Spans {
  private static final int LONGEST_WORDS = 300;
  private static final Set<String> GOOD = Set.of("delivered");
  private static final Set<String> BAD = Set.of("bounced", "rejected", "lost");

  private final Story story;
  private final Canary canary;
  private final TraceIds ids;
  private final List<Span> spans = new ArrayList<>();
  private final List<Span.Moment> moments = new ArrayList<>();
  private int attempts;

  private Spans(Story story) {
    this.story = story;
    this.canary = story.canary();
    this.ids = new TraceIds(canary.id());
  }

  /// The whole way comes first.
  static List<Span> of(Story story) {
    return new Spans(story).all();
  }

  private List<Span> all() {
    Instant recordedAt = story.recordedAt();
    if (recordedAt != null) {
      spans.add(part("record", canary.scheduledAt(), recordedAt, Map.of(), List.of(), ""));
    }
    story.events().forEach(this::tell);
    if (story.isWhole()) {
      spans.addFirst(root());
    } else {
      Instant at = story.events().getFirst().at();
      spans.add(part("later-" + at.toEpochMilli(), "later", at, at, outcome(), moments, ""));
    }
    return spans;
  }

  private Span root() {
    Instant end =
        spans.stream().map(Span::end).max(Comparator.naturalOrder()).orElse(canary.scheduledAt());
    for (Span.Moment moment : moments) {
      end = moment.at().isAfter(end) ? moment.at() : end;
    }
    String state = canary.state().word();
    String error = BAD.contains(state) ? state + ": " + canary.cause().word() : "";
    return new Span(
        ids.root(),
        "",
        "canary " + canary.path(),
        canary.scheduledAt(),
        end,
        outcome(),
        moments,
        error);
  }

  /// Whether the canary fared well, as far as its state alone tells.
  static boolean isGood(Map<String, Object> attributes) {
    return GOOD.contains(String.valueOf(attributes.get("mailcanary.state")));
  }

  private Map<String, Object> outcome() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("mailcanary.canary", canary.id().value());
    attributes.put("mailcanary.path", canary.path());
    attributes.put("mailcanary.leg", canary.leg());
    attributes.put("mailcanary.site", canary.site());
    attributes.put("mailcanary.state", canary.state().word());
    attributes.put("mailcanary.cause", canary.cause().word());
    attributes.put("mailcanary.attempts", canary.attempts());
    attributes.put("mailcanary.copies", canary.copies());
    attributes.put("mailcanary.altered", canary.altered());
    return attributes;
  }

  private void tell(CanaryEvent event) {
    switch (event) {
      case CanaryEvent.Scheduled _, CanaryEvent.AttemptStarted _ -> {}
      case CanaryEvent.Attempted attempted -> attempt(attempted);
      case CanaryEvent.Sighted sighted -> arrival(sighted);
      case CanaryEvent.Authenticated checked -> moment(checked, results(checked.decisive()));
      case CanaryEvent.Bounced bounced -> moment(bounced, words(bounced.report()));
      case CanaryEvent.DelayReported delayed -> moment(delayed, words(delayed.report()));
      case CanaryEvent.ProgressReported progress -> moment(progress, words(progress.report()));
      case CanaryEvent.RefusedByReceiver refused ->
          moment(refused, reply(refused.refusal().answer()));
      case CanaryEvent.FoundInQueue found ->
          moment(
              found,
              attributes(
                  "mailcanary.queue",
                  found.sighting().queue(),
                  "mailcanary.words",
                  cut(found.sighting().reason())));
      case CanaryEvent.ReachedFarEnd reached ->
          moment(reached, attributes("mailcanary.mailbox", reached.arrival().mailbox()));
      case CanaryEvent.Answered answered -> moment(answered, reply(answered.evidence().reply()));
      case CanaryEvent.AnswerSeen _,
          CanaryEvent.Checked _,
          CanaryEvent.Recovered _,
          CanaryEvent.ClockStepped _ ->
          moment(event, Map.of());
    }
  }

  private void moment(CanaryEvent event, Map<String, Object> attributes) {
    moments.add(new Span.Moment(event.at(), event.kind(), attributes));
  }

  private void attempt(CanaryEvent.Attempted attempted) {
    Evidence last = attempted.evidence();
    last.earlier().forEach(one -> attempt(one, "failed"));
    attempt(last, attempted.kind());
  }

  private void attempt(Evidence evidence, String outcome) {
    attempts++;
    Map<String, Object> attributes = new LinkedHashMap<>(reply(evidence.reply()));
    attributes.putAll(
        attributes(
            "mailcanary.outcome",
            outcome,
            "mailcanary.stage",
            evidence.stage().word(),
            "server.address",
            evidence.host(),
            "network.peer.address",
            evidence.peer(),
            "tls.version",
            evidence.tlsVersion(),
            "mailcanary.connection.reused",
            evidence.reused()));
    Evidence.Failure failure = evidence.failure();
    String error =
        outcome.equals("accepted") ? "" : failure == null ? outcome : cut(failure.words());
    String name = "attempt-" + attempts;
    Instant start = evidence.startedAt();
    spans.add(
        part(name, "attempt", start, start.plus(evidence.total()), attributes, List.of(), error));
    Instant at = start;
    for (Stage stage : Stage.values()) {
      Duration took = evidence.times().get(stage);
      if (took != null) {
        boolean broke = !error.isEmpty() && stage == evidence.stage();
        spans.add(
            new Span(
                ids.span(name + stage.word()),
                ids.span(name),
                stage.word(),
                at,
                at.plus(took),
                Map.of(),
                List.of(),
                broke ? error : ""));
        at = at.plus(took);
      }
    }
  }

  private void arrival(CanaryEvent.Sighted sighted) {
    Arrival arrival = sighted.arrival();
    Instant sent = canary.sentAt();
    boolean first = arrival.isSameMessage(canary.arrival());
    if (!first) {
      moment(sighted, place(arrival));
      return;
    }
    if (sent != null) {
      spans.add(part("transit", sent, arrival.at(), Map.of(), waits(sighted), ""));
    }
    if (!story.looks().isEmpty()) {
      spans.add(
          part(
              "looks",
              story.looks().getFirst(),
              arrival.bookedAt(),
              attributes("mailcanary.looks", story.looks().size()),
              story.looks().stream().map(at -> new Span.Moment(at, "look", Map.of())).toList(),
              ""));
    }
    spans.add(part("booking", arrival.at(), arrival.bookedAt(), place(arrival), List.of(), ""));
  }

  private static List<Span.Moment> waits(CanaryEvent.Sighted sighted) {
    Instant at = sighted.arrival().at();
    List<Span.Moment> waits = new ArrayList<>();
    for (HopWait wait : sighted.waits()) {
      waits.add(
          new Span.Moment(
              at,
              "hop",
              attributes(
                  "mailcanary.hop.from",
                  wait.from(),
                  "mailcanary.hop.to",
                  wait.to(),
                  "mailcanary.hop.milliseconds",
                  wait.measured().toMillis())));
    }
    return waits;
  }

  private static Map<String, Object> place(Arrival arrival) {
    return attributes(
        "mailcanary.mailbox",
        arrival.mailbox(),
        "mailcanary.folder",
        arrival.folder(),
        "mailcanary.resolution.milliseconds",
        arrival.resolution().toMillis());
  }

  private static Map<String, Object> results(List<AuthenticationCheck> checks) {
    Map<String, Object> results = new LinkedHashMap<>();
    checks.forEach(
        check -> results.put("mailcanary." + check.method().word(), check.result().word()));
    return results;
  }

  private static Map<String, Object> words(Report report) {
    return attributes(
        "smtp.enhanced_status",
        report.status(),
        "smtp.reply_code",
        report.replyCode(),
        "mailcanary.remote-mta",
        report.remoteMta(),
        "mailcanary.words",
        cut(report.diagnostic()));
  }

  private static Map<String, Object> reply(@Nullable SmtpReply reply) {
    return reply == null
        ? Map.of()
        : attributes(
            "smtp.reply_code",
            reply.code(),
            "smtp.enhanced_status",
            reply.enhanced().map(Object::toString).orElse(null),
            "mailcanary.words",
            cut(reply.text()));
  }

  private static Map<String, Object> attributes(@Nullable Object... pairs) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      Object value = pairs[i + 1];
      if (value != null) {
        attributes.put(String.valueOf(pairs[i]), value);
      }
    }
    return attributes;
  }

  private static String cut(String words) {
    return words.length() > LONGEST_WORDS ? words.substring(0, LONGEST_WORDS) + "…" : words;
  }

  private Span part(
      String name,
      Instant start,
      Instant end,
      Map<String, Object> attributes,
      List<Span.Moment> inIt,
      String error) {
    return part(name, name, start, end, attributes, inIt, error);
  }

  /// Clocks of others may run ahead of ours: nothing ends before it begins.
  private Span part(
      String id,
      String name,
      Instant start,
      Instant end,
      Map<String, Object> attributes,
      List<Span.Moment> inIt,
      String error) {
    return new Span(
        ids.span(id),
        ids.root(),
        name,
        start,
        end.isBefore(start) ? start : end,
        attributes,
        List.copyOf(inIt),
        error);
  }
}
