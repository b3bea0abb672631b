package io.mailcanary.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.mailcanary.lab.Dovecot;
import io.mailcanary.lab.Postfix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/// How soon a canary that Dovecot has is booked, and how often Dovecot was asked for it.
///
/// @param every one canary a path
/// @param settling deliveries that each mailbox gets before counting begins: readers connect, the
///   first looks find their time
/// @param counted deliveries to each mailbox in the counted time
record Detection(
    int mailboxes, String every, int settling, int counted, double medianMost, double most)
    implements Part {
  /// The watcher may hear of a delivery after the service has booked it: then the delay is
  /// negative.
  private static final Duration SKEW = Duration.ofSeconds(1);

  private static final Duration LONGEST = Duration.ofMinutes(15);

  @Override
  public void measure(Figures figures) throws Exception {
    try (Dovecot dovecot = dovecot();
        Postfix postfix = Postfix.builder().deliver(Site.DOMAIN, dovecot.lmtpPort()).start();
        Site site =
            Site.of(mailboxes, every, postfix.port(), dovecot.imapPort(), Dovecot.PASSWORD);
        MaildirClock clock = new MaildirClock();
        ServiceProcess service = ServiceProcess.start(site, List.of())) {
      follow(clock, dovecot);
      clock.await(settling, LONGEST);
      Instant from = Instant.now();
      long asked = dovecot.commands();
      clock.await(settling + counted, LONGEST);
      long answered = dovecot.commands();
      Instant to = Instant.now();
      tell(figures, delays(service, clock, dovecot, from, to), answered - asked, dovecot);
    }
  }

  private Dovecot dovecot() {
    return Dovecot.builder()
        .users(mailboxes)
        .line("metric imap_command {\n  filter = event=imap_command_finished\n}")
        .line("service stats {\n  unix_listener stats-writer {\n    mode = 0666\n  }\n}")
        .start();
  }

  /// A user's Maildir comes into being at the first login.
  private void follow(MaildirClock clock, Dovecot dovecot) throws IOException {
    for (int number = 1; number <= mailboxes; number++) {
      Path maildir = dovecot.maildir("user" + number);
      Awaitility.await(maildir.toString())
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(20))
          .until(() -> Files.isDirectory(maildir.resolve("new")));
      clock.follow(maildir);
    }
  }

  /// @param booking from delivered to booked, in milliseconds
  /// @param transit from handed over to delivered, in milliseconds
  private record Delays(List<Double> booking, List<Double> transit) {}

  private Delays delays(
      ServiceProcess service, MaildirClock clock, Dovecot dovecot, Instant from, Instant to)
      throws IOException, InterruptedException {
    Delays delays = new Delays(new ArrayList<>(), new ArrayList<>());
    int unseen = 0;
    for (int number = 1; number <= mailboxes; number++) {
      JsonNode page = service.get("/api/v1/paths/p%d/canaries?limit=200".formatted(number));
      for (JsonNode canary : page.path("items")) {
        Instant scheduled = Instant.parse(canary.path("scheduledAt").asText());
        if (scheduled.isBefore(from) || scheduled.isAfter(to.minusSeconds(3))) {
          continue;
        }
        if (canary.path("bookedAt").isNull()) {
          unseen++;
          continue;
        }
        Instant booked = Instant.parse(canary.path("bookedAt").asText());
        clock
            .before(dovecot.maildir("user" + number), booked.plus(SKEW))
            .ifPresent(came -> {
              delays.booking().add(millis(came, booked));
              delays.transit().add(millis(Instant.parse(canary.path("sentAt").asText()), came));
            });
      }
    }
    if (unseen > 0) {
      throw new IllegalStateException(unseen + " canaries were not seen");
    }
    return delays;
  }

  private static double millis(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e6;
  }

  private void tell(Figures figures, Delays delays, long commands, Dovecot dovecot) {
    Samples samples = new Samples(delays.booking());
    Samples transit = new Samples(delays.transit());
    String what = "%d mailboxes every %s, ".formatted(mailboxes, every);
    if (Double.isFinite(medianMost)) {
      figures.add(
          what + "delivered to booked, p50", samples.median(), "ms", medianMost, samples.spread());
    } else {
      figures.tell(what + "delivered to booked, p50", samples.median(), "ms", samples.spread());
    }
    figures.add(
        what + "delivered to booked, p99",
        samples.quantile(0.99),
        "ms",
        most,
        "p90 %.1f, p98 %.1f, p99.5 %.1f"
            .formatted(samples.quantile(0.9), samples.quantile(0.98), samples.quantile(0.995)));
    figures.tell(
        what + "handed over to delivered, p50",
        transit.median(),
        "ms",
        "p10 %.1f, p20 %.1f, p80 %.1f, p90 %.1f, p99 %.1f"
            .formatted(
                transit.quantile(0.1),
                transit.quantile(0.2),
                transit.quantile(0.8),
                transit.quantile(0.9),
                transit.quantile(0.99)));
    double each = (double) commands / samples.size();
    figures.add(what + "IMAP commands a canary", each, "", 4, "as Dovecot counts them");
    long deaf =
        dovecot.log().lines().filter(line -> line.contains("Inotify instance limit")).count();
    figures.tell(what + "sessions without inotify", deaf, "", "by Dovecot's log");
  }
}
