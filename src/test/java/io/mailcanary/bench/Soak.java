package io.mailcanary.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToDoubleFunction;

/// Whether anything grows that should not, over a long time at one canary a minute and path: the
/// last quarter of the time is held against the second.
record Soak(int paths, int mailboxes, Duration time) implements Part {
  private static final Duration BETWEEN = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /// Every so many moments a line says how it goes.
  private static final int TOLD = 20;

  /// How it is at one moment.
  private record Moment(
      double cpu,
      long at,
      double resident,
      double threads,
      double files,
      double toMailServers,
      double toDatabase) {}

  @Override
  public void measure(Figures figures) throws Exception {
    try (Setting setting = Setting.of(paths, mailboxes)) {
      setting.await(paths, PATIENCE);
      ServiceProcess.Scrape before = setting.service().scrape();
      List<Moment> moments;
      try (Asking asking = Asking.of(setting.service())) {
        moments = moments(setting, asking);
        Punctuality punctuality = Punctuality.between(before, setting.service().scrape());
        figures.add(
            name("lateness p99, no more than"), punctuality.p99(), "ms", 100, punctuality.shares());
        tell(figures, asking);
      }
      judge(figures, moments);
      figures.add(
          name("accepted and not on record as delivered"),
          setting.deliveries().missing(setting.rows()),
          "",
          0,
          "of %d; %s".formatted(setting.stub().accepted(), setting.stub().commands()));
      List<String> complaints = setting.complaints();
      complaints.stream().limit(50).forEach(System.out::println);
      figures.add(name("warnings and errors in the log"), complaints.size(), "", 0, "");
    }
  }

  private String name(String what) {
    return "%d minutes of %,d paths, %s".formatted(time.toMinutes(), paths, what);
  }

  private List<Moment> moments(Setting setting, Asking asking) throws IOException, SQLException {
    List<Moment> moments = new ArrayList<>();
    int told = 0;
    long end = System.nanoTime() + time.toNanos();
    for (long next = System.nanoTime(); next < end; next += BETWEEN.toNanos()) {
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
      Moment moment = moment(setting);
      moments.add(moment);
      if (moments.size() % TOLD == 0) {
        Samples status = asking.statusAfter(told);
        told += status.size();
        System.out.printf(
            "%d canaries, %s, status p99 %.2f ms since the line before%n",
            setting.stub().accepted(), moment, status.quantile(0.99));
      }
    }
    return moments;
  }

  private static Moment moment(Setting setting) throws IOException, SQLException {
    ServiceProcess service = setting.service();
    return new Moment(
        service.cpuMillis(),
        System.nanoTime(),
        service.status("VmRSS"),
        service.status("Threads"),
        service.openFiles(),
        setting.stub().connections(),
        setting.rows().sessions());
  }

  private void tell(Figures figures, Asking asking) {
    Samples status = asking.status();
    figures.add(
        name("status, p99"),
        status.quantile(0.99),
        "ms",
        10,
        "median %.2f, %s".formatted(status.median(), status.spread()));
    figures.add(
        name("a scrape, the slowest"),
        asking.scrapes().quantile(1),
        "ms",
        1_000,
        "median %.0f, %s".formatted(asking.scrapes().median(), asking.scrapes().spread()));
    figures.add(name("questions without an answer"), asking.failed(), "", 0, "");
  }

  private void judge(Figures figures, List<Moment> moments) {
    List<Moment> second = moments.subList(moments.size() / 4, moments.size() / 2);
    List<Moment> last = moments.subList(moments.size() * 3 / 4, moments.size());
    figures.tell(
        name("cores"),
        cores(last),
        "",
        "in the last quarter; %.2f in the second".formatted(cores(second)));
    double resident = median(second, Moment::resident);
    flat(figures, "resident memory", second, last, Moment::resident, "MiB", 0.05 * resident);
    flat(figures, "threads", second, last, Moment::threads, "", 3);
    flat(figures, "open files and sockets", second, last, Moment::files, "", 5);
    flat(figures, "connections to mail servers", second, last, Moment::toMailServers, "", 5);
    flat(figures, "connections to the database", second, last, Moment::toDatabase, "", 2);
  }

  private void flat(
      Figures figures,
      String what,
      List<Moment> second,
      List<Moment> last,
      ToDoubleFunction<Moment> value,
      String unit,
      double most) {
    double before = median(second, value);
    double after = median(last, value);
    figures.add(
        name(what + ", grew by"),
        after - before,
        unit,
        most,
        "median %.0f in the last quarter, %.0f in the second; %.0f at most in all"
            .formatted(after, before, last.stream().mapToDouble(value).max().orElseThrow()));
  }

  private static double median(List<Moment> moments, ToDoubleFunction<Moment> value) {
    return new Samples(moments.stream().map(moment -> value.applyAsDouble(moment)).toList())
        .median();
  }

  private static double cores(List<Moment> moments) {
    Moment first = moments.getFirst();
    Moment last = moments.getLast();
    return (last.cpu() - first.cpu()) * 1e6 / (last.at() - first.at());
  }
}
