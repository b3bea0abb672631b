package io.mailcanary.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.api.CanaryResource;
import io.mailcanary.api.Evidences;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.verdict.Health;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One canary on one path, waited for: by a running service where there is one, else by a service
/// of our own whose store is in memory.
public final class OneProbe {
  private OneProbe() {}

  /// @param canary empty when none could be sent
  /// @param words what was said last, for a person
  /// @param blind whether the mailbox could not be seen, so that nothing is known
  public record Outcome(Optional<CanaryResource> canary, String words, boolean blind) {}

  /// @param port where a running service would be
  /// @param patience how long to wait for the canary
  /// @param progress is told what is being waited for
  public static Outcome run(
      Plan plan,
      MailPath path,
      Path dataDirectory,
      int port,
      Duration patience,
      Consumer<String> progress)
      throws InterruptedException {
    Optional<RunningService> running = RunningService.find(port, path.name());
    if (running.isPresent()) {
      progress.accept("sent by the service at port " + port);
      return running.get().probe(path.name(), patience, new ObjectMapper());
    }
    try (Service service =
        new Service(only(plan, path), dataDirectory, new DatabaseSettings.InMemory())) {
      return alone(service, path, patience, progress);
    }
  }

  private static Outcome alone(
      Service service, MailPath path, Duration patience, Consumer<String> progress)
      throws InterruptedException {
    LinkedBlockingQueue<Board.News> news = new LinkedBlockingQueue<>();
    var _ = service.board().listen(news::add);
    long deadline = System.nanoTime() + patience.toNanos();
    progress.accept("opening mailbox " + path.arrivesIn());
    service.watch();
    CanaryId id = service.prober().sendNow(path.name()).orElseThrow();
    Optional<Canary> newest = Optional.empty();
    while (newest.filter(canary -> isOver(canary.state())).isEmpty()) {
      long left = deadline - System.nanoTime();
      Board.News one = left <= 0 ? null : news.poll(left, TimeUnit.NANOSECONDS);
      if (one == null) {
        break;
      }
      if (one instanceof Board.News.OfCanary(Canary canary) && canary.id().equals(id)) {
        newest = Optional.of(canary);
        progress.accept(canary.state().word());
      }
    }
    return outcome(service, path, id);
  }

  /// A refusal for now is not waited out: it is tried again until the time is over.
  private static boolean isOver(CanaryState state) {
    return state.isSettled();
  }

  private static Outcome outcome(Service service, MailPath path, CanaryId id) {
    Canary canary = service.prober().inMemory(id).or(() -> service.store().find(id)).orElseThrow();
    Optional<PathView> view = service.board().path(path.name());
    boolean arrived = canary.copies() > 0;
    boolean blind =
        !arrived && view.filter(one -> one.health().health() == Health.BLIND).isPresent();
    String words = view.map(one -> one.health().reason()).orElse("");
    return new Outcome(
        Optional.of(Evidences.resource(canary, service.prober().events(id))), words, blind);
  }

  private static Plan only(Plan plan, MailPath path) {
    return new Plan(
        path.allVia().stream()
            .filter(plan.relays()::containsKey)
            .collect(Collectors.toMap(name -> name, name -> plan.relays().get(name))),
        Stream.of(path.arrivesIn(), path.bouncesTo())
            .distinct()
            .collect(Collectors.toMap(name -> name, name -> plan.mailboxes().get(name))),
        plan.resolvers(),
        Map.of(path.name(), path),
        plan.service(),
        plan.dns(),
        Map.of());
  }
}
