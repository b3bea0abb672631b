package io.mailcanary.web;

import io.mailcanary.api.FaultSource;
import io.mailcanary.api.Gate;
import io.mailcanary.api.Visitor;
import io.mailcanary.prober.WithheldException;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.Part;
import io.mailcanary.runtime.ServiceSettings.Right;
import io.mailcanary.store.StoreException;
import io.mailcanary.verdict.Health;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/// Puts what a controller has to show into the frame that all pages share.
@Singleton
final class Pages {
  static final String PROBE_FILES = "probe files";

  private final Gate gate;
  private final Board board;
  private final FaultSource faults;
  private final InstantSource clock;

  /// Most services are never looked at.
  private static final class Lazy {
    private static final Templates TEMPLATES = new Templates();
    private static final Assets ASSETS = new Assets();
  }

  /// A page to be drawn.
  ///
  /// @param template its name
  /// @param title of the window
  /// @param here where it stands in the navigation
  record Page(String template, String title, String here, Map<String, Object> model) {}

  Pages(Gate gate, Board board, FaultSource faults, InstantSource clock) {
    this.gate = gate;
    this.board = board;
    this.faults = faults;
    this.clock = clock;
  }

  Assets assets() {
    return Lazy.ASSETS;
  }

  Instant now() {
    return clock.instant();
  }

  Visitor visitor(HttpRequest<?> request) {
    return gate.visitor(request);
  }

  /// Who has done something on a page. What stands in the probe files is nobody's to end.
  String by(HttpRequest<?> request) {
    String name = visitor(request).name();
    return name.isEmpty() || name.equals(PROBE_FILES) ? "page" : name;
  }

  /// Draws what `content` makes of who asks and when.
  ///
  /// @param content takes the visitor and the present
  MutableHttpResponse<String> show(
      HttpRequest<?> request, BiFunction<Visitor, Instant, Page> content) {
    return show(request, 200, content);
  }

  MutableHttpResponse<String> show(
      HttpRequest<?> request, int status, BiFunction<Visitor, Instant, Page> content) {
    Instant now = now();
    Visitor visitor = gate.visitor(request);
    try {
      return html(status, content.apply(visitor, now), visitor, now);
    } catch (NoSuchPageException e) {
      return problem(e.status(), String.valueOf(e.getMessage()), visitor, now);
    } catch (StoreException e) {
      return problem(503, "the database does not answer; try again", visitor, now);
    }
  }

  /// Acts, and leads to where the result is seen.
  HttpResponse<String> act(HttpRequest<?> request, Supplier<String> action) {
    Instant now = now();
    Visitor visitor = gate.visitor(request);
    try {
      return HttpResponse.seeOther(URI.create(action.get()));
    } catch (NoSuchPageException e) {
      return problem(e.status(), String.valueOf(e.getMessage()), visitor, now);
    } catch (StoreException e) {
      return problem(
          503, "the database does not answer: nothing was done, try again", visitor, now);
    } catch (WithheldException e) {
      return problem(429, "nothing was sent: " + e.getMessage(), visitor, now);
    }
  }

  private MutableHttpResponse<String> problem(
      int status, String sentence, Visitor visitor, Instant now) {
    return html(
        status,
        new Page("problem", "Not here", "", Map.of("status", status, "sentence", sentence)),
        visitor,
        now);
  }

  private MutableHttpResponse<String> html(int status, Page page, Visitor visitor, Instant now) {
    boolean mayRead = visitor.may(Right.READ);
    Map<String, Object> model = new HashMap<>(page.model());
    model.put("title", page.title());
    model.put("here", page.here());
    model.put("now", now);
    model.put("clock", Times.second(now));
    model.put("nowIso", Times.iso(now));
    model.put("mayRead", mayRead);
    model.put("mayAct", visitor.may(Right.ACT));
    model.put("who", visitor.name());
    model.put("inSession", visitor.inSession());
    model.put("canLogIn", gate.isGuarded() && visitor.name().isEmpty());
    model.put("assets", assets().names());
    // Whoever may not read gets to see nothing but the login.
    model.put("summary", mayRead ? summary() : "");
    model.put("faulty", faults.get().isPresent());
    model.putIfAbsent("live", "");
    // Whether something is still missing that is there in a moment.
    model.putIfAbsent("soon", false);
    return HttpResponse.<String>status(status, "")
        .status(status)
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .contentType(MediaType.of("text/html;charset=utf-8"))
        .body(Lazy.TEMPLATES.render(page.template(), model, now));
  }

  /// `11 of 14 paths deliver as promised · 3 defer`.
  private String summary() {
    Map<Health, Integer> healths = board.healths();
    int all = healths.values().stream().mapToInt(Integer::intValue).sum();
    StringBuilder text = new StringBuilder();
    text.append(
        "%,d of %,d paths deliver as promised".formatted(healths.getOrDefault(Health.OK, 0), all));
    for (Health health :
        List.of(Health.FAILING, Health.DEFERRING, Health.BLIND, Health.DEGRADED, Health.PAUSED)) {
      int count = healths.getOrDefault(health, 0);
      if (count > 0) {
        text.append(" · %,d %s".formatted(count, Words.are(health, count)));
      }
    }
    boolean sees = board.parts().stream().allMatch(Part::ok);
    if (!sees) {
      text.append(" · observer is impaired");
    } else if (healths.getOrDefault(Health.OK, 0) == all) {
      text.append(" · observer sees everything");
    }
    return text.toString();
  }
}
