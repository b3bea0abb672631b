package io.mailcanary.bench;

import io.mailcanary.lab.StubMailServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// What a thousand paths at one canary a minute cost, with a stub in place of the mail servers.
///
/// They begin at a multiple of that rate: at 17 canaries a second the JVM's compiler is still at
/// work after twenty minutes, and what is asked is what a canary costs a service that runs for
/// days.
///
/// @param warmUp canaries a path at the quick rate
/// @param settling canaries a path at one a minute before counting begins
/// @param counted canaries a path in the counted time; fewer than ten may have all removals from
///   the mailboxes in them, or none: those wait up to ten minutes for one another
record Load(int paths, int warmUp, int settling, int counted) implements Part {
  private static final String RATE = " paths at one a minute, ";
  private static final String QUICK = "6s";
  private static final int QUICK_A_MINUTE = 10;

  private record Moment(
      double cpu,
      double compiler,
      long accepted,
      long database,
      double threads,
      ServiceProcess.Scrape scrape) {}

  @Override
  public void measure(Figures figures) throws Exception {
    try (StubMailServer stub = StubMailServer.start();
        Site site = Site.of(paths, QUICK, stub.smtpPort(), stub.imapPort(), "secret");
        ServiceProcess service = ServiceProcess.start(site, List.of())) {
      await(stub, (long) warmUp * paths);
      site.turnTo("60s");
      await(stub, stub.accepted() + (long) settling * paths);
      ServiceProcess.Scrape first = service.scrape();
      long asked = commands(stub);
      Moment before = moment(site, stub, service, first);
      await(stub, before.accepted() + (long) counted * paths);
      Moment after = moment(site, stub, service, null);
      long commands = commands(stub) - asked;
      tell(figures, before, after);
      memory(figures, service, before, after);
      double canaries = after.accepted() - before.accepted();
      figures.tell(
          paths + RATE + "IMAP commands a canary", commands / canaries, "", "" + stub.commands());
    }
  }

  private void await(StubMailServer stub, long accepted) {
    Awaitility.await("%d canaries".formatted(accepted))
        .atMost(Duration.ofMinutes(2L * Math.max(warmUp / QUICK_A_MINUTE, settling + counted)))
        .until(() -> stub.accepted() >= accepted);
  }

  private static long commands(StubMailServer stub) {
    return stub.commands().values().stream().mapToLong(Long::longValue).sum();
  }

  private static Moment moment(
      Site site, StubMailServer stub, ServiceProcess service, ServiceProcess.@Nullable Scrape known)
      throws IOException, InterruptedException {
    double cpu = service.cpuMillis();
    double compiler = service.compilerMillis();
    long accepted = stub.accepted();
    return new Moment(
        cpu,
        compiler,
        accepted,
        site.databaseBytes(),
        service.status("Threads"),
        known == null ? service.scrape() : known);
  }

  private void tell(Figures figures, Moment before, Moment after) {
    double canaries = after.accepted() - before.accepted();
    figures.add(
        paths + RATE + "CPU a canary",
        (after.cpu() - before.cpu()) / canaries,
        "ms",
        2,
        "%.0f canaries; %.2f ms by the JVM's compiler"
            .formatted(canaries, (after.compiler() - before.compiler()) / canaries));
    double delivered = after.scrape().canaries("delivered") - before.scrape().canaries("delivered");
    figures.tell(paths + RATE + "delivered", delivered, "", "by the service's own count");
    lateness(figures, before.scrape(), after.scrape());
    double commits =
        sum(after, "mailcanary_store_commits_total")
            - sum(before, "mailcanary_store_commits_total");
    figures.add(paths + RATE + "own commits a canary", commits / canaries, "", 0.15, "");
    figures.tell(
        paths + RATE + "database file grew by",
        (after.database() - before.database()) / canaries,
        "B",
        "a canary; %.1f MiB now".formatted(after.database() / 1024.0 / 1024.0));
  }

  private static double sum(Moment moment, String series) {
    return moment.scrape().sum(series);
  }

  private void lateness(
      Figures figures, ServiceProcess.Scrape before, ServiceProcess.Scrape after) {
    Punctuality punctuality = Punctuality.between(before, after);
    figures.add(
        paths + RATE + "lateness p99, no more than",
        punctuality.p99(),
        "ms",
        20,
        punctuality.shares());
  }

  private void memory(Figures figures, ServiceProcess service, Moment before, Moment after)
      throws IOException {
    figures.add(
        paths + RATE + "resident memory",
        service.status("VmRSS"),
        "MiB",
        300e6 / 1024 / 1024,
        "at the end; %.0f MiB at most".formatted(service.status("VmHWM")));
    figures.tell(
        paths + RATE + "threads of the process",
        after.threads(),
        "",
        "%.0f before".formatted(before.threads()));
  }
}
