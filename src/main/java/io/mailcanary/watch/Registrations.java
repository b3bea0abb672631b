package io.mailcanary.watch;

import io.mailcanary.dns.DomainFacts.Registration;
import io.mailcanary.mail.DomainName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/// What registries say of domains, asked once a day; where nothing came, after an hour again. What
/// came last counts for a week.
public final class Registrations {
  private static final Duration EVERY = Duration.ofDays(1);
  private static final Duration AGAIN = Duration.ofHours(1);
  private static final Duration COUNTS_FOR = Duration.ofDays(7);
  private static final int MOST = 5_000;

  private final Function<DomainName, Optional<Registration>> registry;
  private final Executor workers;
  private final InstantSource clock;
  private final Map<DomainName, Held> held = new ConcurrentHashMap<>();

  private record Held(Optional<Registration> last, Instant lastAt, Instant next) {}

  /// @param registry asks; it may block
  public Registrations(
      Function<DomainName, Optional<Registration>> registry,
      Executor workers,
      InstantSource clock) {
    this.registry = registry;
    this.workers = workers;
    this.clock = clock;
  }

  /// What came last; what is asked now is shown the next time.
  Optional<Registration> of(DomainName domain) {
    Instant now = clock.instant();
    Held known = held.get(domain);
    if (known == null && held.size() >= MOST) {
      return Optional.empty();
    }
    Held before = known == null ? new Held(Optional.empty(), now, now) : known;
    if (!before.next().isAfter(now)) {
      held.put(domain, new Held(before.last(), before.lastAt(), now.plus(AGAIN)));
      workers.execute(() -> ask(domain, before));
    }
    return before.lastAt().plus(COUNTS_FOR).isAfter(now) ? before.last() : Optional.empty();
  }

  private void ask(DomainName domain, Held before) {
    Optional<Registration> fresh = registry.apply(domain);
    Instant now = clock.instant();
    held.put(
        domain,
        fresh.isPresent()
            ? new Held(fresh, now, now.plus(EVERY))
            : new Held(before.last(), before.lastAt(), now.plus(AGAIN)));
  }
}
