package io.mailcanary.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// What very many paths at one canary a minute cost one replica on PostgreSQL, with a stub in place
/// of the mail servers, while somebody looks and a Prometheus scrapes.
///
/// @param mailboxes that the paths arrive in, in equal parts
/// @param warmUp canaries a path before counting begins
/// @param counted canaries a path in the counted time
record LargeSite(int paths, int mailboxes, int warmUp, int counted) implements Part {
  private record Moment(
      double cpu, long at, long accepted, Rows.Cost cost, ServiceProcess.Scrape scrape) {}

  @Override
  public void measure(Figures figures) throws Exception {
    try (Setting setting = Setting.of(paths, mailboxes)) {
      await(setting, (long) warmUp * paths);
      Moment before = moment(setting);
      Moment after;
      try (Asking asking = Asking.of(setting.service())) {
        await(setting, before.accepted() + (long) counted * paths);
        after = moment(setting);
        answers(figures, asking, after);
      }
      work(figures, before, after);
      memory(figures, setting.service());
      writes(figures, setting.rows(), before, after);
      figures.add(
          name("accepted and not on record as delivered"),
          setting.deliveries().missing(setting.rows()),
          "",
          0,
          "of %d".formatted(setting.stub().accepted()));
    }
  }

  private String name(String what) {
    return "%,d paths on PostgreSQL, %s".formatted(paths, what);
  }

  private void await(Setting setting, long accepted) {
    setting.await(accepted, Duration.ofMinutes(2L * (warmUp + counted)));
  }

  private static Moment moment(Setting setting) throws Exception {
    double cpu = setting.service().cpuMillis();
    long at = System.nanoTime();
    long accepted = setting.stub().accepted();
    return new Moment(cpu, at, accepted, setting.rows().cost(), setting.service().scrape());
  }

  private void answers(Figures figures, Asking asking, Moment after) {
    Samples status = asking.status();
    figures.add(
        name("status, p99"),
        status.quantile(0.99),
        "ms",
        10,
        "median %.2f, %s".formatted(status.median(), status.spread()));
    Samples scrapes = asking.scrapes();
    figures.add(
        name("a scrape, the slowest"),
        scrapes.quantile(1),
        "ms",
        1_000,
        "%s; %.1f MB as it comes, %.1f MB of text"
            .formatted(
                scrapes.spread(), asking.weight() / 1e6, after.scrape().text().length() / 1e6));
    figures.add(
        name("series a path"),
        List.of("p1", "p" + paths / 2, "p" + paths).stream()
            .mapToLong(path -> after.scrape().series("path", path))
            .max()
            .orElseThrow(),
        "",
        30,
        "");
    figures.add(name("questions without an answer"), asking.failed(), "", 0, "");
  }

  private void work(Figures figures, Moment before, Moment after) {
    double millis = after.cpu() - before.cpu();
    double seconds = (after.at() - before.at()) / 1e9;
    double canaries = after.accepted() - before.accepted();
    figures.add(
        name("cores"),
        millis / 1e3 / seconds,
        "",
        0.5,
        "%.2f ms a canary, %.0f canaries in %.0f s, scrapes and questions included"
            .formatted(millis / canaries, canaries, seconds));
    Punctuality punctuality = Punctuality.between(before.scrape(), after.scrape());
    figures.add(
        name("lateness p99, no more than"), punctuality.p99(), "ms", 100, punctuality.shares());
  }

  private void memory(Figures figures, ServiceProcess service) throws Exception {
    figures.add(
        name("resident memory"),
        service.status("VmRSS"),
        "MiB",
        400e6 / 1024 / 1024,
        "at the end; %.0f MiB at most; %.0f threads"
            .formatted(service.status("VmHWM"), service.status("Threads")));
  }

  private void writes(Figures figures, Rows rows, Moment before, Moment after) throws SQLException {
    Rows.Cost cost = after.cost().since(before.cost());
    double canaries = after.accepted() - before.accepted();
    double perMinute = canaries / ((after.at() - before.at()) / 60e9);
    figures.tell(
        name("rows written a canary"),
        cost.written() / canaries,
        "",
        "%.2f inserted, %.2f updated, %.2f deleted"
            .formatted(
                cost.inserted() / canaries, cost.updated() / canaries, cost.deleted() / canaries));
    figures.tell(
        name("transactions a canary"), cost.transactions() / canaries, "", "with those that read");
    figures.tell(name("write-ahead log a canary"), cost.logBytes() / canaries, "B", "");
    figures.tell(name("database grew by"), cost.bytes() / canaries, "B", "a canary");
    figures.tell(
        name("rows a day"),
        cost.inserted() / canaries * perMinute * 60 * 24 / 1e6,
        "m",
        "millions, at %.0f canaries a minute; so far %s".formatted(perMinute, rows.inserted()));
  }
}
