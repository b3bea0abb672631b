package io.mailcanary.web;

import io.mailcanary.api.FaultSource;
import io.mailcanary.api.Faults;
import io.mailcanary.store.IncidentStore;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Breaks the built-in mail world on purpose, and shows what was found of it.
@Hidden
@Controller("/faults")
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class FaultPageController {
  private static final int LONGEST_VALUE = 200;
  private static final int MOST_INCIDENTS = 12;

  private final Pages pages;
  private final FaultSource source;
  private final IncidentStore incidents;

  FaultPageController(Pages pages, FaultSource source, IncidentStore incidents) {
    this.pages = pages;
    this.source = source;
    this.incidents = incidents;
  }

  @Get
  HttpResponse<String> faults(HttpRequest<?> request) {
    return pages.show(
        request,
        (_, now) -> {
          List<Faults.Fault> all = here().all();
          Map<String, Object> model = new HashMap<>();
          model.put("faults", all);
          model.put("count", all.stream().filter(Faults.Fault::on).count());
          model.put(
              "found",
              incidents.page(null, null, MOST_INCIDENTS).stream()
                  .map(one -> IncidentHead.of(one, now))
                  .toList());
          model.put("live", "faults");
          return new Pages.Page("faults", "Faults", "faults", model);
        });
  }

  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Post("/{name}/on")
  HttpResponse<String> on(
      HttpRequest<?> request, String name, @Nullable @Body Map<String, String> form) {
    return switched(request, name, faults -> faults.switchOn(name, value(form)));
  }

  @Consumes(MediaType.ALL)
  @Post("/{name}/off")
  HttpResponse<String> off(HttpRequest<?> request, String name) {
    return switched(request, name, faults -> faults.switchOff(name));
  }

  private HttpResponse<String> switched(
      HttpRequest<?> request, String name, Function<Faults, Optional<Faults.Fault>> action) {
    return pages.act(
        request,
        () -> {
          try {
            return action
                .apply(here())
                .map(fault -> "/faults#f-" + fault.name())
                .orElseThrow(
                    () -> new NoSuchPageException(404, "there is no fault '%s'".formatted(name)));
          } catch (IllegalArgumentException e) {
            throw new NoSuchPageException(400, String.valueOf(e.getMessage()));
          }
        });
  }

  private static @Nullable String value(@Nullable Map<String, String> form) {
    String value = form == null ? "" : form.getOrDefault("value", "").strip();
    if (value.length() > LONGEST_VALUE || value.chars().anyMatch(Character::isISOControl)) {
      throw new NoSuchPageException(
          400, "a value is one line of at most %d characters".formatted(LONGEST_VALUE));
    }
    return value.isEmpty() ? null : value;
  }

  private Faults here() {
    return source
        .get()
        .orElseThrow(() ->
            new NoSuchPageException(
                404, "faults can be switched in 'demo' alone: this service watches real mail"));
  }
}
