package io.mailcanary.metrics;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.scheduling.TaskExecutors;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.inject.Named;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// What Prometheus scrapes.
@Hidden
@Controller
final class MetricsController {
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final ServiceMetrics metrics;
  private final Scheduler blocking;

  MetricsController(
      ServiceMetrics metrics, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
    this.metrics = metrics;
    this.blocking = Schedulers.fromExecutorService(blocking);
  }

  @Get(value = "/metrics", produces = MediaType.ALL)
  HttpResponse<Publisher<byte[]>> metrics(HttpRequest<?> request) {
    String accept = request.getHeaders().get("Accept");
    String type =
        accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
    Publisher<byte[]> text =
        Flux.fromStream(() -> metrics.text(type))
            .map(piece -> piece.getBytes(StandardCharsets.UTF_8))
            .subscribeOn(blocking);
    return HttpResponse.<Publisher<byte[]>>ok(text).contentType(type);
  }
}
