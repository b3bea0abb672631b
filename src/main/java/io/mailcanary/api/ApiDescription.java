package io.mailcanary.api;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.info.License;

/// What the OpenAPI document says of the whole.
@OpenAPIDefinition(
    info =
        @Info(
            title = "mailcanary",
            version = "1",
            description = "How mail paths are, and what became of each canary.",
            license = @License(name = "Apache-2.0")))
final class ApiDescription {
  private ApiDescription() {}
}
