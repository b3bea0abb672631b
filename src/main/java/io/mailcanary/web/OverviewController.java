package io.mailcanary.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/// Whoever opens the bare address sees how everything is: a person the page, a program the status.
@Hidden
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
final class OverviewController {
  private final Pages pages;
  private final Overview overview;

  OverviewController(Pages pages, Overview overview) {
    this.pages = pages;
    this.overview = overview;
  }

  /// @param q only paths whose name, description, group or labels hold this
  /// @param health only paths that are so
  @Get
  @Produces({MediaType.TEXT_HTML, MediaType.APPLICATION_JSON, MediaType.ALL})
  HttpResponse<String> root(
      HttpRequest<?> request,
      @Nullable @QueryValue String q,
      @Nullable @QueryValue String health,
      @Nullable @QueryValue Integer page) {
    String accept = request.getHeaders().get(HttpHeaders.ACCEPT);
    if (accept == null || !accept.contains("text/html")) {
      return HttpResponse.seeOther(URI.create("/api/v1/status"));
    }
    Overview.Asked asked = Overview.Asked.of(q, health, page);
    return pages.show(request, (_, now) -> overview.page(asked, now));
  }
}
