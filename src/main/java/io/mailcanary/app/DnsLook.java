package io.mailcanary.app;

import io.mailcanary.mail.DomainName;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Resolver;
import io.mailcanary.registry.Rdap;
import io.mailcanary.resolver.NameServers;
import io.mailcanary.runtime.DnsSettings;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.tls.PolicyFetcher;
import io.mailcanary.tls.PortProbe;
import io.mailcanary.watch.LooksNow;
import io.mailcanary.watch.NetworkSources;
import io.mailcanary.watch.OneLook;
import io.mailcanary.watch.Seen;
import io.mailcanary.wire.Trust;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A domain, or all names of a path, looked at once.
public final class DnsLook {
  private DnsLook() {}

  /// What a look was worth.
  public sealed interface Result {
    record Looked(List<Seen> names) implements Result {
      public Looked {
        names = List.copyOf(names);
      }
    }

    /// Nothing is said about anybody.
    ///
    /// @param why the resolver's answer, or its silence, as a sentence
    record Blind(String why) implements Result {}
  }

  /// Without probe files: the system's resolver, and what holds by default.
  public static Plan noPlan() {
    return new Plan(
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        ServiceSettings.DEFAULT,
        DnsSettings.DEFAULT,
        Map.of());
  }

  /// @param name a path of the plan, or else a domain
  /// @param resolver asked in place of the default one
  /// @throws IllegalArgumentException when it is neither
  public static Result run(Plan plan, String name, Optional<InetSocketAddress> resolver) {
    Plan asked = resolver.map(one -> with(plan, one)).orElse(plan);
    Instant now = Instant.now();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      OneLook look = new OneLook(new NetworkSources(asked), workers, looksNow(asked));
      Optional<MailPath> path = plan.path(name);
      List<DomainName> names =
          List.of(path.map(one -> one.to().domain()).orElseGet(() -> new DomainName(name)));
      Optional<String> blindness = look.blindness(names);
      if (blindness.isPresent()) {
        return new Result.Blind(blindness.get());
      }
      return new Result.Looked(
          path.isPresent()
              ? look.path(name, asked, now)
              : List.of(look.domain(names.getFirst(), asked.dns().publicNetworks(), now)));
    }
  }

  private static LooksNow looksNow(Plan plan) {
    NameServers names = new NameServers(plan.defaultResolver());
    Trust trust = new Trust();
    InstantSource clock = InstantSource.system();
    Rdap registries = new Rdap(plan.dns().rdap(), clock);
    return new LooksNow(
        new PortProbe(names, trust, clock)::look,
        new PolicyFetcher(names, trust)::fetch,
        registries::of,
        clock);
  }

  private static Plan with(Plan plan, InetSocketAddress resolver) {
    Map<String, Resolver> resolvers = new LinkedHashMap<>(plan.resolvers());
    resolvers.put(Resolver.DEFAULT, new Resolver(Resolver.DEFAULT, List.of(resolver)));
    return new Plan(
        plan.relays(),
        plan.mailboxes(),
        resolvers,
        plan.paths(),
        plan.service(),
        plan.dns(),
        plan.queues());
  }
}
