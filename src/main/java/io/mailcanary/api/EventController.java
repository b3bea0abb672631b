package io.mailcanary.api;

import io.mailcanary.runtime.Board;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.sse.Event;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.reactivestreams.Publisher;
import reactor.core.publisher.BufferOverflowStrategy;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/// Tells what happens while it happens, as server-sent events.
@Controller("/api/v1")
final class EventController {
  private static final int MOST_LISTENERS = 100;
  private static final int MOST_WAITING = 1000;
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);

  /// A stream is admitted once and lasts for hours; rights end meanwhile.
  private static final Duration SECOND_LOOK = Duration.ofSeconds(1);

  private final Board board;
  private final Gate gate;
  private final AtomicInteger listeners = new AtomicInteger();

  EventController(Board board, Gate gate) {
    this.board = board;
    this.gate = gate;
  }

  /// Events named `canary`, `path` and `incident`; their data is the resource. Who reads too slowly
  /// misses the oldest ones. The stream ends with the session or the token that it was asked for
  /// with.
  @Get("/events")
  @Produces(MediaType.TEXT_EVENT_STREAM)
  Publisher<Event<?>> events(HttpRequest<?> request) {
    if (listeners.get() >= MOST_LISTENERS) {
      throw new RefusedException(
          503, "%d listeners are connected already".formatted(MOST_LISTENERS));
    }
    Flux<Event<?>> news =
        Flux.<Event<?>>create(this::subscribe, FluxSink.OverflowStrategy.IGNORE)
            .onBackpressureBuffer(MOST_WAITING, BufferOverflowStrategy.DROP_OLDEST);
    Flux<Event<?>> life = Flux.interval(SIGN_OF_LIFE).map(_ -> Event.of("").comment("still here"));
    Flux<Long> end = Flux.interval(SECOND_LOOK).filter(_ -> !gate.readsOn(request));
    return Flux.merge(Flux.just(Event.of("").comment("connected")), life, news).takeUntilOther(end);
  }

  private void subscribe(FluxSink<Event<?>> sink) {
    listeners.incrementAndGet();
    AutoCloseable handle = board.listen(news -> sink.next(event(news)));
    sink.onDispose(() -> {
      listeners.decrementAndGet();
      close(handle);
    });
  }

  private static Event<?> event(Board.News news) {
    return switch (news) {
      case Board.News.OfCanary(var canary) -> Event.of(CanaryResource.of(canary)).name("canary");
      case Board.News.OfPath(var path) -> Event.of(PathResource.of(path)).name("path");
      case Board.News.OfIncident(var incident) ->
          Event.of(IncidentResource.of(incident)).name("incident");
    };
  }

  private static void close(AutoCloseable handle) {
    try {
      handle.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
