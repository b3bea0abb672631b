package io.mailcanary.receiver;

import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox.Receiver;
import io.mailcanary.wire.OwnCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All receivers of our own. A port is bound when the probe files name it, kept for as long as they
/// do, and served once somebody hears it.
public final class Receivers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Receivers.class);
  private static final Duration CHECK = Duration.ofSeconds(15);

  private final ReceiverPolicy strict;
  private final InstantSource clock;
  private final Optional<Path> memory;
  private final Limits limits;
  private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
  private final Map<String, Ear> ears = new ConcurrentHashMap<>();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("receivers").factory());

  /// Ports that cannot be had, or certificates that cannot be shown.
  public static final class UnboundException extends Exception {
    private final transient List<String> problems;

    UnboundException(List<String> problems) {
      super(String.join("; ", problems));
      this.problems = List.copyOf(problems);
    }

    /// A line for each.
    public List<String> problems() {
      return problems;
    }
  }

  /// Who hears a receiver, and how that fared last.
  private static final class Ear {
    private final ReceiverSink sink;
    private Instant proven;
    private boolean hears;

    Ear(ReceiverSink sink, Instant proven) {
      this.sink = sink;
      this.proven = proven;
    }
  }

  /// @param strict what demanding receivers answer
  /// @param memory the folder where greylists are kept over a restart
  public Receivers(ReceiverPolicy strict, InstantSource clock, Path memory) {
    this(strict, clock, Limits.USUAL, Optional.of(memory));
  }

  Receivers(ReceiverPolicy strict, InstantSource clock, Limits limits, Optional<Path> memory) {
    this.memory = memory;
    this.strict = strict;
    this.clock = clock;
    this.limits = limits;
    var _ = watch.scheduleWithFixedDelay(this::sweep, 1, 1, TimeUnit.SECONDS);
    var _ =
        watch.scheduleWithFixedDelay(
            () -> ears.keySet().forEach(name -> Thread.startVirtualThread(() -> check(name))),
            CHECK.toSeconds(),
            CHECK.toSeconds(),
            TimeUnit.SECONDS);
  }

  /// Listens where these say, and nowhere else any more. A port that stays is kept open, whatever
  /// else changes.
  ///
  /// @param paths whose recipients mail is taken for
  /// @throws UnboundException when a port cannot be had or a certificate is none; then all is as it
  ///   was
  public synchronized void follow(Collection<Receiver> wanted, Collection<MailPath> paths)
      throws UnboundException {
    refuseCertificates(wanted);
    Map<String, Listener> next = new HashMap<>();
    Map<String, Listener> left = new HashMap<>(listeners);
    List<Receiver> fresh = new ArrayList<>();
    for (Receiver receiver : wanted) {
      Listener known = left.get(receiver.name());
      if (known != null && isSameDoor(known.settings(), receiver)) {
        next.put(receiver.name(), known);
        left.remove(receiver.name());
      } else {
        fresh.add(receiver);
      }
    }
    next.putAll(opened(fresh, left, paths));
    for (Receiver receiver : wanted) {
      Listener listener = next.get(receiver.name());
      if (listener != null) {
        listener.become(receiver, OwnAddresses.of(receiver, paths));
      }
    }
    listeners.putAll(next);
    listeners.keySet().retainAll(next.keySet());
    left.values().forEach(Listener::close);
    ears.keySet().retainAll(next.keySet());
    // A receiver that moved to another port has the same listener to its mail.
    ears.forEach((name, ear) -> {
      Listener listener = next.get(name);
      if (listener != null) {
        listener.hear(ear.sink);
      }
    });
  }

  private static void refuseCertificates(Collection<Receiver> wanted) throws UnboundException {
    List<String> problems = new ArrayList<>();
    for (Receiver receiver : wanted) {
      receiver
          .certificate()
          .flatMap(OwnCertificate::trouble)
          .ifPresent(why ->
              problems.add(
                  "mailboxes.%s.key-file: %s; expected the private key of the certificate"
                      .formatted(receiver.name(), why)));
    }
    if (!problems.isEmpty()) {
      throw new UnboundException(problems);
    }
  }

  private static boolean isSameDoor(Receiver one, Receiver other) {
    return one.listen().equals(other.listen()) && one.protocol() == other.protocol();
  }

  private Map<String, Listener> opened(
      List<Receiver> fresh, Map<String, Listener> left, Collection<MailPath> paths)
      throws UnboundException {
    // What is given up may stand on a port that is wanted again.
    List<Receiver> closed = new ArrayList<>();
    for (Receiver receiver : fresh) {
      left.forEach((name, old) -> {
        if (old.settings().listen().getPort() == receiver.listen().getPort()) {
          closed.add(old.settings());
          old.close();
        }
      });
    }
    Map<String, Listener> opened = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (Receiver receiver : fresh) {
      try {
        opened.put(receiver.name(), open(receiver, paths));
        LOG.info("Receiver {} listens at {}", receiver.name(), shown(receiver.listen()));
      } catch (IOException e) {
        problems.add(
            "mailboxes.%s.listen: %s cannot be listened at (%s): end what has it, or choose another"
                .formatted(receiver.name(), shown(receiver.listen()), e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      opened.values().forEach(Listener::close);
      closed.forEach(receiver -> reopen(receiver, paths));
      throw new UnboundException(problems);
    }
    return opened;
  }

  private Listener open(Receiver receiver, Collection<MailPath> paths) throws IOException {
    Greylist greylist =
        new Greylist(
            memory.map(folder ->
                folder.resolve(
                    URLEncoder.encode(receiver.name(), StandardCharsets.UTF_8) + ".greylist")),
            clock.instant());
    Gate gate = new Gate(strict, greylist, clock);
    return new Listener(receiver, OwnAddresses.of(receiver, paths), gate, clock, limits);
  }

  private void reopen(Receiver receiver, Collection<MailPath> paths) {
    try {
      Listener again = open(receiver, paths);
      listeners.put(receiver.name(), again);
      Ear ear = ears.get(receiver.name());
      if (ear != null) {
        again.hear(ear.sink);
      }
    } catch (IOException e) {
      listeners.remove(receiver.name());
      LOG.warn("Receiver {} lost its port: {}", receiver.name(), e.toString());
    }
  }

  private static String shown(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + " port " + address.getPort();
  }

  /// Tells all that comes to a receiver to `sink`, from the first connection on, and at once and
  /// whenever it changes whether it listens.
  public void hear(String mailbox, ReceiverSink sink) {
    ears.put(mailbox, new Ear(sink, clock.instant()));
    Listener listener = listeners.get(mailbox);
    if (listener != null) {
      listener.hear(sink);
    }
    Thread.startVirtualThread(() -> check(mailbox));
  }

  /// Tells it to `sink` no more; to another one it is told still.
  public void unhear(String mailbox, ReceiverSink sink) {
    ears.computeIfPresent(mailbox, (_, ear) -> ear.sink == sink ? null : ear);
  }

  /// Connects to our own port as a client would, and tells what came of it.
  public void check(String mailbox) {
    Ear ear = ears.get(mailbox);
    if (ear == null) {
      return;
    }
    Instant now = clock.instant();
    Listener listener = listeners.get(mailbox);
    Optional<String> trouble =
        listener == null ? Optional.of("nothing listens for it") : listener.trouble();
    boolean changed;
    Instant since;
    synchronized (ear) {
      changed = ear.hears == trouble.isPresent();
      since = trouble.isPresent() ? ear.proven : now;
      ear.hears = trouble.isEmpty();
      ear.proven = trouble.isPresent() ? ear.proven : now;
    }
    if (trouble.isPresent()) {
      ear.sink.deaf(mailbox, since, trouble.get());
    } else if (changed) {
      ear.sink.listening(mailbox, since);
    }
  }

  /// Until when all that came was told: there is nothing between the wire and who hears it.
  public Instant heardUntil(String mailbox) {
    Ear ear = ears.get(mailbox);
    if (ear == null) {
      return Instant.MIN;
    }
    synchronized (ear) {
      return ear.hears ? clock.instant() : ear.proven;
    }
  }

  /// The port that a receiver listens at; empty where it does not.
  public Optional<Integer> port(String mailbox) {
    return Optional.ofNullable(listeners.get(mailbox)).map(Listener::port);
  }

  private void sweep() {
    try {
      listeners.values().forEach(Listener::sweep);
    } catch (RuntimeException e) {
      LOG.warn("Slow connections were not cut: {}", e.toString());
    }
  }

  @Override
  public synchronized void close() {
    watch.shutdownNow();
    List<Thread> closing =
        listeners.values().stream()
            .map(listener -> Thread.startVirtualThread(listener::close))
            .toList();
    try {
      for (Thread thread : closing) {
        thread.join(Duration.ofSeconds(5));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    listeners.clear();
    ears.clear();
  }
}
