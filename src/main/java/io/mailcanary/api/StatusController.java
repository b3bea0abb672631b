package io.mailcanary.api;

import io.mailcanary.dispatch.Dispatcher;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.mail.Severity;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.Part;
import io.mailcanary.verdict.Health;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How everything is, in one answer.
@Controller("/api/v1")
final class StatusController {
  private final Board board;
  private final Dispatcher dispatcher;
  private final InstantSource clock;
  private final PlanSource plans;

  StatusController(Board board, Dispatcher dispatcher, InstantSource clock, PlanSource plans) {
    this.board = board;
    this.dispatcher = dispatcher;
    this.clock = clock;
    this.plans = plans;
  }

  /// @param status the worst health of all paths
  /// @param at when this was so
  /// @param paths how many paths are how
  record Status(
      String status,
      String at,
      Map<String, Integer> paths,
      int openIncidents,
      Observer observer,
      Configuration configuration) {}

  /// We ourselves.
  record Observer(boolean ok, List<ObserverPart> parts) {}

  record ObserverPart(String part, boolean ok, String since, String reason) {}

  /// @param problems what is wrong with newer probe files that were refused
  /// @param warnings what may go wrong with those in force
  record Configuration(String loadedAt, boolean ok, List<String> problems, List<String> warnings) {}

  /// The status of everything.
  ///
  /// @param strict whether anything but `ok` is answered with 503
  @Get("/status")
  HttpResponse<Status> status(@QueryValue(defaultValue = "false") boolean strict) {
    Status status = now();
    boolean good =
        status.status().equals(Health.OK.word())
            && status.observer().ok()
            && status.configuration().ok();
    return strict && !good
        ? HttpResponse.<Status>serverError().status(503).body(status)
        : HttpResponse.ok(status);
  }

  private int openIncidents() {
    long open = 0;
    for (Severity severity : Severity.values()) {
      open += dispatcher.count(severity, IncidentState.OPEN);
      open += dispatcher.count(severity, IncidentState.ACKNOWLEDGED);
    }
    return Math.toIntExact(open);
  }

  private Status now() {
    Map<Health, Integer> healths = board.healths();
    Health worst = healths.keySet().stream().min(Health::compareTo).orElse(Health.PENDING);
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Health health : Health.values()) {
      counts.put(health.word(), healths.getOrDefault(health, 0));
    }
    List<Part> parts = board.parts();
    ConfigurationView configuration = board.configuration();
    return new Status(
        worst.word(),
        clock.instant().toString(),
        counts,
        openIncidents(),
        new Observer(
            parts.stream().allMatch(Part::ok),
            parts.stream()
                .map(p -> new ObserverPart(p.name(), p.ok(), p.since().toString(), p.reason()))
                .toList()),
        new Configuration(
            configuration.loadedAt().toString(),
            configuration.ok(),
            configuration.problems(),
            List.copyOf(plans.get().paging().cautions().values())));
  }
}
