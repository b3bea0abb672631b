package io.mailcanary.runtime;

import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import io.mailcanary.path.Queue;
import io.mailcanary.path.Relay;
import io.mailcanary.path.Resolver;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// One immutable set of probe files, swapped whole when they change. Each map is by name, in the
/// order of the files.
public record Plan(
    Map<String, Relay> relays,
    Map<String, Mailbox> mailboxes,
    Map<String, Resolver> resolvers,
    Map<String, MailPath> paths,
    ServiceSettings service,
    DnsSettings dns,
    Map<String, Queue> queues,
    Paging paging) {

  public Plan {
    relays = ordered(relays);
    mailboxes = ordered(mailboxes);
    resolvers = ordered(resolvers);
    paths = ordered(paths);
    queues = ordered(queues);
  }

  /// With what holds where nothing is said of DNS and of queues.
  public Plan(
      Map<String, Relay> relays,
      Map<String, Mailbox> mailboxes,
      Map<String, Resolver> resolvers,
      Map<String, MailPath> paths,
      ServiceSettings service) {
    this(
        relays, mailboxes, resolvers, paths, service, DnsSettings.DEFAULT, Map.of(), Paging.NOBODY);
  }

  /// One that tells nobody.
  public Plan(
      Map<String, Relay> relays,
      Map<String, Mailbox> mailboxes,
      Map<String, Resolver> resolvers,
      Map<String, MailPath> paths,
      ServiceSettings service,
      DnsSettings dns,
      Map<String, Queue> queues) {
    this(relays, mailboxes, resolvers, paths, service, dns, queues, Paging.NOBODY);
  }

  /// The same that tells these.
  public Plan with(Paging other) {
    return new Plan(relays, mailboxes, resolvers, paths, service, dns, queues, other);
  }

  public Optional<MailPath> path(String name) {
    return Optional.ofNullable(paths.get(name));
  }

  /// The resolver for all names in relays and mailboxes.
  public Resolver defaultResolver() {
    return resolvers.getOrDefault(
        Resolver.DEFAULT, new Resolver(Resolver.DEFAULT, java.util.List.of()));
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
