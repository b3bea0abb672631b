package io.mailcanary.web;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.swagger.v3.oas.annotations.Hidden;

/// Style and script of the pages.
@Hidden
@Controller("/assets")
final class AssetController {
  private final Pages pages;

  AssetController(Pages pages) {
    this.pages = pages;
  }

  @Get("/{name}")
  @Produces({MediaType.TEXT_CSS, "text/javascript", "image/svg+xml"})
  HttpResponse<String> asset(String name) {
    return pages
        .assets()
        .find(name)
        .<HttpResponse<String>>map(asset ->
            HttpResponse.ok(asset.text())
                .header(HttpHeaders.CACHE_CONTROL, "public, max-age=31536000, immutable")
                .contentType(MediaType.of(asset.type())))
        .orElseGet(HttpResponse::notFound);
  }
}
