package io.mailcanary.api;

import io.micronaut.core.io.ResourceResolver;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.server.types.files.StreamedFile;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URL;

/// The description of this interface, made when it is compiled.
@Hidden
@Controller("/api/v1")
final class OpenApiController {
  private static final String FILE = "classpath:META-INF/swagger/mailcanary-1.yml";

  private final ResourceResolver resources;

  OpenApiController(ResourceResolver resources) {
    this.resources = resources;
  }

  @Get("/openapi.yml")
  @Produces("application/yaml")
  HttpResponse<StreamedFile> document() {
    URL document =
        resources
            .getResource(FILE)
            .orElseThrow(() -> new RefusedException(404, "this build has no OpenAPI document"));
    return HttpResponse.ok(new StreamedFile(document).attach("openapi.yml"))
        .contentType(MediaType.of("application/yaml"));
  }
}
