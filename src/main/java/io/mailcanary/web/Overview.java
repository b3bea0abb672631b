package io.mailcanary.web;

import io.mailcanary.incident.Incident;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.StoreException;
import io.mailcanary.verdict.Health;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How everything is, worst first.
@Singleton
final class Overview {
  private static final Logger LOG = LoggerFactory.getLogger(Overview.class);
  private static final int PER_PAGE = 100;
  private static final int MOST_INCIDENTS = 8;

  private final Board board;
  private final IncidentStore incidents;
  private final Past past;

  Overview(Board board, IncidentStore incidents, Past past) {
    this.board = board;
    this.incidents = incidents;
    this.past = past;
  }

  /// @param q in lower case; empty: all
  /// @param health a word; empty: all
  /// @param page from 1
  record Asked(String q, String health, int page) {
    private static final int LONGEST = 100;

    static Asked of(@Nullable String q, @Nullable String health, @Nullable Integer page) {
      String text = q == null ? "" : q.strip();
      return new Asked(
          text.substring(0, Math.min(LONGEST, text.length())),
          health == null ? "" : health,
          page == null || page < 1 ? 1 : page);
    }

    boolean isEverything() {
      return q.isEmpty() && health.isEmpty();
    }

    String link(int other) {
      return "/?q=%s&health=%s&page=%d".formatted(encoded(q), encoded(health), other);
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
  }

  /// Paths that belong together.
  ///
  /// @param share such as `3 of 8 defer`; empty where all is well
  record Section(String id, String title, String share, List<Row> rows) {}

  /// One path.
  ///
  /// @param about what it is for where all is well, else of what kind it is
  /// @param figure what its latency is, or for how long it waits
  record Row(
      String name,
      String about,
      String health,
      String reason,
      boolean quiet,
      Optional<Cells.Strip> strip,
      String figure,
      String figureTitle,
      @Nullable Instant lastDelivered) {}

  /// The sentence that is read first when nothing is open.
  ///
  /// @param health its shape
  record Sentence(String health, String text, String detail) {}

  /// A health that can be asked for.
  record Choice(String word, int count, boolean chosen, String link) {}

  /// A group of receivers, or the paths of a kind that have no group.
  private record Population(String title, List<PathView> all) {
    Health worst() {
      return all.getFirst().health().health();
    }
  }

  Pages.Page page(Asked asked, Instant now) {
    List<PathView> all = board.paths();
    List<Population> populations = populations(all);
    List<PathView> found =
        populations.stream()
            .flatMap(one -> one.all().stream())
            .filter(view -> fits(view, asked))
            .toList();
    int pages = Math.max(1, (found.size() + PER_PAGE - 1) / PER_PAGE);
    int page = Math.min(asked.page(), pages);
    List<PathView> shown =
        found.subList((page - 1) * PER_PAGE, Math.min(found.size(), page * PER_PAGE));
    Past.Strips strips = past.strips(shown.stream().map(PathView::path).toList());
    Optional<List<Incident>> known = openIncidents();
    List<Incident> open = known.orElse(List.of());
    Map<String, Object> model = new HashMap<>();
    model.put("incidents", heads(open, now));
    model.put("moreIncidents", Math.max(0, open.size() - MOST_INCIDENTS));
    model.put("incidentsAway", known.isEmpty());
    model.put("sentence", sentence(all, known));
    model.put("parts", board.parts().stream().filter(part -> !part.ok()).toList());
    model.put("configuration", board.configuration());
    model.put("sections", sections(populations, shown, strips, now));
    model.put("span", strips.span().words());
    model.put("choices", choices(asked));
    model.put("asked", asked);
    model.put("found", found.size());
    model.put("all", all.size());
    model.put("page", page);
    model.put("pages", pages);
    model.put("previous", page > 1 ? asked.link(page - 1) : "");
    model.put("next", page < pages ? asked.link(page + 1) : "");
    model.put("live", "all");
    model.put("soon", strips.strips().size() < shown.size());
    return new Pages.Page("overview", "Paths", "paths", model);
  }

  /// Empty while the database is away: how the paths are is known without it.
  private Optional<List<Incident>> openIncidents() {
    try {
      return Optional.of(incidents.open());
    } catch (StoreException e) {
      LOG.debug("open incidents are not shown: {}", e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean fits(PathView view, Asked asked) {
    if (!asked.health().isEmpty() && !view.health().health().word().equals(asked.health())) {
      return false;
    }
    if (asked.q().isEmpty()) {
      return true;
    }
    String q = asked.q().toLowerCase(Locale.ROOT);
    MailPath path = view.path();
    return holds(path.name(), q)
        || path.description().filter(text -> holds(text, q)).isPresent()
        || path.group().filter(text -> holds(text, q)).isPresent()
        || holds(path.from().toString(), q)
        || holds(path.to().toString(), q)
        || path.labels().values().stream().anyMatch(text -> holds(text, q));
  }

  private static boolean holds(String text, String q) {
    return text.toLowerCase(Locale.ROOT).contains(q);
  }

  /// Those with the worst path first, and in each the worst path first.
  private static List<Population> populations(List<PathView> all) {
    Map<String, List<PathView>> byTitle = new LinkedHashMap<>();
    for (PathView view : all) {
      String title = view.path().group().orElseGet(() -> Words.title(view.path().kind()));
      byTitle.computeIfAbsent(title, _ -> new ArrayList<>()).add(view);
    }
    List<Population> populations = new ArrayList<>();
    byTitle.forEach((title, views) -> {
      views.sort(Comparator.comparing((PathView view) -> view.health().health()));
      populations.add(new Population(title, views));
    });
    populations.sort(Comparator.comparing(Population::worst).thenComparing(Population::title));
    return populations;
  }

  private static List<Section> sections(
      List<Population> populations, List<PathView> shown, Past.Strips strips, Instant now) {
    Map<String, List<Row>> rows = new HashMap<>();
    for (PathView view : shown) {
      String title = view.path().group().orElseGet(() -> Words.title(view.path().kind()));
      rows.computeIfAbsent(title, _ -> new ArrayList<>()).add(row(view, strips, now));
    }
    List<Section> sections = new ArrayList<>();
    for (Population one : populations) {
      List<Row> here = rows.get(one.title());
      if (here != null) {
        sections.add(new Section("g" + sections.size(), one.title(), share(one), here));
      }
    }
    return sections;
  }

  private static String share(Population population) {
    Map<Health, Integer> counts = new EnumMap<>(Health.class);
    population.all().forEach(view -> counts.merge(view.health().health(), 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((health, count) -> {
      if (health != Health.OK) {
        parts.add(
            population.all().size() == 1
                ? Words.are(health, count)
                : "%,d of %,d %s"
                    .formatted(count, population.all().size(), Words.are(health, count)));
      }
    });
    return parts.isEmpty()
        ? (population.all().size() == 1
            ? "delivers"
            : "all %,d deliver".formatted(population.all().size()))
        : String.join(", ", parts);
  }

  private static Row row(PathView view, Past.Strips strips, Instant now) {
    Health health = view.health().health();
    boolean quiet = health == Health.OK;
    boolean waits =
        health == Health.DEFERRING || health == Health.FAILING || health == Health.BLIND;
    Instant oldest = view.oldestInFlight();
    Duration middle = view.p50();
    String figure = "–";
    String title = "no latency known yet";
    if ((waits || middle == null) && oldest != null) {
      Duration waited = Duration.between(oldest, now);
      figure = Times.rough(waited);
      title = "the oldest canary without a result waits for " + Times.rough(waited);
    } else if (middle != null) {
      figure = Times.latency(middle);
      title = "half of the newest canaries arrive within " + figure;
    }
    return new Row(
        view.name(),
        view.path().description().filter(_ -> quiet).orElseGet(() -> Words.of(view.path().kind())),
        health.word(),
        view.health().reason(),
        quiet,
        Optional.ofNullable(strips.strips().get(view.name())),
        figure,
        title,
        view.lastDelivered());
  }

  private static List<IncidentHead> heads(List<Incident> open, Instant now) {
    return open.stream()
        .sorted(
            Comparator.comparing(Incident::severity)
                .reversed()
                .thenComparing(Comparator.comparing(Incident::openedAt).reversed()))
        .limit(MOST_INCIDENTS)
        .map(one -> IncidentHead.of(one, now))
        .toList();
  }

  private static Sentence sentence(List<PathView> all, Optional<List<Incident>> open) {
    Map<Health, List<String>> names = new EnumMap<>(Health.class);
    all.forEach(view ->
        names.computeIfAbsent(view.health().health(), _ -> new ArrayList<>()).add(view.name()));
    int good = names.getOrDefault(Health.OK, List.of()).size();
    if (all.isEmpty()) {
      return new Sentence("pending", "No path is watched yet.", "");
    }
    if (good == all.size()) {
      return open.isEmpty()
          ? new Sentence(
              "blind",
              all.size() == 1
                  ? "The one path delivered as promised when it was last seen."
                  : "All %,d paths delivered as promised when they were last seen."
                      .formatted(all.size()),
              "")
          : new Sentence(
              "ok",
              all.size() == 1
                  ? "The one path delivers as promised."
                  : "All %,d paths deliver as promised.".formatted(all.size()),
              open.filter(List::isEmpty).map(_ -> "No incident is open.").orElse(""));
    }
    Health worst = names.keySet().iterator().next();
    List<String> those = names.getOrDefault(worst, List.of());
    return new Sentence(
        worst.word(),
        "%,d of %,d paths %s.".formatted(those.size(), all.size(), Words.are(worst, those.size())),
        those.size() <= 5 ? String.join(", ", those) : "");
  }

  private List<Choice> choices(Asked asked) {
    Map<Health, Integer> counts = board.healths();
    List<Choice> choices = new ArrayList<>();
    for (Health health : Health.values()) {
      int count = counts.getOrDefault(health, 0);
      boolean chosen = asked.health().equals(health.word());
      if (count > 0 || chosen) {
        choices.add(
            new Choice(
                health.word(),
                count,
                chosen,
                new Asked(asked.q(), chosen ? "" : health.word(), 1).link(1)));
      }
    }
    return choices;
  }
}
