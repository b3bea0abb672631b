package io.mailcanary.api;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;

/// What went wrong with a request, as a problem document (RFC 9457 §3).
///
/// @param type always `about:blank`: the status says what kind of problem it is (§4.2.1)
public record Problem(String type, String title, int status, String detail) {
  static final MediaType MEDIA_TYPE = MediaType.of("application/problem+json");

  static Problem of(int status, String detail) {
    String title;
    try {
      title = HttpStatus.valueOf(status).getReason();
    } catch (IllegalArgumentException e) {
      title = "Status " + status;
    }
    return new Problem("about:blank", title, status, detail);
  }

  static MutableHttpResponse<Problem> response(int status, String detail) {
    return HttpResponse.<Problem>status(status, Problem.of(status, detail).title())
        .contentType(MEDIA_TYPE)
        .body(of(status, detail));
  }
}
