package io.mailcanary.trace;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.notify.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Traces as OTLP 1 has them in JSON: ids in hexadecimal digits, long numbers as texts.
final class Otlp {
  private static final int INTERNAL = 1;
  private static final int OK = 1;
  private static final int ERROR = 2;
  private static final long A_SECOND = 1_000_000_000L;

  private Otlp() {}

  /// @param instance which of several replicas tells
  static String text(List<Story> stories, String instance) {
    ObjectNode request = Json.object();
    ObjectNode resourceSpans = request.putArray("resourceSpans").addObject();
    attributes(
        resourceSpans.putObject("resource"),
        Map.of("service.name", "mailcanary", "service.instance.id", instance));
    ObjectNode scopeSpans = resourceSpans.putArray("scopeSpans").addObject();
    scopeSpans.putObject("scope").put("name", "io.mailcanary");
    ArrayNode spans = scopeSpans.putArray("spans");
    for (Story story : stories) {
      String trace = new TraceIds(story.canary().id()).trace();
      Spans.of(story).forEach(span -> add(spans.addObject(), trace, span));
    }
    return Json.text(request);
  }

  private static void add(ObjectNode node, String trace, Span span) {
    node.put("traceId", trace).put("spanId", span.id());
    if (!span.parent().isEmpty()) {
      node.put("parentSpanId", span.parent());
    }
    node.put("name", span.name())
        .put("kind", INTERNAL)
        .put("startTimeUnixNano", nanos(span.start()))
        .put("endTimeUnixNano", nanos(span.end()));
    attributes(node, span.attributes());
    if (!span.moments().isEmpty()) {
      ArrayNode events = node.putArray("events");
      for (Span.Moment moment : span.moments()) {
        ObjectNode event =
            events.addObject().put("timeUnixNano", nanos(moment.at())).put("name", moment.name());
        attributes(event, moment.attributes());
      }
    }
    if (!span.error().isEmpty()) {
      node.putObject("status").put("code", ERROR).put("message", span.error());
    } else if (Spans.isGood(span.attributes())) {
      node.putObject("status").put("code", OK);
    }
  }

  private static void attributes(ObjectNode node, Map<String, Object> attributes) {
    ArrayNode list = node.putArray("attributes");
    attributes.forEach((key, value) -> {
      ObjectNode holder = list.addObject().put("key", key).putObject("value");
      switch (value) {
        case Boolean truth -> holder.put("boolValue", truth);
        case Integer number -> holder.put("intValue", Integer.toString(number));
        case Long number -> holder.put("intValue", Long.toString(number));
        default -> holder.put("stringValue", value.toString());
      }
    });
  }

  private static String nanos(Instant at) {
    return Long.toString(at.getEpochSecond() * A_SECOND + at.getNano());
  }
}
