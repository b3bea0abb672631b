package io.mailcanary.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.mailcanary.dispatch.IncidentDesk;
import io.mailcanary.incident.IncidentKind;
import io.mailcanary.incident.Match;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.Severity;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Status;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Times in which nobody is told.
@Controller("/api/v1/silences")
@ExecuteOn(TaskExecutors.BLOCKING)
final class SilenceController {
  private static final int LONGEST_WHY = 1_000;

  private final IncidentDesk desk;
  private final InstantSource clock;

  SilenceController(IncidentDesk desk, InstantSource clock) {
    this.desk = desk;
    this.clock = clock;
  }

  /// What a silence is for; what is left out matches everything.
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record MatchResource(
      @Nullable String severity,
      @Nullable String kind,
      @Nullable String path,
      @Nullable String group,
      @Nullable Map<String, String> labels) {}

  /// A silence as it is posted, with the keys of the probe files.
  record Asked(
      @Nullable MatchResource match,
      @Nullable String from,
      @Nullable String to,
      @Nullable String why) {}

  /// A silence.
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record SilenceResource(
      String id,
      MatchResource match,
      String from,
      String to,
      String why,
      String by,
      boolean active) {}

  /// Those that are not over.
  @Get
  Listing<SilenceResource> silences() {
    List<SilenceResource> all = desk.silences().stream().map(this::resource).toList();
    return new Listing<>(all, null);
  }

  /// Silences what matches, from now on where no beginning is given.
  @Post
  HttpResponse<SilenceResource> silence(@Body Asked asked) {
    Instant now = clock.instant();
    Instant from = asked.from() == null ? now : at("from", asked.from());
    Instant to = at("to", asked.to() == null ? "" : asked.to());
    if (!to.isAfter(from) || !to.isAfter(now)) {
      throw new RefusedException(
          400, "to is '%s', expected later than from and than now".formatted(to));
    }
    String why = asked.why() == null ? "" : asked.why().strip();
    if (why.isEmpty() || why.length() > LONGEST_WHY) {
      throw new RefusedException(
          400, "why is missing or too long, expected 1 to %d characters".formatted(LONGEST_WHY));
    }
    Silence silence =
        new Silence(UUID.randomUUID().toString(), match(asked.match()), from, to, why, "API");
    desk.silence(silence);
    return HttpResponse.created(resource(silence));
  }

  /// Ends a silence that was posted; those of the probe files end there.
  @Delete("/{id}")
  @Status(HttpStatus.NO_CONTENT)
  void end(String id) {
    if (!desk.endSilence(id)) {
      throw new RefusedException(404, "there is no posted silence '%s'".formatted(id));
    }
  }

  private static Match match(@Nullable MatchResource asked) {
    return asked == null
        ? Match.EVERYTHING
        : new Match(
            Optional.ofNullable(asked.severity()).map(SilenceController::severity),
            Optional.ofNullable(asked.kind()).map(SilenceController::kind),
            Optional.ofNullable(asked.path()),
            Optional.ofNullable(asked.group()),
            asked.labels() == null ? Map.of() : asked.labels());
  }

  private static Severity severity(String word) {
    return switch (word) {
      case "page" -> Severity.PAGE;
      case "warn" -> Severity.WARN;
      default ->
          throw new RefusedException(
              400, "match.severity is '%s', allowed are page and warn".formatted(word));
    };
  }

  private static IncidentKind kind(String word) {
    try {
      return IncidentKind.of(word);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(
          400,
          "match.kind is '%s', allowed are %s"
              .formatted(
                  word,
                  String.join(
                      ", ",
                      java.util.Arrays.stream(IncidentKind.values())
                          .map(IncidentKind::word)
                          .toList())));
    }
  }

  private static Instant at(String key, String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new RefusedException(
          400, "%s is '%s', expected a time such as 2026-12-01T20:00:00Z".formatted(key, text));
    }
  }

  private SilenceResource resource(Silence silence) {
    Match match = silence.match();
    return new SilenceResource(
        silence.id(),
        new MatchResource(
            match.severity().map(Severity::word).orElse(null),
            match.kind().map(IncidentKind::word).orElse(null),
            match.path().orElse(null),
            match.group().orElse(null),
            match.labels()),
        silence.from().toString(),
        silence.to().toString(),
        silence.why(),
        silence.by(),
        silence.isActive(clock.instant()));
  }
}
