package io.mailcanary.drill;

import io.mailcanary.app.ShippedProbes;
import io.mailcanary.config.ProbeFolder;
import io.mailcanary.config.Reading;
import io.mailcanary.incident.Channel;
import io.mailcanary.mail.Severity;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.Paging;
import io.mailcanary.runtime.Plan;
import io.mailcanary.verdict.Change;
import io.mailcanary.watch.ChangeLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What both kinds of stage have in common: which probe files count, who is told, how a marker is
/// posted.
final class Plans {
  private static final Logger LOG = LoggerFactory.getLogger(Plans.class);

  /// Who is told where the probe files name nobody.
  static final String CHANNEL = "drill";

  private Plans() {}

  /// @param environment what the probe files read of this world
  /// @param folder for what has to be written
  /// @param url where the channel of a drill posts, where the probe files have none
  static Plan of(Scenario scenario, Map<String, String> environment, Path folder, String url)
      throws IOException, ScenarioException {
    Path probes;
    if (scenario.probes().isPresent()) {
      probes = scenario.probes().get();
    } else {
      probes = Files.createDirectory(folder.resolve("probes"));
      ShippedProbes.copyTo(probes);
    }
    return switch (ProbeFolder.read(probes, name -> variable(environment, name))) {
      case Reading.Valid valid -> heard(valid.plan(), url);
      case Reading.Invalid invalid ->
          throw new ScenarioException(invalid.problems().getFirst().toString());
    };
  }

  private static Plan heard(Plan plan, String url) {
    Paging paging = plan.paging();
    return paging.channels().isEmpty()
        ? plan.with(
            new Paging(
                Map.of(
                    CHANNEL,
                    new Channel.Webhook(
                        CHANNEL, new Secret(url), Optional.empty(), Optional.empty())),
                List.of(),
                paging.heartbeat(),
                paging.silences(),
                paging.rules(),
                Map.of()))
        : plan;
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(System.getenv(name)));
  }

  static void mark(ChangeLog changes, Instant now, Scenario.Step.Marker marker) {
    changes.add(
        new Change(
            changes.id(),
            Change.Kind.MARKER,
            Severity.INFO,
            now,
            now,
            "",
            "",
            marker.what(),
            marker.who(),
            List.of(),
            List.of(),
            List.of()));
  }

  static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("{}: not removed: {}", folder, e.toString());
    }
  }
}
