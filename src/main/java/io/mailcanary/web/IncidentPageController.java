package io.mailcanary.web;

import io.mailcanary.api.Markers;
import io.mailcanary.store.WatchStore;
import io.mailcanary.verdict.Change;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Incidents, silences and changes.
@Hidden
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class IncidentPageController {
  private static final int PER_PAGE = 100;

  private final Pages pages;
  private final IncidentPage content;
  private final WatchStore watched;
  private final Markers markers;

  IncidentPageController(Pages pages, IncidentPage content, WatchStore watched, Markers markers) {
    this.pages = pages;
    this.content = content;
    this.watched = watched;
    this.markers = markers;
  }

  @Get("/incidents")
  HttpResponse<String> incidents(
      HttpRequest<?> request,
      @Nullable @QueryValue String state,
      @Nullable @QueryValue String before) {
    return pages.show(request, (_, now) -> content.list(state, before, now));
  }

  @Get("/incidents/{id}")
  HttpResponse<String> incident(HttpRequest<?> request, String id) {
    return pages.show(request, (_, now) -> content.one(id, now));
  }

  @Consumes(MediaType.ALL)
  @Post("/incidents/{id}/acknowledge")
  HttpResponse<String> acknowledge(HttpRequest<?> request, String id) {
    return pages.act(
        request,
        () -> {
          content.acknowledge(id, pages.visitor(request).name());
          return "/incidents/" + id;
        });
  }

  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Post("/incidents/{id}/silence")
  HttpResponse<String> silence(
      HttpRequest<?> request, String id, @Nullable @Body Map<String, String> form) {
    return pages.act(
        request,
        () -> {
          content.silence(id, form == null ? Map.of() : form, pages.by(request), pages.now());
          return "/incidents";
        });
  }

  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Post("/paths/{name}/silence")
  HttpResponse<String> silencePath(
      HttpRequest<?> request, String name, @Nullable @Body Map<String, String> form) {
    return pages.act(
        request,
        () -> {
          content.silencePath(name, form == null ? Map.of() : form, pages.by(request), pages.now());
          return "/incidents";
        });
  }

  @Consumes(MediaType.ALL)
  @Post("/silences/{id}/end")
  HttpResponse<String> endSilence(HttpRequest<?> request, String id) {
    return pages.act(
        request,
        () -> {
          content.endSilence(id);
          return "/incidents";
        });
  }

  @Get("/changes")
  HttpResponse<String> changes(HttpRequest<?> request, @Nullable @QueryValue String before) {
    return pages.show(
        request,
        (_, _) -> {
          List<Change> found = watched.changes(before, PER_PAGE + 1);
          Map<String, Object> model = new HashMap<>();
          model.put("changes", found.stream().limit(PER_PAGE).toList());
          model.put("older", found.size() > PER_PAGE ? found.get(PER_PAGE - 1).id() : "");
          model.put("live", "changes");
          return new Pages.Page("changes", "Changes", "changes", model);
        });
  }

  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Post("/changes")
  HttpResponse<String> mark(HttpRequest<?> request, @Nullable @Body Map<String, String> form) {
    return pages.act(
        request,
        () -> {
          try {
            Map<String, String> given = form == null ? Map.of() : form;
            String who = given.getOrDefault("who", "");
            String id = markers.leave(given.get("what"), who.isBlank() ? null : who, null).id();
            return "/changes#c-" + id;
          } catch (IllegalArgumentException e) {
            throw new NoSuchPageException(400, String.valueOf(e.getMessage()));
          }
        });
  }
}
