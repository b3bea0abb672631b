package io.mailcanary.app;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// What a running service tells of one canary by its server-sent events, so that nobody has to ask
/// again and again. Where it tells nothing, each wait ends by itself.
final class ServiceNews {
  private static final Duration SILENCE = Duration.ofSeconds(1);

  private final Semaphore told = new Semaphore(0);
  private volatile String canary = "";

  /// Listens for as long as the client lives.
  static ServiceNews listen(HttpClient client, HttpRequest events) {
    ServiceNews news = new ServiceNews();
    client
        .sendAsync(events, HttpResponse.BodyHandlers.ofLines())
        .thenAcceptAsync(
            answer -> news.read(answer.body()), task -> Thread.ofVirtual().start(task));
    return news;
  }

  private void read(Stream<String> lines) {
    lines.filter(line -> !canary.isEmpty() && line.contains(canary)).forEach(_ -> told.release());
  }

  /// From now on news of this canary alone count.
  void follow(String id) {
    canary = id;
  }

  /// Waits until something was told of the canary, or nothing for a second.
  ///
  /// @param nanos the most that it waits
  void await(long nanos) throws InterruptedException {
    if (told.tryAcquire(Math.min(nanos, SILENCE.toNanos()), TimeUnit.NANOSECONDS)) {
      told.drainPermits();
    }
  }
}
