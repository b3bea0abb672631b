package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One mail server of a world without sockets: what [MailServer], [Spool] and [Courier] do, by an
/// agenda instead of threads.
final class SimulatedServer {
  private static final Duration STEP = Duration.ofMillis(40);
  private static final int MOST_HOPS = 25;
  private static final int LARGEST_MESSAGE = 16 << 20;

  private final Role role;
  private final List<InetAddress> addresses;
  private final SimulatedWorld.Surroundings around;
  private final Optional<String> selector;
  private final Map<String, Entry> queue = new LinkedHashMap<>();
  private final List<Check> usual = new ArrayList<>();
  private final List<Check> told = new ArrayList<>();
  private final InForce<Act.Keeping> filing = new InForce<>(Act.Keeping.INBOX);
  private final InForce<Boolean> keepsUnroutable = new InForce<>(false);
  private final InForce<Duration> linger = new InForce<>(Duration.ZERO);
  private final InForce<Duration> skew = new InForce<>(Duration.ZERO);
  private final InForce<Boolean> down = new InForce<>(false);
  private int turns;

  /// A message in the queue.
  private static final class Entry {
    private Spool.Waiting waiting;
    private Duration gap;
    private boolean warned;
    private boolean lingers = true;

    Entry(Spool.Waiting waiting, Duration gap) {
      this.waiting = waiting;
      this.gap = gap;
    }
  }

  /// @param selector of the key that it signs mail with that bears no signature yet
  SimulatedServer(
      Role role,
      List<InetAddress> addresses,
      SimulatedWorld.Surroundings around,
      Optional<String> selector) {
    this.role = role;
    this.addresses = List.copyOf(addresses);
    this.around = around;
    this.selector = selector;
  }

  Role role() {
    return role;
  }

  boolean isAt(InetAddress address) {
    return addresses.contains(address);
  }

  boolean isDown() {
    return down.now();
  }

  List<Spool.Waiting> waiting() {
    return queue.values().stream().map(entry -> entry.waiting).toList();
  }

  // What can be done to it

  void enforce(Check check) {
    usual.add(check);
  }

  Repair follow(Check check) {
    told.addLast(check);
    return () -> told.remove(check);
  }

  Repair files(Act.Keeping how) {
    return filing.put(how);
  }

  Repair keepUnroutable() {
    return keepsUnroutable.put(true);
  }

  Repair skew(Duration by) {
    return skew.put(by);
  }

  Repair goDown() {
    return down.put(true);
  }

  Repair linger(Duration time) {
    Repair repair = linger.put(time);
    return () -> {
      repair.run();
      List.copyOf(queue.values()).stream().filter(entry -> entry.lingers).forEach(this::carry);
    };
  }

  // What is said to it

  /// @param at how far it came
  record Answer(Check.At at, SmtpReply reply) {
    boolean isYes() {
      return reply.code() < 300;
    }
  }

  Answer take(
      TraceLine.From from, InetAddress client, String sender, String recipient, byte[] given) {
    Check.Visit visit = new Check.Visit(client, sender, recipient, new byte[0]);
    for (Check.At at : List.of(Check.At.MAIL, Check.At.RCPT)) {
      Optional<SmtpReply> no = refusal(at, visit);
      if (no.isPresent()) {
        return new Answer(at, no.get());
      }
    }
    Optional<SmtpReply> no = unknown(recipient);
    if (no.isPresent()) {
      return new Answer(Check.At.RCPT, no.get());
    }
    String id = around.nextId();
    byte[] message = joined(TraceLine.of(from, role.host(), id, recipient, clock()), signed(given));
    Optional<SmtpReply> last =
        tooMuch(message)
            .or(() -> refusal(Check.At.DATA, new Check.Visit(client, sender, recipient, message)));
    if (last.isPresent()) {
      return new Answer(Check.At.DATA, last.get());
    }
    offer(id, new Mail(sender, recipient, message));
    return new Answer(Check.At.DATA, reply(250, "2.0.0 Ok: queued as " + id));
  }

  private byte[] signed(byte[] message) {
    return selector.map(one -> around.signer().sign(message, one)).orElse(message);
  }

  private Optional<SmtpReply> refusal(Check.At at, Check.Visit visit) {
    List<Check> all = new ArrayList<>(told.reversed());
    all.addAll(usual);
    return all.stream().flatMap(check -> check.refusal(at, visit).stream()).findFirst();
  }

  private Optional<SmtpReply> unknown(String recipient) {
    String domain = Mail.domainOf(recipient);
    boolean kept = role.keeps().contains(domain);
    if (!kept && !role.relays() && !role.passes().containsKey(domain)) {
      return Optional.of(reply(554, "5.7.1 <%s>: Relay access denied".formatted(recipient)));
    }
    return kept && around.mailbox(recipient).isEmpty()
        ? Optional.of(
            reply(550, "5.1.1 <%s>: Recipient address rejected: User unknown".formatted(recipient)))
        : Optional.empty();
  }

  private static Optional<SmtpReply> tooMuch(byte[] message) {
    if (message.length > LARGEST_MESSAGE) {
      return Optional.of(reply(552, "5.3.4 Message size exceeds fixed limit"));
    }
    return MessageHead.hops(message) > MOST_HOPS
        ? Optional.of(reply(554, "5.4.6 Too many hops"))
        : Optional.empty();
  }

  static SmtpReply reply(int code, String text) {
    return SmtpReply.parse(code + " " + text).orElseThrow();
  }

  private static byte[] joined(String trace, byte[] message) {
    byte[] head = trace.getBytes(StandardCharsets.UTF_8);
    byte[] joined = Arrays.copyOf(head, head.length + message.length);
    System.arraycopy(message, 0, joined, head.length, message.length);
    return joined;
  }

  private Instant now() {
    return around.clock().instant();
  }

  /// What its own clock says.
  private Instant clock() {
    return now().plus(skew.now());
  }

  // What it does with what it took

  private void offer(String id, Mail mail) {
    Entry entry = new Entry(new Spool.Waiting(id, mail, now(), 0, ""), around.pace().firstGap());
    queue.put(id, entry);
    var _ = around.agenda().at(now().plus(STEP).plus(linger.now()), () -> carry(entry));
  }

  private void carry(Entry entry) {
    if (queue.containsKey(entry.waiting.id()) && entry.lingers) {
      entry.lingers = false;
      attempt(entry);
    }
  }

  private void attempt(Entry entry) {
    try {
      deliver(entry.waiting.mail());
      queue.remove(entry.waiting.id());
    } catch (SmtpRefusal refusal) {
      refused(entry, refusal);
    }
  }

  private void refused(Entry entry, SmtpRefusal refusal) {
    Spool.Waiting was = entry.waiting;
    entry.waiting =
        new Spool.Waiting(was.id(), was.mail(), was.since(), was.attempts() + 1, said(refusal));
    if (refusal.reply().isPermanent() || isOlder(was, around.pace().givesUpAfter())) {
      queue.remove(was.id());
      tell(entry.waiting, refusal, true);
      return;
    }
    if (!entry.warned && isOlder(was, around.pace().warnsAfter())) {
      entry.warned = true;
      tell(entry.waiting, refusal, false);
    }
    var _ = around.agenda().at(now().plus(entry.gap), () -> attempt(entry));
    Duration next = entry.gap.multipliedBy(2);
    Duration longest = around.pace().longestGap();
    entry.gap = next.compareTo(longest) < 0 ? next : longest;
  }

  /// As a queue's list has it.
  private static String said(SmtpRefusal refusal) {
    return refusal
        .by()
        .map(by -> "host %s said: %s".formatted(by, refusal.reply()))
        .orElse(refusal.reply().text());
  }

  private boolean isOlder(Spool.Waiting waiting, Duration than) {
    return waiting.since().plus(than).isBefore(now());
  }

  private void tell(Spool.Waiting waiting, SmtpRefusal last, boolean failed) {
    if (waiting.mail().sender().isEmpty()) {
      return;
    }
    String id = around.nextId();
    DeliveryNotice notice =
        new DeliveryNotice(
            role.host(), failed, waiting, last, waiting.since().plus(around.pace().givesUpAfter()));
    offer(id, notice.mail(id, clock()));
  }

  private void deliver(Mail mail) throws SmtpRefusal {
    if (role.keeps().contains(mail.domain())) {
      around.mailbox(mail.recipient()).ifPresent(mailbox -> file(mail, mailbox));
      return;
    }
    SmtpRefusal last = new SmtpRefusal(450, "4.4.1 nobody to hand over to");
    for (String host : hosts(mail)) {
      for (InetAddress address : addresses(host)) {
        try {
          handOver(mail, host, address);
          return;
        } catch (SmtpRefusal refusal) {
          last = considered(refusal);
          if (last.reply().isPermanent()) {
            throw last;
          }
        }
      }
    }
    throw last;
  }

  /// All of a host, another one first each time.
  private List<InetAddress> addresses(String host) throws SmtpRefusal {
    try {
      List<InetAddress> all = around.hops().addresses(host);
      List<InetAddress> turned = new ArrayList<>(all);
      java.util.Collections.rotate(turned, turns++ % all.size());
      return turned;
    } catch (SmtpRefusal refusal) {
      throw considered(refusal);
    }
  }

  private void handOver(Mail mail, String host, InetAddress address) throws SmtpRefusal {
    SimulatedServer next =
        around
            .server(host, address)
            .filter(one -> !one.isDown())
            .orElseThrow(() -> NextHops.unreachable(host, address));
    InetAddress own = address();
    TraceLine.From from =
        new TraceLine.From(
            role.host(),
            "%s [%s]".formatted(role.host(), own.getHostAddress()),
            next.role().tls()
                ? Optional.of("TLSv1.3 with cipher TLS_AES_256_GCM_SHA384")
                : Optional.empty(),
            Optional.empty());
    Answer answer = next.take(from, own, mail.sender(), mail.recipient(), mail.content());
    if (!answer.isYes()) {
      throw new SmtpRefusal(answer.reply(), host);
    }
  }

  InetAddress address() {
    return addresses.isEmpty() ? Loopback.ADDRESS : addresses.getFirst();
  }

  private List<String> hosts(Mail mail) throws SmtpRefusal {
    String behind = role.passes().get(mail.domain());
    if (behind != null) {
      return List.of(behind);
    }
    try {
      return around.hops().exchangers(mail.domain());
    } catch (SmtpRefusal refusal) {
      throw considered(refusal);
    }
  }

  private SmtpRefusal considered(SmtpRefusal refusal) {
    boolean isAboutTheWay = refusal.by().isEmpty() && refusal.reply().isPermanent();
    return keepsUnroutable.now() && isAboutTheWay
        ? new SmtpRefusal(450, "4" + refusal.reply().text().substring(1))
        : refusal;
  }

  private void file(Mail mail, SimulatedMailbox mailbox) {
    byte[] content = mail.content();
    switch (filing.now()) {
      case INBOX -> mailbox.file(Mailboxes.INBOX, content);
      case JUNK -> mailbox.file(Mailboxes.JUNK, content);
      case NOWHERE -> {}
      case TWICE -> {
        mailbox.file(Mailboxes.INBOX, content);
        mailbox.file(Mailboxes.INBOX, content);
      }
      case ALTERED -> mailbox.file(Mailboxes.INBOX, Filing.withFooter(content));
    }
  }

  @Override
  public String toString() {
    return role.host().toLowerCase(Locale.ROOT);
  }
}
