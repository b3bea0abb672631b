package io.mailcanary.receiver;

import io.mailcanary.receiver.Attempt.Step;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One client's connection. Its own thread alone touches it.
final class Visit {
  private static final int MOST_STEPS = 250;

  final GuardedSocket socket;
  final InetAddress client;
  private final List<Step> greetings = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<String> recipients = new ArrayList<>();
  private Instant startedAt;
  private String helo = "";
  private @Nullable Argument sender;
  private boolean delayed;
  private int commands;
  private int errors;
  private String tls = "";

  Visit(GuardedSocket socket, InetAddress client, Instant startedAt) {
    this.socket = socket;
    this.client = client;
    this.startedAt = startedAt;
  }

  /// The version of TLS in use; empty without.
  String tls() {
    return tls;
  }

  /// It goes on in TLS, as if it had just begun (RFC 3207 §4.2).
  void secured(String version) {
    reset();
    helo = "";
    greetings.clear();
    tls = version;
  }

  String helo() {
    return helo;
  }

  void greetedBy(String name) {
    helo = name;
  }

  boolean hasGreeted() {
    return !helo.isEmpty();
  }

  boolean isInMessage() {
    return sender != null;
  }

  String sender() {
    return sender == null ? "" : Visible.text(sender.address());
  }

  List<String> recipients() {
    return List.copyOf(recipients);
  }

  void begin(Argument from, Instant now) {
    sender = from;
    if (!steps.isEmpty()) {
      steps.clear();
      startedAt = now;
    }
  }

  void add(String recipient) {
    recipients.add(recipient);
  }

  /// Ends the message, however.
  void reset() {
    sender = null;
    delayed = false;
    recipients.clear();
  }

  /// Whether this is the first time that its message has to wait.
  boolean delays() {
    boolean first = !delayed;
    delayed = true;
    return first;
  }

  int command() {
    return ++commands;
  }

  int error() {
    return ++errors;
  }

  void note(Step step) {
    List<Step> to =
        switch (step.stage()) {
          case CONNECT, HELO -> greetings;
          case MAIL, RCPT, DATA, END_OF_DATA -> steps;
        };
    if (to.size() == MOST_STEPS) {
      to.removeFirst();
    }
    to.add(step);
  }

  Attempt attempt(String mailbox, Step last) {
    List<Step> all = new ArrayList<>(greetings);
    all.addAll(steps);
    all.remove(last);
    all.add(last);
    return new Attempt(
        mailbox,
        startedAt,
        client.getHostAddress(),
        helo,
        tls,
        sender(),
        sender == null ? "" : Visible.text(sender.envelopeId()),
        recipients,
        all);
  }
}
