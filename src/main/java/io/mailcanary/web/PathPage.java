package io.mailcanary.web;

import io.mailcanary.api.DnsResource;
import io.mailcanary.api.FindingResource;
import io.mailcanary.api.PlanSource;
import io.mailcanary.api.TlsResource;
import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.dns.Prediction;
import io.mailcanary.dns.Profile;
import io.mailcanary.dns.ReceiversView;
import io.mailcanary.dns.Verdict;
import io.mailcanary.path.Cadence;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Relay;
import io.mailcanary.prober.Prober;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.CanaryMark;
import io.mailcanary.store.CanaryStore;
import io.mailcanary.store.StoredEvent;
import io.mailcanary.store.WatchStore;
import io.mailcanary.verdict.Change;
import io.mailcanary.watch.DnsWatch;
import io.mailcanary.watch.DomainView;
import io.mailcanary.watch.TlsWatch;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All that is known of one path, and of one canary.
@Singleton
final class PathPage {
  private static final int MOST_MARKS = 4_000;
  private static final int LAST = 15;
  private static final int MOST_CHANGES = 20;

  private final Board board;
  private final PlanSource plan;
  private final CanaryStore store;
  private final Prober prober;
  private final DnsWatch dns;
  private final TlsWatch tls;
  private final WatchStore watched;

  PathPage(
      Board board,
      PlanSource plan,
      CanaryStore store,
      Prober prober,
      DnsWatch dns,
      TlsWatch tls,
      WatchStore watched) {
    this.board = board;
    this.plan = plan;
    this.store = store;
    this.prober = prober;
    this.dns = dns;
    this.tls = tls;
    this.watched = watched;
  }

  /// @param range how far back; null: as far as there is anything, a day at most
  /// @param canary whose way is drawn; null: the newest that arrived
  /// @param state only canaries in that state are listed
  /// @param before only canaries older than that one are listed
  record Asked(
      @Nullable String range,
      @Nullable String canary,
      @Nullable String state,
      @Nullable String before) {}

  /// @param share of all, from 0 to 100
  record Outcome(String state, int count, double share) {}

  /// @param seen by whom else it is seen otherwise
  record Judged(Profile profile, String setting, String verdict, String reply, String seen) {}

  /// @param refusing such as `2 of 9 receiver behaviours would defer this domain now`
  /// @param wrong what hurts or will hurt
  /// @param notes what is only good to know
  /// @param open whether it deserves a look
  record Domain(
      String name,
      Instant at,
      String refusing,
      List<Judged> receivers,
      List<FindingResource> wrong,
      List<FindingResource> notes,
      List<DnsResource.OfRecord> changed,
      List<DnsResource.OfRecord> unchanged,
      boolean open) {}

  record Listed(
      String id,
      Instant at,
      String state,
      String latency,
      String where,
      String cause,
      String leg) {}

  Pages.Page path(String name, Asked asked, Instant now) {
    PathView view =
        board
            .path(name)
            .orElseThrow(
                () -> new NoSuchPageException(404, "there is no path '%s'".formatted(name)));
    MailPath path = view.path();
    List<CanaryMark> all = store.marks(name, now.minus(longest(asked)), MOST_MARKS);
    Range range =
        Range.asked(asked.range())
            .orElseGet(() -> Range.since(all.isEmpty() ? now : all.getFirst().start(), now));
    List<CanaryMark> marks =
        all.stream().filter(mark -> !mark.start().isBefore(now.minus(range.length()))).toList();
    String expected = Past.expected(path);
    Map<String, Object> model = new HashMap<>();
    model.put("path", path);
    model.put("view", view);
    model.put("kind", Words.of(path.kind()));
    model.put("health", view.health().health().word());
    model.put("paused", view.health().health().word().equals("paused"));
    model.put("route", route(path));
    model.put("percentiles", percentiles(marks, now));
    model.put("outcomes", outcomes(marks));
    model.put("chart", LatencyChart.of(marks, expected, path.expect().within(), range, now));
    model.put("range", range);
    model.put("ranges", List.of(Range.values()));
    model.put("legs", view.legs());
    putCanary(model, chosen(name, asked));
    putList(model, name, asked);
    Map<Boolean, List<Domain>> domains =
        domains(name).stream().collect(Collectors.partitioningBy(Domain::open));
    model.put("domains", domains.getOrDefault(true, List.of()));
    model.put("quiet", domains.getOrDefault(false, List.of()));
    model.put("ports", tls.ofPath(name).stream().map(TlsResource::of).toList());
    model.put("clocks", prober.skews(name).stream().map(FindingResource::of).toList());
    model.put("live", "path " + name);
    return new Pages.Page("path", name, "paths", model);
  }

  Pages.Page canary(String id, Instant now) {
    Canary canary =
        find(id)
            .orElseThrow(
                () -> new NoSuchPageException(404, "there is no canary '%s'".formatted(id)));
    Map<String, Object> model = new HashMap<>();
    putCanary(model, Optional.of(canary));
    model.put("live", "canary " + id);
    return new Pages.Page("canary", "Canary " + id, "paths", model);
  }

  private static Duration longest(Asked asked) {
    return Range.asked(asked.range()).orElse(Range.DAY).length();
  }

  private String route(MailPath path) {
    String cadence =
        switch (path.cadence()) {
          case Cadence.Every(Duration period) -> "every " + Times.rough(period);
          case Cadence.Cron(String expression) -> "at " + expression;
        };
    String via =
        switch (path.via()) {
          case MailPath.MX -> "through the recipient’s MX";
          case MailPath.EACH_MX -> "through each MX of the recipient";
          default -> {
            Relay relay = plan.get().relays().get(path.via());
            yield "through " + path.via() + (relay == null ? "" : " (%s)".formatted(relay.host()));
          }
        };
    return "%s, %s %s".formatted(Words.of(path.kind()), cadence, via);
  }

  /// Canaries that have not arrived count as slow: with their age where they are under way, as
  /// never where they failed.
  private static String percentiles(List<CanaryMark> marks, Instant now) {
    List<Double> values = new ArrayList<>();
    for (CanaryMark mark : marks) {
      Duration took = mark.latency();
      if (took != null) {
        values.add(took.toNanos() / 1e9);
      } else if (List.of("bounced", "rejected", "lost").contains(mark.state())) {
        values.add(Double.POSITIVE_INFINITY);
      } else if (List.of("deferred", "overdue").contains(mark.state())) {
        values.add(Duration.between(mark.start(), now).toNanos() / 1e9);
      }
    }
    if (values.isEmpty()) {
      return "no result yet";
    }
    values.sort(null);
    return "half arrive within %s, 95 %% within %s, 99 %% within %s"
        .formatted(quantile(values, 0.5), quantile(values, 0.95), quantile(values, 0.99));
  }

  private static String quantile(List<Double> sorted, double share) {
    int index = Math.clamp((int) Math.ceil(share * sorted.size()) - 1, 0, sorted.size() - 1);
    double seconds = sorted.get(index);
    return Double.isInfinite(seconds)
        ? "never"
        : Times.latency(Duration.ofNanos((long) (seconds * 1e9)));
  }

  private static List<Outcome> outcomes(List<CanaryMark> marks) {
    Map<String, Integer> counts = new TreeMap<>(Comparator.comparing(CanaryState.WORDS::indexOf));
    marks.forEach(mark -> counts.merge(mark.state(), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(one ->
            new Outcome(
                one.getKey(),
                one.getValue(),
                Math.round(1000.0 * one.getValue() / marks.size()) / 10.0))
        .toList();
  }

  private Optional<Canary> chosen(String path, Asked asked) {
    String id = asked.canary();
    if (id != null) {
      return find(id).filter(canary -> canary.path().equals(path));
    }
    List<Canary> newest = store.page(path, null, null, LAST);
    return newest.stream()
        .map(this::current)
        .filter(canary -> canary.arrival() != null)
        .findFirst()
        .or(() -> newest.stream().findFirst().map(this::current));
  }

  private Optional<Canary> find(String id) {
    try {
      CanaryId canary = new CanaryId(id);
      return prober.inMemory(canary).or(() -> store.find(canary));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Canary current(Canary stored) {
    return prober.inMemory(stored.id()).orElse(stored);
  }

  private void putCanary(Map<String, Object> model, Optional<Canary> chosen) {
    List<StoredEvent> events = chosen.map(canary -> prober.events(canary.id())).orElse(List.of());
    model.put("canary", chosen);
    model.put("canaryState", chosen.map(canary -> canary.state().word()).orElse(""));
    model.put("canaryCause", chosen.map(canary -> canary.cause().word()).orElse("none"));
    model.put(
        "canaryLatency",
        chosen
            .flatMap(canary -> Optional.ofNullable(canary.latency()))
            .map(Times::latency)
            .orElse(""));
    model.put("waterfall", chosen.map(canary -> Waterfall.of(canary, events)).orElse(List.of()));
    model.put("story", Story.of(events));
    model.put(
        "checks",
        chosen.map(Canary::authentication).orElse(List.of()).stream()
            .map(check ->
                new Story.Fact(
                    check.method().word(),
                    check.result().word()
                        + (check.domain().isEmpty() ? "" : " for " + check.domain())
                        + (check.by().isEmpty() ? "" : ", says " + check.by())
                        + (check.reason().isEmpty() ? "" : ": " + check.reason())))
            .toList());
  }

  private void putList(Map<String, Object> model, String path, Asked asked) {
    String state = asked.state();
    if (state != null && !CanaryState.WORDS.contains(state)) {
      throw new NoSuchPageException(404, "no canary is ever '%s'".formatted(state));
    }
    List<Canary> found = store.page(path, state, before(asked), LAST + 1);
    List<Listed> listed =
        found.stream().limit(LAST).map(this::current).map(PathPage::listed).toList();
    model.put("canaries", listed);
    model.put("state", state == null ? "" : state);
    model.put("older", found.size() > LAST ? found.get(LAST - 1).id().value() : "");
  }

  private static @Nullable CanaryId before(Asked asked) {
    try {
      return asked.before() == null ? null : new CanaryId(asked.before());
    } catch (IllegalArgumentException e) {
      throw new NoSuchPageException(404, "there is no such canary");
    }
  }

  private static Listed listed(Canary canary) {
    Duration took = canary.latency();
    String where =
        canary.arrival() == null
            ? ""
            : canary.arrival().folder()
                + (canary.copies() > 1 ? ", %d copies".formatted(canary.copies()) : "")
                + (canary.altered() ? ", altered" : "");
    String cause = canary.cause().word();
    return new Listed(
        canary.id().value(),
        canary.start(),
        canary.state().word(),
        took == null ? "" : Times.latency(took),
        where,
        cause.equals("none") ? "" : cause,
        Stream.of(canary.site(), canary.leg())
            .filter(one -> !one.isEmpty())
            .collect(Collectors.joining(", ")));
  }

  private List<Domain> domains(String path) {
    return dns.ofPath(path).stream().map(this::domain).toList();
  }

  private Domain domain(DomainView view) {
    List<Change> changes =
        view.records().stream()
            .map(DomainView.SeenRecord::name)
            .distinct()
            .flatMap(one -> watched.changesOf(one, MOST_CHANGES).stream())
            .toList();
    List<Judged> judged = new ArrayList<>();
    if (!view.receivers().isEmpty()) {
      for (Profile profile : Profile.values()) {
        judged.add(judged(profile, view.receivers()));
      }
    }
    String summary =
        view.receivers().stream()
            .max(Comparator.comparing(ReceiversView::worst))
            .map(ReceiversView::summary)
            .orElse("");
    DnsResource resource = DnsResource.of(view, changes);
    Map<Boolean, List<FindingResource>> findings =
        resource.findings().stream()
            .collect(Collectors.partitioningBy(one -> one.severity().equals("info")));
    Map<Boolean, List<DnsResource.OfRecord>> records =
        resource.records().stream()
            .collect(Collectors.partitioningBy(one -> one.history().isEmpty()));
    List<FindingResource> wrong = findings.getOrDefault(false, List.of());
    return new Domain(
        resource.name(),
        view.at(),
        summary,
        judged,
        wrong,
        findings.getOrDefault(true, List.of()),
        records.getOrDefault(false, List.of()),
        records.getOrDefault(true, List.of()),
        !wrong.isEmpty() || !judged.isEmpty() || !records.getOrDefault(false, List.of()).isEmpty());
  }

  private static Judged judged(Profile profile, List<ReceiversView> views) {
    ReceiversView worst =
        views.stream()
            .reduce((a, b) ->
                b.worst(profile).verdict().isWorseThan(a.worst(profile).verdict()) ? b : a)
            .orElseThrow();
    Prediction prediction = worst.worst(profile);
    boolean agree = views.stream().map(one -> one.worst(profile).verdict()).distinct().count() == 1;
    return new Judged(
        profile,
        prediction.setting().product() + ", " + prediction.setting().setting(),
        prediction.verdict().word(),
        prediction.verdict() == Verdict.ACCEPT
            ? "accepts"
            : prediction.reply().map(Object::toString).orElse("refuses"),
        agree ? "" : "seen through " + worst.vantage());
  }
}
