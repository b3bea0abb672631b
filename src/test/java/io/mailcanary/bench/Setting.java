package io.mailcanary.bench;

import io.mailcanary.lab.PostgreSql;
import io.mailcanary.lab.StubMailServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/// One replica as the chart runs it, on a PostgreSQL of its own, that watches many paths through a
/// stub in place of the mail servers.
record Setting(
    PostgreSql database,
    StubMailServer stub,
    Site site,
    Deliveries deliveries,
    Rows rows,
    ServiceProcess service)
    implements AutoCloseable {
  /// As in the image under the chart's memory limit.
  private static final List<String> AS_IN_THE_CHART =
      List.of(
          "-XX:MaxRAM=768m", "-XX:Flags=" + Path.of("src/main/image/jvm.flags").toAbsolutePath());

  /// @param mailboxes that the paths arrive in, in equal parts; each path has one canary a minute
  static Setting of(int paths, int mailboxes) throws IOException {
    PostgreSql database = PostgreSql.builder().start();
    StubMailServer stub = StubMailServer.start();
    Site site = Site.of(paths, mailboxes, "60s", stub.smtpPort(), stub.imapPort(), "secret");
    Deliveries deliveries = Deliveries.of(stub);
    ServiceProcess service = ServiceProcess.start(site, AS_IN_THE_CHART, environment(database));
    System.out.printf("process %d in %s%n", service.pid(), site.folder());
    return new Setting(database, stub, site, deliveries, new Rows(database), service);
  }

  private static Map<String, String> environment(PostgreSql database) {
    return Map.of(
        "DATASOURCES_DEFAULT_URL",
        database.url(),
        "MALLOC_ARENA_MAX",
        "2",
        "MALLOC_MMAP_THRESHOLD_",
        "131072",
        "MALLOC_TRIM_THRESHOLD_",
        "131072");
  }

  void await(long accepted, Duration most) {
    Awaitility.await("%d canaries".formatted(accepted))
        .atMost(most)
        .until(() -> stub.accepted() >= accepted);
  }

  /// What it has said since it came to its work that is no matter of course.
  List<String> complaints() throws IOException {
    return site.lines().stream()
        .filter(line ->
            line.contains(" WARN ") || line.contains(" ERROR ") || line.contains("Exception"))
        .toList();
  }

  @Override
  public void close() throws IOException {
    try (database;
        stub;
        site) {
      service.close();
    }
  }
}
