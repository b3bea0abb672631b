package io.mailcanary.web;

import io.mailcanary.api.Destination;
import io.mailcanary.api.Gate;
import io.mailcanary.api.Providers;
import io.mailcanary.api.Sessions;
import io.micronaut.http.HttpHeaders;
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
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lets people in by a token or by who vouches for them, and out again.
@Hidden
@Controller
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class LoginController {
  private final Pages pages;
  private final Gate gate;
  private final Sessions sessions;
  private final Providers providers;

  LoginController(Pages pages, Gate gate, Sessions sessions, Providers providers) {
    this.pages = pages;
    this.gate = gate;
    this.sessions = sessions;
    this.providers = providers;
  }

  /// @param to where to go then
  /// @param failed why somebody is not let in
  @Get("/login")
  HttpResponse<String> page(
      HttpRequest<?> request,
      @Nullable @QueryValue String to,
      @Nullable @QueryValue String failed) {
    return pages.show(request, 200, (_, _) -> page(to, why(failed)));
  }

  @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
  @Post("/login")
  HttpResponse<String> logIn(HttpRequest<?> request, @Nullable @Body Map<String, String> form) {
    Map<String, String> given = form == null ? Map.of() : form;
    String to = given.get("to");
    return switch (gate.logIn(request, given.getOrDefault("token", ""))) {
      case Gate.Login.Done(var cookie) ->
          HttpResponse.<String>seeOther(URI.create(Destination.safe(to))).cookie(cookie);
      case Gate.Login.Unknown _ ->
          pages.show(request, 401, (_, _) -> page(to, "No token is like that."));
      case Gate.Login.Later(Duration wait) ->
          pages
              .show(
                  request,
                  429,
                  (_, _) ->
                      page(
                          to,
                          "Too many wrong tokens came from your address. Try again in %s."
                              .formatted(Times.rough(wait))))
              .header(HttpHeaders.RETRY_AFTER, Long.toString(wait.toSeconds()));
    };
  }

  @Consumes(MediaType.ALL)
  @Post("/logout")
  HttpResponse<String> logOut(HttpRequest<?> request) {
    return HttpResponse.<String>seeOther(URI.create("/")).cookie(sessions.end(request));
  }

  private static String why(@Nullable String failed) {
    return switch (failed) {
      case null -> "";
      case "doubt" ->
          "The database does not answer, so nobody can tell which sessions were ended. Log in anew;"
              + " sessions from before are let in again once it answers.";
      case "rights" -> "The provider knows you, and none of service.people fits you.";
      default -> "The provider did not let you in. Try again; the log says more.";
    };
  }

  private Pages.Page page(@Nullable String to, String problem) {
    Map<String, Object> model = new HashMap<>();
    model.put("to", Destination.safe(to));
    model.put("problem", problem);
    model.put("tokens", gate.hasTokens());
    model.put("guarded", gate.isGuarded());
    model.put("providers", providers.all());
    return new Pages.Page("login", "Log in", "login", model);
  }
}
