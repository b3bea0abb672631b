package io.mailcanary.bench;

import io.mailcanary.lab.StubMailServer;
import io.mailcanary.resolver.Asker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;

/// What it costs to watch many mail domains every minute: beside a service that watches them stands
/// one with the same paths that was told to leave their names alone, and what lies between the two
/// is the watch's. The time that counts holds whole turns and one sweep of each domain.
///
/// @param warmUp before that, from when each domain has been seen
/// @param counted over which both are compared; a sweep is made as often
record Domains(int domains, Duration warmUp, Duration counted) implements Part {
  private static final Duration BEGINNING = Duration.ofMinutes(2);
  private static final double MOST_SHARE = 10;
  private static final double MOST_MEMORY = 100e6 / 1024 / 1024;
  private static final int WINDOW_SECONDS = 10;

  /// By how much questions may come closer together on their way.
  private static final double JITTER_SECONDS = 0.1;

  private record Moment(Instant at, double cpu, long asked) {}

  @Override
  public void measure(Figures figures) throws Exception {
    try (StubMailServer stub = StubMailServer.start();
        ManyZones zones = ManyZones.start(domains);
        Site watching = site(stub, watched(zones));
        Site idle = site(stub, "dns: { ignore: [" + ManyZones.PARENT + "] }\n");
        ServiceProcess other = ServiceProcess.start(idle, List.of());
        ServiceProcess service = ServiceProcess.start(watching, List.of())) {
      awaitFirstLook(service);
      pass(warmUp);
      Moment before = moment(service, zones);
      double otherBefore = other.cpuMillis();
      pass(counted);
      Moment after = moment(service, zones);
      double added = after.cpu() - before.cpu() - (other.cpuMillis() - otherBefore);
      tell(figures, before, after, added);
      memory(figures, service, other);
      figures.add(
          domains + " domains, findings",
          service.scrape().sum("mailcanary_dns_findings"),
          "",
          0,
          "all of them are healthy");
      limits(figures, zones);
    }
  }

  private Site site(StubMailServer stub, String dns) throws IOException {
    return Site.ofDomains(domains, stub.smtpPort(), stub.imapPort(), dns);
  }

  private static void pass(Duration time) {
    Instant end = Instant.now().plus(time);
    Awaitility.await("the end of " + time)
        .atMost(time.plusMinutes(1))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> !Instant.now().isBefore(end));
  }

  private String watched(ManyZones zones) {
    return """
    resolvers: { default: { servers: ["%s:%d"] } }
    dns: { port: %2$d, sweep: %3$ds }
    """
        .formatted(
            zones.resolver().getAddress().getHostAddress(),
            zones.resolver().getPort(),
            counted.toSeconds());
  }

  /// Until each domain was swept for the first time.
  private void awaitFirstLook(ServiceProcess service) {
    String last = "/api/v1/paths/p%d/dns".formatted(domains);
    Awaitility.await("the first look at the last domain")
        .atMost(BEGINNING)
        .pollInterval(Duration.ofSeconds(1))
        .ignoreExceptions()
        .until(() -> service.get(last).path("names").size() > 0);
  }

  private static Moment moment(ServiceProcess service, ManyZones zones) throws IOException {
    return new Moment(Instant.now(), service.cpuMillis(), zones.asked());
  }

  private void tell(Figures figures, Moment before, Moment after, double added) {
    double millis = Duration.between(before.at(), after.at()).toMillis();
    double asked = after.asked() - before.asked();
    figures.add(
        domains + " domains every 60 s, of a core",
        100 * added / millis,
        "%",
        MOST_SHARE,
        "%.2f ms a question".formatted(added / asked));
    figures.tell(
        domains + " domains every 60 s, questions a second",
        asked / millis * 1_000,
        "",
        "%.1f a domain and minute".formatted(asked / millis * 60_000 / domains));
  }

  private void memory(Figures figures, ServiceProcess service, ServiceProcess other)
      throws IOException {
    double own = service.status("VmRSS");
    double without = other.status("VmRSS");
    figures.add(
        domains + " domains, resident memory more",
        own - without,
        "MiB",
        MOST_MEMORY,
        "%.0f MiB, without %.0f MiB".formatted(own, without));
  }

  /// Turns that were waited for may come closer together at the other end.
  private void limits(Figures figures, ManyZones zones) {
    Asker.Limits limits = Asker.Limits.AUTHORITATIVE;
    figures.add(
        domains + " domains, busiest server, questions a second",
        zones.busiest(WINDOW_SECONDS),
        "",
        limits.perSecond()
            + (limits.burst() + limits.perSecond() * JITTER_SECONDS) / WINDOW_SECONDS,
        "in the busiest %d s; %.0f in the busiest second"
            .formatted(WINDOW_SECONDS, zones.busiest(1)));
  }
}
