package io.mailcanary.metrics;

import io.mailcanary.canary.Cause;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.mail.Severity;
import io.mailcanary.prober.Occasion;
import io.mailcanary.prober.ProberMeters;
import io.mailcanary.runtime.Board;
import io.mailcanary.watch.Findings;
import io.mailcanary.watch.TlsWatch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongBiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the service measures of itself and of its paths, as Prometheus reads it.
public final class ServiceMetrics implements ProberMeters, AutoCloseable {
  private static final long A_SECOND = 1_000_000_000L;
  private static final Duration[] LATENESS = {
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofSeconds(1),
    Duration.ofSeconds(10)
  };

  private final PrometheusMeterRegistry registry = emptyRegistry();
  private final Timer lateness =
      timer(
          "mailcanary.schedule.lateness",
          "From a slot's instant until its canaries were on record and ready to be sent");
  private final Timer relayWait =
      timer(
          "mailcanary.relay.wait", "How long canaries waited for one of their relay's connections");
  private final PathMetrics paths;
  private final AlertMetrics alerts = new AlertMetrics();
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /// Meters of a function hold it weakly.
  private final List<LongSupplier> held = new CopyOnWriteArrayList<>();

  public ServiceMetrics(Board board, InstantSource clock) {
    paths = new PathMetrics(board, clock);
    registry.getPrometheusRegistry().register(new ObserverMetrics(board));
    registry.getPrometheusRegistry().register(alerts);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
    processorTime();
    List.of(Occasion.values()).forEach(this::withheldBy);
    Gauge.builder(
            "mailcanary.configuration.ok", () -> board.configuration().problems().isEmpty() ? 1 : 0)
        .description("Whether the probe files on disk are those in force")
        .register(registry);
  }

  /// A filter comes before the first meter.
  private static PrometheusMeterRegistry emptyRegistry() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.config().meterFilter(new FittingNames());
    return registry;
  }

  private void processorTime() {
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      FunctionCounter.builder(
              "process.cpu", system, it -> it.getProcessCpuTime() / (double) A_SECOND)
          .baseUnit("seconds")
          .description("Processor time that this process has used")
          .register(registry);
    }
  }

  /// Micrometer's names, as `promtool check metrics` wants them.
  private static final class FittingNames implements MeterFilter {
    @Override
    public MeterFilterReply accept(Meter.Id id) {
      return id.getName().equals("process.cpu.time")
          ? MeterFilterReply.DENY
          : MeterFilterReply.NEUTRAL;
    }

    @Override
    public Meter.Id map(Meter.Id id) {
      return id.getName().equals("system.cpu.count") ? id.withName("system.cpus") : id;
    }
  }

  /// Shows how often this service has committed to its database.
  public void commits(LongSupplier count) {
    held.add(count);
    FunctionCounter.builder("mailcanary.store.commits", count, LongSupplier::getAsLong)
        .description("Commits of this service to its database")
        .register(registry);
  }

  /// Shows how many incidents are how.
  public void incidents(ToLongBiFunction<Severity, IncidentState> counts) {
    alerts.incidents(counts);
  }

  /// Shows what waits to be told, and for how long.
  public void outbox(LongSupplier waiting, Supplier<Duration> oldest) {
    Gauge.builder("mailcanary.outbox.messages", waiting::getAsLong)
        .description("Notifications that no channel has taken yet")
        .register(registry);
    Gauge.builder("mailcanary.outbox.oldest", () -> oldest.get().toMillis() / 1000.0)
        .baseUnit("seconds")
        .description("For how long the oldest of them has waited; zero where none waits")
        .register(registry);
  }

  /// Counts from zero for these channels.
  public void channels(Collection<String> names, Collection<String> results) {
    alerts.channels(names, results);
  }

  /// Somebody was told, or was to be.
  public void told(String channel, String result) {
    alerts.told(channel, result);
  }

  /// Shows how many messages wait in queues, by relay and cause.
  public void queues(Supplier<Map<String, Map<Cause, Integer>>> messages) {
    registry.getPrometheusRegistry().register(new QueueMetrics(messages));
  }

  /// Shows what is wrong in DNS.
  public void findings(Findings findings) {
    registry.getPrometheusRegistry().register(new FindingMetrics(findings));
  }

  /// Shows when the certificates of mail ports expire.
  public void certificates(Supplier<List<TlsWatch.Expiry>> expiries) {
    registry.getPrometheusRegistry().register(new CertificateMetrics(expiries));
  }

  /// All series in Prometheus' text format, piece by piece, as they are when a piece is asked for.
  ///
  /// @param contentType what the reader accepts; plain text where that names nothing known
  public Stream<String> text(String contentType) {
    Exposition exposition = new Exposition(contentType);
    List<Supplier<String>> pieces = new ArrayList<>();
    pieces.add(() -> exposition.text(registry.getPrometheusRegistry().scrape()));
    pieces.addAll(paths.pieces(exposition));
    pieces.add(exposition::end);
    // No stream of streams: it would make all of an inner one before it hands out the first.
    return pieces.stream().map(Supplier::get).filter(piece -> !piece.isEmpty());
  }

  /// The same at once.
  public String scrape(String contentType) {
    return text(contentType).collect(Collectors.joining());
  }

  @Override
  public void lateness(Duration late) {
    lateness.record(late.isNegative() ? Duration.ZERO : late);
  }

  @Override
  public void relayWait(Duration waited) {
    relayWait.record(waited);
  }

  @Override
  public void unverified(String mailbox, String kind) {
    registry
        .counter("mailcanary.unverified.messages", "mailbox", mailbox, "kind", kind)
        .increment();
  }

  @Override
  public void withheld(Occasion occasion) {
    withheldBy(occasion).increment();
  }

  private Counter withheldBy(Occasion occasion) {
    return Counter.builder("mailcanary.withheld.canaries")
        .description("What was not sent, since its receiver would have got too much")
        .tag("occasion", occasion.word())
        .register(registry);
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private Timer timer(String name, String help) {
    return Timer.builder(name)
        .description(help)
        .serviceLevelObjectives(LATENESS)
        .register(registry);
  }
}
