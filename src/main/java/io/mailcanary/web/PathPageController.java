package io.mailcanary.web;

import io.mailcanary.prober.Prober;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A path with its canaries, and what can be done with it.
@Hidden
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class PathPageController {
  private final Pages pages;
  private final PathPage content;
  private final Prober prober;

  PathPageController(Pages pages, PathPage content, Prober prober) {
    this.pages = pages;
    this.content = content;
    this.prober = prober;
  }

  @Get("/paths/{name}")
  HttpResponse<String> path(
      HttpRequest<?> request,
      String name,
      @Nullable @QueryValue String range,
      @Nullable @QueryValue String canary,
      @Nullable @QueryValue String state,
      @Nullable @QueryValue String before) {
    PathPage.Asked asked = new PathPage.Asked(range, canary, state, before);
    return pages.show(request, (_, now) -> content.path(name, asked, now));
  }

  @Get("/canaries/{id}")
  HttpResponse<String> canary(HttpRequest<?> request, String id) {
    return pages.show(request, (_, now) -> content.canary(id, now));
  }

  @Consumes(MediaType.ALL)
  @Post("/paths/{name}/canaries")
  HttpResponse<String> send(HttpRequest<?> request, String name) {
    return pages.act(
        request,
        () ->
            prober
                .sendNow(name)
                .map(id -> at(name) + "?canary=" + id.value() + "#canary")
                .orElseThrow(() -> none(name)));
  }

  @Consumes(MediaType.ALL)
  @Post("/paths/{name}/pause")
  HttpResponse<String> pause(HttpRequest<?> request, String name) {
    return pages.act(request, () -> done(prober.pause(name), name));
  }

  @Consumes(MediaType.ALL)
  @Post("/paths/{name}/resume")
  HttpResponse<String> resume(HttpRequest<?> request, String name) {
    return pages.act(request, () -> done(prober.resume(name), name));
  }

  private static String done(boolean was, String name) {
    if (!was) {
      throw none(name);
    }
    return at(name);
  }

  static String at(String name) {
    return "/paths/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static NoSuchPageException none(String name) {
    return new NoSuchPageException(404, "there is no path '%s'".formatted(name));
  }
}
