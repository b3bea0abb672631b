package io.mailcanary.resolver;

import io.mailcanary.resolver.AddressAnswer.Addresses;
import io.mailcanary.resolver.AddressAnswer.Alias;
import io.mailcanary.resolver.AddressAnswer.Failure;
import io.mailcanary.resolver.AddressAnswer.NoAddress;
import io.mailcanary.resolver.AddressAnswer.NoSuchName;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Asks name servers in turn for A and AAAA records, the one that answered last time first.
///
/// UDP, then TCP where the answer was cut short. A server that says nothing may be asked again (a
/// datagram gets lost), one that failed is not.
final class DnsHosts implements HostSource {
  private static final int MOST_ROUNDS = 3;
  private static final int LEAST_SECONDS = 1;
  private static final int MOST_SECONDS = 30;
  private static final int MOST_SECONDS_MISSING = 5;
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final String TIMED_OUT = "timed out";
  private static final String UNREACHABLE = "name server not reachable";

  private final List<Server> servers;
  private final Duration tryFor;
  private final Duration askFor;
  private volatile int first;

  private record Server(String name, SimpleResolver resolver) {}

  /// What both questions together say; a failure says nothing of the host.
  private record Both(AddressAnswer four, AddressAnswer six) {}

  DnsHosts(List<InetSocketAddress> servers) {
    this(servers, Duration.ofSeconds(2), Duration.ofSeconds(6));
  }

  /// @param tryFor how long one server may take for one question
  /// @param askFor how long a look-up may take in all
  DnsHosts(List<InetSocketAddress> servers, Duration tryFor, Duration askFor) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no name server to ask");
    }
    this.servers = servers.stream().map(address -> server(address, tryFor)).toList();
    this.tryFor = tryFor;
    this.askFor = askFor;
  }

  private static Server server(InetSocketAddress address, Duration tryFor) {
    SimpleResolver resolver = new SimpleResolver(address);
    // Ours ends first, so that it is known to be a time-out.
    resolver.setTimeout(tryFor.plusSeconds(1));
    return new Server(shown(address), resolver);
  }

  private static String shown(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    String host = ip == null ? address.getHostString() : ip.getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  @Override
  public HostAnswer ask(String host) {
    Name name;
    try {
      name = Name.fromString(host, Name.root);
    } catch (TextParseException _) {
      return new HostAnswer.Missing(host + ": not a host name", AFTER_FAILURE);
    }
    long end = System.nanoTime() + askFor.toNanos();
    Map<Server, String> failures = new LinkedHashMap<>();
    List<Server> left = inTurn();
    for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
      List<Server> silent = new ArrayList<>();
      for (Server server : left) {
        if (!remaining(end).isPositive()) {
          break;
        }
        switch (judge(host, server, both(server, name, end))) {
          case Verdict.Known known -> {
            first = servers.indexOf(server);
            return known.answer();
          }
          case Verdict.Unknown unknown -> {
            failures.put(server, unknown.why());
            if (unknown.again()) {
              silent.add(server);
            }
          }
        }
      }
      left = silent;
    }
    return new HostAnswer.Missing(host + ": " + sentence(failures), AFTER_FAILURE);
  }

  private sealed interface Verdict {
    record Known(HostAnswer answer) implements Verdict {}

    record Unknown(String why, boolean again) implements Verdict {}
  }

  private static Verdict judge(String host, Server server, Both both) {
    List<InetAddress> addresses = new ArrayList<>();
    long ttl = MOST_SECONDS;
    for (AddressAnswer answer : List.of(both.four, both.six)) {
      if (answer instanceof Addresses found) {
        addresses.addAll(found.addresses());
        ttl = Math.min(ttl, found.ttl());
      }
    }
    if (!addresses.isEmpty()) {
      boolean half = both.four instanceof Failure || both.six instanceof Failure;
      return known(
          new HostAnswer.Found(
              addresses,
              half ? AFTER_FAILURE : AddressAnswer.between(ttl, LEAST_SECONDS, MOST_SECONDS)));
    }
    if (both.four instanceof Failure failure) {
      return new Verdict.Unknown(failure.why(), failure.silent());
    }
    // A server that knows no AAAA records and says that the name is not there is common enough
    // (RFC 4074 §4.2): the A question is the one that counts.
    return switch (both.four) {
      case NoSuchName none -> missing(host, "no such name", server, none.ttl());
      case Alias _ ->
          missing(
              host,
              "more than %d aliases in a row".formatted(AddressAnswer.MOST_ALIASES),
              server,
              MOST_SECONDS_MISSING);
      case NoAddress none ->
          both.six instanceof Failure failure
              ? new Verdict.Unknown(failure.why(), failure.silent())
              : missing(host, "no address record", server, none.ttl());
      case Addresses _, Failure _ -> throw new IllegalStateException("judged before");
    };
  }

  private static Verdict known(HostAnswer answer) {
    return new Verdict.Known(answer);
  }

  private static Verdict missing(String host, String what, Server server, long ttl) {
    return known(
        new HostAnswer.Missing(
            "%s: %s, says %s".formatted(host, what, server.name),
            AddressAnswer.between(ttl, LEAST_SECONDS, MOST_SECONDS_MISSING)));
  }

  private static String sentence(Map<Server, String> failures) {
    return failures.entrySet().stream()
        .map(failure -> failure.getValue() + verb(failure.getValue()) + failure.getKey().name)
        .collect(Collectors.joining("; "));
  }

  private static String verb(String why) {
    return why.equals(TIMED_OUT) || why.equals(UNREACHABLE) ? ": " : ", says ";
  }

  private Both both(Server server, Name name, long end) {
    Question a = question(server, name, Type.A, end);
    Question aaaa = question(server, name, Type.AAAA, end);
    return new Both(answer(server, a, end), answer(server, aaaa, end));
  }

  /// A question on its way.
  private record Question(Name name, int type, CompletableFuture<Message> message, long deadline) {}

  private Question question(Server server, Name name, int type, long end) {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    long soon = System.nanoTime() + tryFor.toNanos();
    return new Question(
        name,
        type,
        server.resolver.sendAsync(query).toCompletableFuture(),
        soon - end < 0 ? soon : end);
  }

  private AddressAnswer answer(Server server, Question first, long end) {
    Question question = first;
    int aliases = 0;
    long ttl = Long.MAX_VALUE;
    while (true) {
      AddressAnswer answer = read(question);
      if (answer instanceof Addresses found) {
        return new Addresses(found.addresses(), Math.min(ttl, found.ttl()));
      }
      if (!(answer instanceof Alias alias)) {
        return answer;
      }
      aliases += alias.aliases();
      ttl = Math.min(ttl, alias.ttl());
      if (aliases > AddressAnswer.MOST_ALIASES) {
        return alias;
      }
      question = question(server, alias.target(), question.type, end);
    }
  }

  private static AddressAnswer read(Question question) {
    CompletableFuture<Message> pending = question.message;
    try {
      long patience = Math.max(1, question.deadline - System.nanoTime());
      Message message = pending.get(patience, TimeUnit.NANOSECONDS);
      return AddressAnswer.read(message, question.name, question.type);
    } catch (TimeoutException _) {
      pending.cancel(false);
      return new Failure(TIMED_OUT, true);
    } catch (InterruptedException _) {
      pending.cancel(false);
      Thread.currentThread().interrupt();
      return new Failure("interrupted", false);
    } catch (ExecutionException e) {
      // A server may close a connection that other questions share (RFC 7766 §6.2.4).
      return new Failure(reason(e.getCause()), e.getCause() instanceof EOFException);
    }
  }

  private static String reason(@Nullable Throwable why) {
    return switch (why) {
      case SocketException _ -> UNREACHABLE;
      case EOFException _ -> "connection closed";
      case null, default -> "unintelligible answer";
    };
  }

  private List<Server> inTurn() {
    List<Server> turn = new ArrayList<>(servers.subList(first, servers.size()));
    turn.addAll(servers.subList(0, first));
    return turn;
  }

  private static Duration remaining(long end) {
    return Duration.ofNanos(end - System.nanoTime());
  }
}
