package io.mailcanary.api;

import io.mailcanary.prober.WithheldException;
import io.mailcanary.store.StoreException;
import io.micronaut.context.annotation.Primary;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/// Turns every error into a problem document.
@Hidden
@Controller
final class Problems {
  @Error(global = true)
  MutableHttpResponse<Problem> refused(HttpRequest<?> request, RefusedException e) {
    return Problem.response(e.status(), String.valueOf(e.getMessage()));
  }

  @Error(global = true)
  MutableHttpResponse<Problem> storeAway(HttpRequest<?> request, StoreException e) {
    return Problem.response(503, "the database does not answer: nothing was done, try again");
  }

  @Error(global = true)
  MutableHttpResponse<Problem> withheld(HttpRequest<?> request, WithheldException e) {
    return Problem.response(429, "nothing was sent: " + e.getMessage());
  }

  /// What Micronaut itself refuses: no such resource, a body that is no JSON, a value out of range.
  @Primary
  @Singleton
  static final class OfTheServer implements ErrorResponseProcessor<Problem> {
    @Override
    public MutableHttpResponse<Problem> processResponse(
        ErrorContext context, MutableHttpResponse<?> response) {
      int status = response.code();
      String detail =
          context.getErrors().stream()
              .map(error -> error.getMessage())
              .collect(Collectors.joining("; "));
      // What broke inside is for the log alone.
      String shown = status >= 500 ? "an error inside; the log has it" : detail;
      return response
          .body(Problem.of(status, shown.isEmpty() ? response.reason() : shown))
          .contentType(Problem.MEDIA_TYPE);
    }
  }
}
