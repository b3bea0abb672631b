package io.mailcanary.metrics;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.Hidden;

/// What Prometheus scrapes.
@Hidden
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class MetricsController {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final ServiceMetrics metrics;

  MetricsController(ServiceMetrics metrics) {
    this.metrics = metrics;
  }

  @Get(value = "/metrics", produces = MediaType.ALL)
  HttpResponse<String> metrics(HttpRequest<?> request) {
    String accept = request.getHeaders().get("Accept");
    String type =
        accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
    return HttpResponse.ok(metrics.scrape(type)).contentType(type);
  }
}
