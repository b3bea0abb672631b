package io.mailcanary.api;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;

/// Whoever opens the bare address is shown the status.
@Hidden
@Controller
final class RootController {
  @Get
  HttpResponse<?> root() {
    return HttpResponse.seeOther(URI.create("/api/v1/status"));
  }
}
