package io.mailcanary.resolver;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Asks one server one question, and always comes back with an answer: if need be that none came.
///
/// UDP first, once more when nothing comes, since a datagram gets lost; then TCP, as when the
/// answer was cut short. No server is asked faster than its limit.
public final class Asker {
  /// What a datagram may hold without being torn on its way (DNS flag day 2020).
  private static final int DATAGRAM = 1232;

  private static final int TCP_ATTEMPTS = 3;
  private static final int MOST_HEARD = 50_000;
  private static final String CLOSED = "connection closed";
  private static final String UNREACHABLE = "not reachable";
  private static final Exchange NO_TURN =
      new Exchange.Silence("not asked: too many questions wait for this server");

  private final Limits limits;
  private final Optional<Wire> wire;
  private final ConcurrentMap<InetSocketAddress, Line> lines = new ConcurrentHashMap<>();
  private final LongAdder asked = new LongAdder();

  /// @param udp how long each of the two datagrams is waited for
  /// @param tcp how long an answer by TCP is
  /// @param perSecond questions to one server
  /// @param burst how many of these may go at once
  /// @param turn how long a question may wait for its turn
  public record Limits(Duration udp, Duration tcp, int perSecond, int burst, Duration turn) {
    /// For servers that know the answer or don't.
    public static final Limits AUTHORITATIVE =
        new Limits(
            Duration.ofMillis(1_500), Duration.ofSeconds(2), 100, 20, Duration.ofSeconds(30));

    /// For resolvers, which may have to ask others first.
    public static final Limits RECURSIVE =
        new Limits(
            Duration.ofSeconds(2), Duration.ofSeconds(2), 1_000, 200, Duration.ofSeconds(30));

    /// Some are left to others.
    int atOnce() {
      return Math.max(1, burst / 2);
    }

    Duration all() {
      return udp.multipliedBy(2).plus(tcp);
    }
  }

  /// What belongs to one server.
  ///
  /// @param heard what it said last, as it came
  private record Line(
      InetSocketAddress address, SimpleResolver tcp, Pace pace, Map<Question, Heard> heard) {

    /// Who says word for word what he said before has said the same: it is not read again.
    DnsAnswer read(Question question, String server, byte[] wire) throws IOException {
      Heard before = heard.get(question);
      if (before != null && before.isSame(server, wire)) {
        return before.answer;
      }
      DnsAnswer answer = AnswerReader.read(question, server, Look.AUTHORITATIVE, new Message(wire));
      if (heard.size() >= MOST_HEARD) {
        heard.clear();
      }
      heard.put(question, new Heard(wire, answer));
      return answer;
    }
  }

  private record Heard(byte[] wire, DnsAnswer answer) {
    /// But for the number.
    boolean isSame(String server, byte[] other) {
      return Arrays.equals(wire, 2, wire.length, other, 2, other.length)
          && answer.origin().server().equals(server);
    }
  }

  /// Carries a question to a server and its answer back, in place of the network.
  @FunctionalInterface
  public interface Wire {
    /// @throws IOException when no answer comes
    Message carry(InetSocketAddress server, Message query) throws IOException;
  }

  public Asker(Limits limits) {
    this(limits, Optional.empty());
  }

  /// Asks nobody on the network: simulations have a wire of their own.
  public Asker(Wire wire) {
    this(Limits.RECURSIVE, Optional.of(wire));
  }

  private Asker(Limits limits, Optional<Wire> wire) {
    this.limits = limits;
    this.wire = wire;
  }

  /// How many messages were sent so far.
  public long asked() {
    return asked.sum();
  }

  /// Servers that are not asked any more take no room.
  public void keepOnly(Set<InetSocketAddress> servers) {
    lines.keySet().retainAll(servers);
  }

  /// @param server its name for people, such as `192.0.2.53 (ns1.example.org)`
  public DnsAnswer ask(InetSocketAddress address, String server, Question question, Look look) {
    return switch (exchange(address, question, look)) {
      case Exchange.Came(Message message) -> AnswerReader.read(question, server, look, message);
      case Exchange.Silence(String why) -> new DnsAnswer.Timeout(question, Origin.of(server), why);
    };
  }

  /// Why a server does not answer over TCP; empty where it does.
  public Optional<String> tcpTrouble(InetSocketAddress address, Question question) {
    if (wire.isPresent()) {
      return Optional.empty();
    }
    try {
      Line line = lines.computeIfAbsent(address, this::line);
      Message query = query(question, Look.AUTHORITATIVE);
      return overTcp(line, query) instanceof Exchange.Silence(String why)
          ? Optional.of(why)
          : Optional.empty();
    } catch (TextParseException _) {
      return Optional.empty();
    }
  }

  /// What came over the wire.
  sealed interface Exchange {
    record Came(Message message) implements Exchange {}

    record Silence(String why) implements Exchange {}
  }

  /// Asks an authoritative server several questions at once, as far as its limit lets them.
  public Map<Question, DnsAnswer> ask(
      InetSocketAddress address, String server, Collection<Question> questions) {
    Map<Question, DnsAnswer> answers = new LinkedHashMap<>();
    if (wire.isEmpty()) {
      Line line = lines.computeIfAbsent(address, this::line);
      questions.stream()
          .gather(Gatherers.windowFixed(limits.atOnce()))
          .forEach(some -> answers.putAll(inOneGo(line, server, some)));
    }
    // Whatever else came of it: as if it were the only one.
    for (Question question : questions) {
      answers.computeIfAbsent(question, one -> ask(address, server, one, Look.AUTHORITATIVE));
    }
    return answers;
  }

  /// @return what can be told from a datagram each
  private Map<Question, DnsAnswer> inOneGo(Line line, String server, List<Question> questions) {
    Map<Question, DnsAnswer> answers = new LinkedHashMap<>();
    try {
      byte[][] queries = new byte[questions.size()][];
      Set<Integer> numbers = new HashSet<>();
      for (int i = 0; i < queries.length; i++) {
        Message query = query(questions.get(i), Look.AUTHORITATIVE);
        while (!numbers.add(query.getHeader().getID())) {
          query.getHeader().setID(number());
        }
        queries[i] = query.toWire();
      }
      if (!line.pace.await(queries.length, limits.turn().toNanos())) {
        return answers;
      }
      asked.add(queries.length);
      byte[][] came = Datagrams.carry(line.address, queries, limits.udp());
      for (int i = 0; i < queries.length; i++) {
        byte[] answer = came[i];
        if (answer.length > 0 && !new Header(answer).getFlag(Flags.TC)) {
          answers.put(questions.get(i), line.read(questions.get(i), server, answer));
        }
      }
    } catch (IOException _) {
      // those that are missing are asked one by one
    }
    return answers;
  }

  Exchange exchange(InetSocketAddress address, Question question, Look look) {
    Message query;
    try {
      query = query(question, look);
    } catch (TextParseException _) {
      return new Exchange.Silence(
          "'%s' is no name that can be asked for".formatted(question.name()));
    }
    if (wire.isPresent()) {
      return carried(wire.get(), address, query);
    }
    Line line = lines.computeIfAbsent(address, this::line);
    Exchange first = overUdp(line, query);
    if (first instanceof Exchange.Silence(String why) && !why.equals(UNREACHABLE)) {
      first = overUdp(line, query);
    }
    return switch (first) {
      case Exchange.Came(Message message) when isCut(message) ->
          switch (overTcp(line, query)) {
            case Exchange.Came whole -> whole;
            case Exchange.Silence(String why) ->
                new Exchange.Silence("answer too long for UDP, over TCP " + why);
          };
      case Exchange.Came came -> came;
      case Exchange.Silence(String why) ->
          switch (overTcp(line, query)) {
            case Exchange.Came came -> came;
            case Exchange.Silence(String last) ->
                new Exchange.Silence(
                    why.equals(last) || why.equals(UNREACHABLE)
                        ? "%s over UDP and TCP".formatted(why)
                        : "no answer within %d s over UDP and TCP"
                            .formatted(limits.all().toSeconds()));
          };
    };
  }

  private Exchange carried(Wire carrier, InetSocketAddress address, Message query) {
    asked.increment();
    try {
      return new Exchange.Came(carrier.carry(address, query));
    } catch (IOException _) {
      return new Exchange.Silence(
          "no answer within %d s over UDP and TCP".formatted(limits.all().toSeconds()));
    }
  }

  /// A connection may be one that was kept from before, and servers close these when they like (RFC
  /// 7766 §6.2.3): then it is tried on a new one.
  private Exchange overTcp(Line line, Message query) {
    Exchange last = onceOverTcp(line, query);
    for (int i = 1; i < TCP_ATTEMPTS && isClosed(last); i++) {
      last = onceOverTcp(line, query);
    }
    return last;
  }

  private static boolean isClosed(Exchange exchange) {
    return exchange instanceof Exchange.Silence(String why) && why.equals(CLOSED);
  }

  private Exchange overUdp(Line line, Message query) {
    if (!line.pace.await(1, limits.turn().toNanos())) {
      return NO_TURN;
    }
    asked.increment();
    try {
      byte[] came =
          Datagrams.carry(line.address, new byte[][] {copy(query).toWire()}, limits.udp())[0];
      return came.length == 0
          ? new Exchange.Silence("no answer")
          : new Exchange.Came(new Message(came));
    } catch (IOException e) {
      return new Exchange.Silence(
          Thread.currentThread().isInterrupted() ? "interrupted" : reason(e));
    }
  }

  private Exchange onceOverTcp(Line line, Message query) {
    if (!line.pace.await(1, limits.turn().toNanos())) {
      return NO_TURN;
    }
    asked.increment();
    CompletableFuture<Message> pending = line.tcp.sendAsync(copy(query)).toCompletableFuture();
    try {
      return new Exchange.Came(pending.get(limits.tcp().toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException _) {
      pending.cancel(false);
      return new Exchange.Silence("no answer");
    } catch (InterruptedException _) {
      pending.cancel(false);
      Thread.currentThread().interrupt();
      return new Exchange.Silence("interrupted");
    } catch (ExecutionException e) {
      return new Exchange.Silence(reason(e.getCause()));
    }
  }

  private static String reason(@Nullable Throwable why) {
    return switch (why) {
      case PortUnreachableException _ -> UNREACHABLE;
      case SocketException reset when String.valueOf(reset.getMessage()).contains("reset") ->
          CLOSED;
      case SocketException _ -> UNREACHABLE;
      case EOFException _ -> CLOSED;
      case ClosedChannelException _ -> CLOSED;
      case null -> "no answer";
      default ->
          why.getMessage() != null && why.getMessage().contains("imed out")
              ? "no answer"
              : "unintelligible answer";
    };
  }

  private static boolean isCut(Message message) {
    return message.getHeader().getFlag(Flags.TC);
  }

  /// An identity of its own for each datagram: a late answer to the first is none to the second.
  private static Message copy(Message query) {
    Message copy = query.clone();
    copy.getHeader().setID(number());
    return copy;
  }

  private static int number() {
    return new Message().getHeader().getID();
  }

  private static Message query(Question question, Look look) throws TextParseException {
    String text = question.name().text();
    Name name = question.name().isRoot() ? Name.root : Name.fromString(text, Name.root);
    Message query =
        Message.newQuery(Record.newRecord(name, Type.value(question.type().name()), DClass.IN));
    if (!look.recurses()) {
      query.getHeader().unsetFlag(Flags.RD);
    }
    if (look == Look.PLAIN) {
      query.getHeader().setFlag(Flags.CD);
    }
    query.addRecord(new OPTRecord(DATAGRAM, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    return query;
  }

  private Line line(InetSocketAddress address) {
    SimpleResolver tcp = new SimpleResolver(address);
    tcp.setTCP(true);
    // Ours ends first, so that it is known to be a time-out.
    tcp.setTimeout(limits.tcp().plusSeconds(1));
    return new Line(
        address, tcp, new Pace(limits.perSecond(), limits.burst()), new ConcurrentHashMap<>());
  }
}
