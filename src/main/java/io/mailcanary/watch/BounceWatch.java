package io.mailcanary.watch;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.mail.Finding;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Agenda;
import io.mailcanary.runtime.Plan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Watches how much mail bounces, by relay: a relay that bounces at once has an empty queue. What
/// comes into a mailbox as a bounce of other mail than ours is watched, too.
public final class BounceWatch {
  /// Over which time bounces are counted.
  static final Duration WINDOW = Duration.ofMinutes(15);

  private static final int MOST = 2_000;

  private final Findings findings;
  private final Agenda agenda;
  private final InstantSource clock;
  private final Map<String, Window> windows = new HashMap<>();
  private volatile Plan plan;

  /// The newest that is known of one relay or mailbox. Guarded by the watch's monitor.
  private static final class Window {
    private final LinkedHashMap<String, Fate> fates = new LinkedHashMap<>();
    private boolean waits;
  }

  record Fate(Instant at, boolean bounced, String path, String words) {}

  public BounceWatch(Findings findings, Agenda agenda, InstantSource clock, Plan plan) {
    this.findings = findings;
    this.agenda = agenda;
    this.clock = clock;
    this.plan = plan;
  }

  public synchronized void follow(Plan next) {
    plan = next;
    windows
        .keySet()
        .removeIf(source -> {
          String name = source.substring(source.indexOf(' ') + 1);
          boolean gone =
              source.startsWith("relay ")
                  ? !next.relays().containsKey(name)
                  : !next.mailboxes().containsKey(name);
          if (gone) {
            findings.forget(part(source));
          }
          return gone;
        });
  }

  /// Something of a canary became known.
  ///
  /// @param words what was said of it last
  public void heard(Canary canary, String words) {
    boolean bounced = canary.state() instanceof CanaryState.Bounced;
    if (!bounced && !canary.state().isSettled()) {
      return;
    }
    relay(canary)
        .ifPresent(
            relay -> note("relay " + relay, canary.id().value(), bounced, canary.path(), words));
  }

  private Optional<String> relay(Canary canary) {
    Optional<MailPath> path = plan.path(canary.path());
    if (path.isEmpty() || path.get().expect().outcome() != Expectation.Outcome.DELIVERED) {
      return Optional.empty();
    }
    String via = path.get().via();
    for (String part : canary.leg().split(",")) {
      via = part.startsWith("via=") ? part.substring("via=".length()) : via;
    }
    return plan.relays().containsKey(via) ? Optional.of(via) : Optional.empty();
  }

  /// A bounce that is no canary's came into a mailbox.
  public void foreign(String mailbox) {
    note("mailbox " + mailbox, Long.toString(System.nanoTime()), true, "", "");
  }

  private synchronized void note(
      String source, String id, boolean bounced, String path, String words) {
    Window window = windows.computeIfAbsent(source, _ -> new Window());
    Fate before = window.fates.get(id);
    Instant at = before == null ? clock.instant() : before.at();
    window.fates.put(id, new Fate(at, bounced, path, words));
    if (window.fates.size() > MOST) {
      window.fates.pollFirstEntry();
    }
    boolean takenBack = before != null && before.bounced();
    if (bounced || takenBack || window.waits || !findings.of(part(source)).isEmpty()) {
      judge(source);
    }
  }

  private synchronized void judge(String source) {
    Window window = windows.get(source);
    if (window == null) {
      return;
    }
    Instant now = clock.instant();
    window.fates.values().removeIf(fate -> fate.at().plus(WINDOW).isBefore(now));
    List<Fate> bounces = window.fates.values().stream().filter(Fate::bounced).toList();
    List<Fate> stray = stray(window.fates.values());
    String name = source.substring(source.indexOf(' ') + 1);
    List<Finding> found =
        source.startsWith("relay ")
            ? BounceVerdict.ofRelay(
                name,
                stray.size(),
                (int) stray.stream().map(Fate::path).distinct().count(),
                window.fates.size(),
                stray.stream().map(Fate::words).toList())
            : BounceVerdict.ofMailbox(name, bounces.size());
    findings.show(part(source), found);
    if (!bounces.isEmpty() && !window.waits) {
      window.waits = true;
      var _ = agenda.at(bounces.getFirst().at().plus(WINDOW).plusSeconds(1), () -> again(source));
    }
  }

  /// The lone bounces on paths where most mail arrives; where most of it bounces, the path itself
  /// says so.
  private static List<Fate> stray(Collection<Fate> fates) {
    return fates.stream().collect(Collectors.groupingBy(Fate::path)).values().stream()
        .filter(ofPath -> 2 * ofPath.stream().filter(Fate::bounced).count() < ofPath.size())
        .flatMap(ofPath -> lone(ofPath).stream())
        .toList();
  }

  /// Those between mail that came to another end: a run of bounces is the path's own affair, and
  /// whether the newest begins one is not known yet.
  static List<Fate> lone(List<Fate> ofPath) {
    return IntStream.range(0, ofPath.size() - 1)
        .filter(i -> ofPath.get(i).bounced() && !ofPath.get(i + 1).bounced())
        .filter(i -> i == 0 || !ofPath.get(i - 1).bounced())
        .mapToObj(ofPath::get)
        .toList();
  }

  private synchronized void again(String source) {
    Window window = windows.get(source);
    if (window != null) {
      window.waits = false;
      judge(source);
    }
  }

  private static String part(String source) {
    return "bounces:" + source;
  }
}
