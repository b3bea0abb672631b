package io.mailcanary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
  private static final Duration INTERVAL = Duration.ofMillis(20);
  private static final long LIMIT_SECONDS = 10;

  @TempDir Path parent;
  private Path folder;
  private Probes probes;
  private final BlockingQueue<Reading> told = new LinkedBlockingQueue<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeEach
  void world() throws IOException {
    folder = Files.createDirectory(parent.resolve("probes"));
    Files.writeString(parent.resolve("secret"), "swordfish\n");
    probes =
        new Probes(folder)
            .with("w.yaml", Probes.WORLD)
            .with("p.yaml", Probes.PATH)
            .with("r.yaml", "relays: { r: { host: h, username: u, password-file: ../secret } }\n");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private FolderWatch watch(Reading first) {
    FolderWatch watch = FolderWatch.start(folder, probes::variable, first, told::add, INTERVAL);
    open.add(watch);
    return watch;
  }

  private Reading next() throws InterruptedException {
    Reading reading = told.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    assertThat(reading).as("a new reading").isNotNull();
    return java.util.Objects.requireNonNull(reading);
  }

  private static String password(Reading reading) {
    return reading instanceof Reading.Valid valid
        ? java.util.Objects.requireNonNull(valid.plan().relays().get("r"))
            .login()
            .orElseThrow()
            .secret()
            .value()
        : "";
  }

  @Test
  void followsAFolderThroughItsDay() throws Exception {
    watch(probes.read());

    probes.with("q.yaml", Probes.PATH.replace("campus:", "second:"));
    assertThat(((Reading.Valid) next()).plan().paths()).containsOnlyKeys("campus", "second");

    Files.writeString(parent.resolve("secret"), "tunafish\n");
    assertThat(password(next())).as("a rotated secret").isEqualTo("tunafish");

    probes.with("q.yaml", "paths: [");
    assertThat(next()).as("a bad change").isInstanceOf(Reading.Invalid.class);

    probes.with("q.yaml", "paths: [ ");
    assertThat(next()).as("still bad, but another text").isInstanceOf(Reading.Invalid.class);

    Files.delete(folder.resolve("q.yaml"));
    assertThat(((Reading.Valid) next()).plan().paths()).containsOnlyKeys("campus");

    Files.delete(parent.resolve("secret"));
    assertThat(next()).as("a secret that is gone").isInstanceOf(Reading.Invalid.class);

    Files.move(folder, parent.resolve("elsewhere"));
    assertThat(next().toString()).contains("there is no such folder");

    Files.writeString(parent.resolve("secret"), "cod\n");
    Files.move(parent.resolve("elsewhere"), folder);
    assertThat(password(next())).as("all back").isEqualTo("cod");

    assertThat(told).isEmpty();
  }

  @Test
  void tellsWhatChangedBeforeItStarted() throws Exception {
    Reading first = probes.read();
    Files.writeString(parent.resolve("secret"), "tunafish\n");
    watch(first);
    assertThat(password(next())).isEqualTo("tunafish");
  }

  @Test
  void aTouchIsNoChange() throws Exception {
    watch(probes.read());
    Files.setLastModifiedTime(folder.resolve("w.yaml"), FileTime.from(Instant.EPOCH));
    probes.with("w.yaml", Probes.WORLD);
    Files.move(
        Files.writeString(parent.resolve("new"), Probes.PATH),
        folder.resolve("p.yaml"),
        StandardCopyOption.REPLACE_EXISTING);
    probes.with("q.yaml", Probes.PATH.replace("campus:", "second:"));
    assertThat(((Reading.Valid) next()).plan().paths()).containsOnlyKeys("campus", "second");
    assertThat(told).isEmpty();
  }

  @Test
  void seesAChangeThatKeepsSizeAndTime() throws Exception {
    Path secret = parent.resolve("secret");
    FileTime old = FileTime.from(Instant.now().minusSeconds(3_600));
    Files.setLastModifiedTime(secret, old);
    watch(probes.read());
    Files.writeString(secret, "swordfisH\n");
    Files.setLastModifiedTime(secret, old);
    assertThat(password(next())).isEqualTo("swordfisH");
  }

  @Test
  void followsLinksAsKubernetesSwapsThem() throws Exception {
    Path first = Files.createDirectory(parent.resolve("..1"));
    Path second = Files.createDirectory(parent.resolve("..2"));
    Files.writeString(first.resolve("k.yaml"), Probes.PATH.replace("campus:", "one:"));
    Files.writeString(second.resolve("k.yaml"), Probes.PATH.replace("campus:", "two:"));
    Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
    Files.createSymbolicLink(folder.resolve("k.yaml"), Path.of("..data/k.yaml"));
    watch(probes.read());

    Path swap = Files.createSymbolicLink(folder.resolve("..tmp"), second);
    Files.move(swap, data, StandardCopyOption.ATOMIC_MOVE);
    assertThat(((Reading.Valid) next()).plan().paths()).containsOnlyKeys("campus", "two");
  }

  @Test
  void aFileThatNeverRestsIsReadAllTheSame() throws Exception {
    watch(probes.read());
    AtomicInteger count = new AtomicInteger();
    await()
        .atMost(Duration.ofSeconds(LIMIT_SECONDS))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> {
          probes.with("q.yaml", "# " + count.incrementAndGet() + "\n");
          return !told.isEmpty();
        });
    assertThat(next()).isInstanceOf(Reading.Valid.class);
  }

  @Test
  void survivesAListenerThatFails() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    open.add(
        FolderWatch.start(
            folder,
            probes::variable,
            probes.read(),
            reading -> {
              int call = calls.incrementAndGet();
              told.add(reading);
              if (call == 1) {
                throw new IllegalStateException("no");
              }
            },
            INTERVAL));
    probes.with("q.yaml", "# 1\n");
    next();
    probes.with("q.yaml", "# 2\n");
    next();
    assertThat(calls).hasValue(2);
  }

  @Test
  void noticesWithinTwoSecondsAsShipped() throws Exception {
    open.add(FolderWatch.start(folder, probes::variable, probes.read(), told::add));
    probes.with("q.yaml", "# 1\n");
    assertThat(told.poll(2, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void isSilentOnceClosed() throws Exception {
    FolderWatch watch = watch(probes.read());
    watch.close();
    probes.with("q.yaml", "# 1\n");
    assertThat(told.poll(INTERVAL.toMillis() * 10, TimeUnit.MILLISECONDS)).isNull();
  }
}
