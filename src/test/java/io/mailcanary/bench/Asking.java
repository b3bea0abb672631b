package io.mailcanary.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Somebody who asks for the status five times a second, and a Prometheus that scrapes twice a
/// minute, as long as this is open.
///
/// Canaries leave at full seconds. Who asked in step with them would ask at the same five moments
/// of each second: a fifth of the questions in the thick of it, or none.
final class Asking implements AutoCloseable {
  private static final Duration STATUS = Duration.ofMillis(207);
  private static final Duration SCRAPE = Duration.ofSeconds(30);

  /// What Prometheus 2 accepts.
  private static final Map<String, String> AS_PROMETHEUS =
      Map.of(
          "Accept",
          "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
          "Accept-Encoding",
          "gzip");

  private final ScheduledExecutorService clock =
      Executors.newScheduledThreadPool(
          2, Thread.ofPlatform().daemon().name("asking-", 0).factory());
  private final Collection<Double> status = new ConcurrentLinkedQueue<>();
  private final Collection<Double> scrape = new ConcurrentLinkedQueue<>();
  private final AtomicLong weight = new AtomicLong();
  private final AtomicInteger failed = new AtomicInteger();

  private Asking() {}

  static Asking of(ServiceProcess service) {
    Asking asking = new Asking();
    URI status = service.uri().resolve("/api/v1/status");
    URI metrics = service.uri().resolve("/metrics");
    asking.repeat(STATUS, () -> asking.status.add(asking.millis(status, Map.of())));
    asking.repeat(SCRAPE, () -> asking.scrape.add(asking.millis(metrics, AS_PROMETHEUS)));
    return asking;
  }

  private interface Question {
    void ask() throws IOException;
  }

  private void repeat(Duration every, Question question) {
    clock.scheduleAtFixedRate(
        () -> {
          try {
            question.ask();
          } catch (IOException e) {
            failed.incrementAndGet();
          }
        },
        every.toMillis(),
        every.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /// Until the last byte, asked and answered on one thread: what the threads of a client wait for
  /// one another is not the service's.
  private double millis(URI uri, Map<String, String> fields) throws IOException {
    long began = System.nanoTime();
    HttpURLConnection question = (HttpURLConnection) uri.toURL().openConnection();
    fields.forEach(question::setRequestProperty);
    long bytes;
    try (InputStream body = question.getInputStream()) {
      bytes = body.transferTo(OutputStream.nullOutputStream());
    }
    double millis = (System.nanoTime() - began) / 1e6;
    weight.accumulateAndGet(bytes, Math::max);
    return millis;
  }

  Samples status() {
    return statusAfter(0);
  }

  /// Without as many of the first answers.
  Samples statusAfter(int answers) {
    return new Samples(status.stream().skip(answers).toList());
  }

  Samples scrapes() {
    return new Samples(scrape);
  }

  /// Of the heaviest answer, as it came over the wire.
  long weight() {
    return weight.get();
  }

  /// Questions without an answer.
  int failed() {
    return failed.get();
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
