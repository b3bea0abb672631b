package io.mailcanary.resolver;

import io.mailcanary.mail.DomainName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupResult;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/// Asks name servers in turn for the MX records of a domain, and remembers what they say for its
/// time to live, between a second and half a minute, as with addresses.
final class MailExchangers {
  private static final int MOST_HOSTS = 32;
  private static final int MOST_DOMAINS = 1_000;
  private static final int MOST_ALIASES = 10;
  private static final int LEAST_SECONDS = 1;
  private static final int MOST_SECONDS = 30;
  private static final Duration WHEN_MISSING = Duration.ofSeconds(5);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

  private final List<Server> servers;
  private final Duration tryFor;
  private final LongSupplier nanoTime;
  private final Map<DomainName, Remembered> remembered =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<DomainName, Remembered> eldest) {
          return size() > MOST_DOMAINS;
        }
      };

  private record Server(String name, LookupSession session) {}

  private record Remembered(MxAnswer answer, long until) {}

  /// @param servers empty: those that the system uses
  MailExchangers(List<InetSocketAddress> servers) {
    this(servers, Duration.ofSeconds(2), System::nanoTime);
  }

  MailExchangers(List<InetSocketAddress> servers, Duration tryFor, LongSupplier nanoTime) {
    List<InetSocketAddress> all =
        servers.isEmpty() ? ResolverConfig.getCurrentConfig().servers() : servers;
    this.servers = all.stream().map(address -> server(address, tryFor)).toList();
    this.tryFor = tryFor;
    this.nanoTime = nanoTime;
  }

  private static Server server(InetSocketAddress address, Duration tryFor) {
    SimpleResolver resolver = new SimpleResolver(address);
    resolver.setTimeout(tryFor);
    return new Server(
        shown(address),
        LookupSession.builder().resolver(resolver).maxRedirects(MOST_ALIASES).build());
  }

  private static String shown(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  MxAnswer of(DomainName domain) {
    synchronized (remembered) {
      Remembered known = remembered.get(domain);
      if (known != null && known.until - nanoTime.getAsLong() > 0) {
        return known.answer;
      }
    }
    MxAnswer.Kept fresh = ask(domain);
    synchronized (remembered) {
      long until = nanoTime.getAsLong() + fresh.keep().toNanos();
      remembered.put(domain, new Remembered(fresh.answer(), until));
    }
    return fresh.answer();
  }

  private MxAnswer.Kept ask(DomainName domain) {
    Name name;
    try {
      name = Name.fromString(domain.toString(), Name.root);
    } catch (TextParseException _) {
      return new MxAnswer.Kept(
          new MxAnswer.None(domain + ": not a name for DNS"), Duration.ofSeconds(MOST_SECONDS));
    }
    String failures = "";
    for (Server server : servers) {
      try {
        LookupResult result =
            server
                .session
                .lookupAsync(name, Type.MX)
                .toCompletableFuture()
                // The resolver asks again over TCP where an answer was cut short.
                .get(2 * tryFor.toMillis() + 500, TimeUnit.MILLISECONDS);
        return found(domain, server, result.getRecords());
      } catch (ExecutionException e) {
        MxAnswer.@Nullable Kept definite = definite(domain, server, e.getCause());
        if (definite != null) {
          return definite;
        }
        failures = joined(failures, server, e.getCause());
      } catch (TimeoutException e) {
        failures = joined(failures, server, e);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new MxAnswer.Kept(
            new MxAnswer.Unknown(domain + ": MX look-up interrupted"), Duration.ZERO);
      }
    }
    return new MxAnswer.Kept(new MxAnswer.Unknown(domain + ": MX: " + failures), AFTER_FAILURE);
  }

  private static String joined(String failures, Server server, @Nullable Throwable why) {
    String message = why == null ? null : why.getMessage();
    String words =
        why instanceof TimeoutException || message == null || message.contains("imed out")
            ? "no answer from " + server.name
            : message + " (" + server.name + ")";
    return failures.isEmpty() ? words : failures + "; " + words;
  }

  private static MxAnswer.@Nullable Kept definite(
      DomainName domain, Server server, @Nullable Throwable why) {
    return switch (why) {
      case NoSuchDomainException _ ->
          new MxAnswer.Kept(
              new MxAnswer.None("%s: no such name, says %s".formatted(domain, server.name)),
              WHEN_MISSING);
      // RFC 5321 §5.1: without an MX the domain is its own.
      case NoSuchRRSetException _ ->
          new MxAnswer.Kept(
              new MxAnswer.Found(List.of(new MxAnswer.Host(domain.toString(), 0)), true),
              WHEN_MISSING);
      case null, default -> null;
    };
  }

  private static MxAnswer.Kept found(DomainName domain, Server server, List<Record> records) {
    List<MXRecord> exchangers =
        records.stream()
            .filter(MXRecord.class::isInstance)
            .map(MXRecord.class::cast)
            .sorted(
                Comparator.comparingInt(MXRecord::getPriority).thenComparing(MXRecord::getTarget))
            .limit(MOST_HOSTS)
            .toList();
    List<MxAnswer.Host> hosts =
        exchangers.stream()
            .filter(mx -> !mx.getTarget().equals(Name.root))
            .map(mx -> new MxAnswer.Host(mx.getTarget().toString(true), mx.getPriority()))
            .toList();
    Duration keep =
        AddressAnswer.between(
            exchangers.stream().mapToLong(Record::getTTL).min().orElse(0),
            LEAST_SECONDS,
            MOST_SECONDS);
    if (exchangers.isEmpty()) {
      return new MxAnswer.Kept(
          new MxAnswer.Found(List.of(new MxAnswer.Host(domain.toString(), 0)), true), WHEN_MISSING);
    }
    return hosts.isEmpty()
        ? new MxAnswer.Kept(
            new MxAnswer.None(
                "%s: takes no mail (null MX, RFC 7505), says %s".formatted(domain, server.name)),
            keep)
        : new MxAnswer.Kept(new MxAnswer.Found(hosts, false), keep);
  }
}
