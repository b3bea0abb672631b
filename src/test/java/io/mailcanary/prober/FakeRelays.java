package io.mailcanary.prober;

import io.mailcanary.canary.Canaries;
import io.mailcanary.canary.Evidence;
import io.mailcanary.canary.Evidence.Failure;
import io.mailcanary.canary.Stage;
import io.mailcanary.path.Relay;
import io.mailcanary.submission.Outgoing;
import io.mailcanary.submission.Route;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/// Relays that answer by a script.
final class FakeRelays implements Submitter {
  /// All that was handed over or was tried to, in order.
  final List<Attempt> attempts = new CopyOnWriteArrayList<>();

  private final Map<String, Deque<Answer>> scripts = new ConcurrentHashMap<>();
  private final InstantSource clock;
  private final List<String> log;

  private volatile Consumer<Attempt> taken = _ -> {};

  /// @param bytes empty when the relay never came to ask for them
  record Attempt(
      Instant at,
      Relay to,
      Route route,
      String tag,
      Outgoing message,
      byte[] bytes,
      Evidence evidence) {}

  /// What a relay does with one attempt.
  @FunctionalInterface
  interface Answer {
    Evidence give();
  }

  FakeRelays(InstantSource clock, List<String> log) {
    this.clock = clock;
    this.log = log;
  }

  /// Answers in turn; the last one stays.
  ///
  /// @param relay its name, with the address behind a slash where the route names one
  void script(String relay, Answer... answers) {
    scripts.put(relay, new ArrayDeque<>(List.of(answers)));
  }

  /// What becomes of the messages that a relay has whole, whatever it answers then.
  void whenTaken(Consumer<Attempt> then) {
    taken = then;
  }

  static Answer accepts() {
    return answers(Stage.END_OF_DATA, "250 2.0.0 Ok: queued as 4Xyz12");
  }

  static Answer answers(Stage stage, String wire) {
    return () -> Canaries.answer(stage, wire);
  }

  static Answer defers() {
    return answers(Stage.RCPT, "450 4.2.0 later");
  }

  static Answer refuses() {
    return answers(Stage.RCPT, "550 5.1.1 no such user");
  }

  static Answer isUnreachable() {
    return () -> Canaries.failure(Stage.CONNECT, Failure.Kind.CONNECTION, "connection refused");
  }

  /// The connection breaks before the end of data is answered.
  static Answer breaksOff() {
    return () ->
        Canaries.failure(Stage.END_OF_DATA, Failure.Kind.CONNECTION, "the connection broke");
  }

  /// Says nothing until it is released, and accepts then.
  static Answer hangsUntil(CountDownLatch released) {
    return () -> {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return accepts().give();
    };
  }

  @Override
  public Evidence submit(Route route, Outgoing message) {
    Relay relay = route.relay();
    String to =
        relay.name()
            + (route instanceof Route.At(_, InetAddress address)
                ? "/" + address.getHostAddress()
                : "");
    log.add("submit to " + to);
    Evidence evidence = next(to).give();
    boolean whole = evidence.stage() == Stage.END_OF_DATA;
    byte[] bytes = whole ? message.message().get() : new byte[0];
    Attempt attempt =
        new Attempt(clock.instant(), relay, route, message.envelopeId(), message, bytes, evidence);
    attempts.add(attempt);
    if (whole) {
      taken.accept(attempt);
    }
    return evidence;
  }

  private Answer next(String relay) {
    Deque<Answer> script = scripts.computeIfAbsent(relay, _ -> new ArrayDeque<>());
    synchronized (script) {
      Answer first = script.peek();
      if (script.size() > 1) {
        script.remove();
      }
      return first == null ? accepts() : first;
    }
  }
}
