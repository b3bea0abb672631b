package io.mailcanary.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.Severity;
import java.io.IOException;
import java.io.Serial;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Incidents and what is told of them, as JSON: the components of the records by name. What a later
/// version has added is left out by an earlier one.
final class Documents {
  /// Plain ASCII, so that any character of a reply survives any database.
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
          .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
          .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
          .addModule(
              new SimpleModule()
                  .addSerializer(Instant.class, new InstantAsText())
                  .addDeserializer(Instant.class, new TextAsInstant()))
          .build();

  /// A silence with nothing in it that may be absent.
  private record SilenceDocument(
      String id,
      @Nullable String severity,
      @Nullable String kind,
      @Nullable String path,
      @Nullable String group,
      Map<String, String> labels,
      Instant from,
      Instant to,
      String why,
      String by) {}

  private Documents() {}

  static String text(Incident incident) {
    return write(incident);
  }

  static String text(Notification notification) {
    return write(notification);
  }

  static String text(Silence silence) {
    Match match = silence.match();
    return write(
        new SilenceDocument(
            silence.id(),
            match.severity().map(Severity::word).orElse(null),
            match.kind().map(IncidentKind::word).orElse(null),
            match.path().orElse(null),
            match.group().orElse(null),
            match.labels(),
            silence.from(),
            silence.to(),
            silence.why(),
            silence.by()));
  }

  static Incident incident(String text) {
    return read(text, Incident.class);
  }

  static Notification notification(String text) {
    return read(text, Notification.class);
  }

  static Silence silence(String text) {
    SilenceDocument document = read(text, SilenceDocument.class);
    Match match =
        new Match(
            Optional.ofNullable(document.severity()).map(Documents::severity),
            Optional.ofNullable(document.kind()).map(IncidentKind::of),
            Optional.ofNullable(document.path()),
            Optional.ofNullable(document.group()),
            document.labels());
    return new Silence(
        document.id(), match, document.from(), document.to(), document.why(), document.by());
  }

  static Severity severity(String word) {
    return Severity.valueOf(word.toUpperCase(java.util.Locale.ROOT));
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records make JSON", e);
    }
  }

  private static <T> T read(String text, Class<T> type) {
    try {
      return JSON.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw new StoreException(
          "a document of type %s cannot be read: %s"
              .formatted(type.getSimpleName(), e.getOriginalMessage()),
          e);
    }
  }

  private static final class InstantAsText extends StdSerializer<Instant> {
    @Serial private static final long serialVersionUID = 1L;

    InstantAsText() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      generator.writeString(value.toString());
    }
  }

  private static final class TextAsInstant extends StdDeserializer<Instant> {
    @Serial private static final long serialVersionUID = 1L;

    TextAsInstant() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      return Instant.parse(parser.getText());
    }
  }
}
