package io.mailcanary.bench;

import io.mailcanary.lab.StubMailServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// From the start of the process until a relay has the first canary, with ten paths and no data.
record StartUp(int times) implements Part {
  private static final int PATHS = 10;

  /// Canaries that a training run sees handed over.
  private static final int TRAINING = 3;

  @Override
  public void measure(Figures figures) throws Exception {
    tell(figures, "start to first canary, plain jar", List.of(), 3.5);
    Path cache = Files.createTempDirectory("mailcanary-bench-").resolve("app.aot");
    try {
      seconds(List.of("-XX:AOTCacheOutput=" + cache));
      if (!Files.exists(cache)) {
        throw new IllegalStateException("the training run left no cache");
      }
      tell(figures, "start to first canary, AOT cache", List.of("-XX:AOTCache=" + cache), 1.5);
    } finally {
      Files.deleteIfExists(cache);
      Files.deleteIfExists(cache.getParent());
    }
  }

  private void tell(Figures figures, String name, List<String> options, double most)
      throws Exception {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      seconds.add(seconds(options));
    }
    Samples samples = new Samples(seconds);
    figures.add(name, samples.median(), "s", most, samples.spread());
  }

  private static double seconds(List<String> options) throws IOException, InterruptedException {
    try (StubMailServer stub = StubMailServer.start();
        Site site = Site.of(PATHS, "60s", stub.smtpPort(), stub.imapPort(), "secret")) {
      CountDownLatch handedOver = new CountDownLatch(1);
      CountDownLatch wellRunning = new CountDownLatch(TRAINING);
      AtomicLong first = new AtomicLong();
      stub.onDelivery(_ -> {
        first.compareAndSet(0, System.nanoTime());
        handedOver.countDown();
        wellRunning.countDown();
      });
      long start = System.nanoTime();
      try (ServiceProcess _ = ServiceProcess.start(site, options)) {
        if (!handedOver.await(30, TimeUnit.SECONDS)) {
          throw new IllegalStateException(Files.readString(site.folder().resolve("output")));
        }
        // A training run sees the front and the first bookings too.
        if (options.toString().contains("Output")) {
          wellRunning.await(30, TimeUnit.SECONDS);
        }
      }
      return (first.get() - start) / 1e9;
    }
  }
}
