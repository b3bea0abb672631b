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
/// is the watch's. The time that counts holds five whole turns and one sweep of each domain.
///
/// @param counted over which both are compared
record Domains(int domains, Duration counted) implements Part {
  private static final Duration BEGINNING = Duration.ofMinutes(2);
  private static final double MOST_SHARE = 10;
  private static final double MOST_MEMORY = 100e6 / 1024 / 1024;
  private static final int WINDOW_SECONDS = 5;

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
      Moment before = moment(service, zones);
      double otherBefore = other.cpuMillis();
      Awaitility.await("what counts")
          .atMost(counted.plusMinutes(1))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> !Instant.now().isBefore(before.at().plus(counted)));
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

  private static String watched(ManyZones zones) {
    return """
    resolvers: { default: { servers: ["%s:%d"] } }
    dns: { port: %2$d }
    """
        .formatted(zones.resolver().getAddress().getHostAddress(), zones.resolver().getPort());
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

  /// Turns that were waited for may come together at the other end: so seconds are looked at in
  /// rows.
  private void limits(Figures figures, ManyZones zones) {
    Asker.Limits limits = Asker.Limits.AUTHORITATIVE;
    figures.add(
        domains + " domains, busiest server, questions a second",
        zones.busiest(WINDOW_SECONDS),
        "",
        limits.perSecond() + (double) limits.burst() / WINDOW_SECONDS,
        "in the busiest %d s; %.0f in the busiest second"
            .formatted(WINDOW_SECONDS, zones.busiest(1)));
  }
}
