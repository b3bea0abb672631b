package io.mailcanary.watch;

import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.mail.DomainName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The MTA-STS policies of domains, fetched every hour and when their record becomes another.
public final class StsPolicies {
  private static final Duration COUNTS_FOR = Duration.ofHours(1);
  private static final int MOST = 2_000;

  private final Function<DomainName, PolicyFetch> fetcher;
  private final Executor workers;
  private final InstantSource clock;
  private final Map<DomainName, Held> held = new ConcurrentHashMap<>();

  /// @param fetch null until the first one has come
  private record Held(String record, @Nullable PolicyFetch fetch, Instant askedAt) {}

  /// @param fetcher fetches the policy of a domain; it may block
  public StsPolicies(
      Function<DomainName, PolicyFetch> fetcher, Executor workers, InstantSource clock) {
    this.fetcher = fetcher;
    this.workers = workers;
    this.clock = clock;
  }

  /// What came last; it is fetched anew where that is old, and shown the next time.
  Optional<PolicyFetch> of(DomainName domain, String record) {
    Held known = held.get(domain);
    if (known == null && held.size() >= MOST) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    PolicyFetch last = known != null && known.record().equals(record) ? known.fetch() : null;
    if (known == null
        || !known.record().equals(record)
        || known.askedAt().plus(COUNTS_FOR).isBefore(now)) {
      held.put(domain, new Held(record, last, now));
      workers.execute(() -> held.put(domain, new Held(record, fetcher.apply(domain), now)));
    }
    return Optional.ofNullable(last);
  }
}
