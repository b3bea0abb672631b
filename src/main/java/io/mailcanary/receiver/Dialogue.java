package io.mailcanary.receiver;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox.Receiver;
import io.mailcanary.path.Mailbox.Receiver.Protocol;
import io.mailcanary.path.Mailbox.Receiver.Stage;
import io.mailcanary.receiver.Attempt.Step;
import io.mailcanary.receiver.ReceiverPolicy.Question;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.server.Session;

/// What is said on a receiver's connections, SMTP (RFC 5321) or LMTP (RFC 2033). The library reads
/// lines and finds the command; what it is answered is ours, so that each answer is known.
final class Dialogue {
  private static final Logger LOG = LoggerFactory.getLogger(Dialogue.class);

  private final Listener listener;
  private final Limits limits;

  Dialogue(Listener listener, Limits limits) {
    this.listener = listener;
    this.limits = limits;
  }

  List<Verb> verbs() {
    return List.of(
        new Verb("EHLO", (line, session) -> on(session, visit -> hello(line, session, visit))),
        new Verb("HELO", (line, session) -> on(session, visit -> hello(line, session, visit))),
        new Verb("LHLO", (line, session) -> on(session, visit -> hello(line, session, visit))),
        new Verb("MAIL", (line, session) -> on(session, visit -> mail(line, session, visit))),
        new Verb("RCPT", (line, session) -> on(session, visit -> recipient(line, session, visit))),
        new Verb("DATA", (_, session) -> on(session, visit -> data(session, visit))),
        new Verb("RSET", (_, session) -> on(session, visit -> reset(session, visit))),
        new Verb("NOOP", (_, session) -> on(session, _ -> say(session, "250 2.0.0 Ok"))),
        new Verb(
            "VRFY",
            (_, session) -> on(session, _ -> say(session, "252 2.5.2 Send some mail, I'll try"))),
        notHere("AUTH"),
        notHere("BDAT"),
        notHere("EXPN"),
        notHere("HELP"),
        new Verb("STARTTLS", (line, session) -> on(session, visit -> tls(line, session, visit))));
  }

  private Verb notHere(String name) {
    return new Verb(
        name,
        (_, session) ->
            on(session, visit -> wrong(session, visit, 502, "5.5.1 Command not implemented")));
  }

  @FunctionalInterface
  private interface Turn {
    void take(Visit visit) throws IOException, DropConnectionException;
  }

  private void on(Session session, Turn turn) throws IOException, DropConnectionException {
    Visit visit = listener.visit(session);
    if (visit.command() > limits.commands()) {
      throw new DropConnectionException(421, "4.7.0 Too many commands");
    }
    turn.take(visit);
    visit.socket.within(listener.patience());
  }

  // The commands

  private void hello(String line, Session session, Visit visit)
      throws IOException, DropConnectionException {
    boolean lmtp = line.regionMatches(true, 0, "LHLO", 0, 4);
    if (lmtp != (settings().protocol() == Protocol.LMTP)) {
      wrong(session, visit, 500, lmtp ? "5.5.1 This is SMTP" : "5.5.1 This is LMTP: use LHLO");
      return;
    }
    String name = Visible.text(line.substring(4).strip());
    if (name.isEmpty()) {
      wrong(session, visit, 501, "5.5.4 Your name is missing");
      return;
    }
    visit.reset();
    visit.greetedBy(name);
    Optional<SmtpReply> refusal = ask(visit, Stage.HELO, "");
    if (refusal.isPresent()) {
      answer(session, visit, Stage.HELO, name, refusal.get());
      visit.greetedBy("");
      return;
    }
    boolean plain = line.regionMatches(true, 0, "HELO", 0, 4);
    answer(
        session,
        visit,
        Stage.HELO,
        name,
        Replies.of(250, plain ? listener.hostName() : String.join("\n", offers(visit))));
  }

  private List<String> offers(Visit visit) {
    List<String> offers =
        new ArrayList<>(
            List.of(
                listener.hostName(),
                "PIPELINING",
                "SIZE " + limits.bytes(),
                "ENHANCEDSTATUSCODES",
                "8BITMIME",
                // Asks for the ENVID, which names the canary before its message comes.
                "DSN"));
    if (visit.tls().isEmpty() && listener.withoutTls().isEmpty()) {
      offers.add("STARTTLS");
    }
    return offers;
  }

  private void tls(String line, Session session, Visit visit)
      throws IOException, DropConnectionException {
    if (!line.strip().equalsIgnoreCase("STARTTLS")) {
      wrong(session, visit, 501, "5.5.4 STARTTLS has no parameters");
      return;
    }
    if (!visit.tls().isEmpty()) {
      wrong(session, visit, 503, "5.5.1 TLS is in use already");
      return;
    }
    Optional<String> without = listener.withoutTls();
    if (without.isPresent()) {
      LOG.warn("Receiver {} has no TLS: {}", settings().name(), without.get());
      wrong(session, visit, 454, "4.7.0 TLS not available now");
      return;
    }
    say(session, "220 2.0.0 Ready to start TLS");
    visit.secured(listener.secure(session, visit));
  }

  private void mail(String line, Session session, Visit visit)
      throws IOException, DropConnectionException {
    Optional<Argument> given = Argument.read(line, "FROM:");
    if (!visit.hasGreeted() || visit.isInMessage()) {
      wrong(session, visit, 503, "5.5.1 MAIL is not due");
      return;
    }
    if (given.isEmpty()) {
      wrong(session, visit, 501, "5.5.4 Expected MAIL FROM:<address>");
      return;
    }
    visit.begin(given.get(), listener.now());
    Optional<SmtpReply> refusal = ask(visit, Stage.MAIL, "");
    if (refusal.isEmpty() && given.get().size().orElse(0) > limits.bytes()) {
      refusal = Optional.of(tooLarge());
    }
    answer(
        session,
        visit,
        Stage.MAIL,
        visit.sender(),
        refusal.orElseGet(() -> Replies.of(250, "2.1.0 Ok")));
    if (refusal.isPresent()) {
      visit.reset();
    }
  }

  private void recipient(String line, Session session, Visit visit)
      throws IOException, DropConnectionException {
    if (!visit.isInMessage()) {
      wrong(session, visit, 503, "5.5.1 MAIL comes first");
      return;
    }
    Optional<Argument> given = Argument.read(line, "TO:");
    if (given.isEmpty() || given.get().address().isEmpty()) {
      wrong(session, visit, 501, "5.5.4 Expected RCPT TO:<address>");
      return;
    }
    String recipient = Visible.text(given.get().address());
    Optional<SmtpReply> refusal = refusal(visit, recipient);
    if (refusal.isEmpty()) {
      visit.add(recipient);
    }
    answer(
        session,
        visit,
        Stage.RCPT,
        recipient,
        refusal.orElseGet(() -> Replies.of(250, "2.1.5 Ok")));
  }

  private Optional<SmtpReply> refusal(Visit visit, String recipient) {
    if (!listener.addresses().include(recipient)) {
      return Optional.of(
          Replies.of(550, "5.7.1 <%s>: No mail for anybody else here".formatted(recipient)));
    }
    if (visit.recipients().size() >= limits.recipients()) {
      return Optional.of(Replies.of(452, "4.5.3 Too many recipients"));
    }
    if (visit.delays()) {
      listener.pause(settings().delay());
    }
    return ask(visit, Stage.RCPT, recipient);
  }

  private void data(Session session, Visit visit) throws IOException, DropConnectionException {
    if (visit.recipients().isEmpty()) {
      wrong(session, visit, 503, "5.5.1 RCPT comes first");
      return;
    }
    Optional<SmtpReply> refusal = ask(visit, Stage.DATA, "");
    if (refusal.isPresent()) {
      answer(session, visit, Stage.DATA, visit.sender(), refusal.get());
      visit.reset();
      return;
    }
    answer(
        session, visit, Stage.DATA, visit.sender(), Replies.of(354, "End data with <CRLF>.<CRLF>"));
    visit.socket.within(limits.message());
    Incoming incoming = Incoming.read(session.getRawInput(), limits.bytes());
    Instant at = listener.now();
    // A receiver of messages answers once, one by LMTP for each recipient (RFC 2033 §4.2).
    List<String> all = visit.recipients();
    List<List<String>> turns = new ArrayList<>();
    if (settings().protocol() == Protocol.LMTP) {
      all.forEach(one -> turns.add(List.of(one)));
    } else {
      turns.add(all);
    }
    for (List<String> recipients : turns) {
      end(session, visit, incoming, recipients, at);
    }
    visit.reset();
  }

  private void end(
      Session session, Visit visit, Incoming incoming, List<String> recipients, Instant at)
      throws IOException, DropConnectionException {
    String whom = String.join(", ", recipients);
    Optional<SmtpReply> refusal =
        incoming.bytes() > limits.bytes()
            ? Optional.of(tooLarge())
            : ask(visit, Stage.END_OF_DATA, recipients.getFirst());
    if (refusal.isPresent()) {
      answer(session, visit, Stage.END_OF_DATA, whom, refusal.get(), incoming.head());
      return;
    }
    String id = listener.nextId();
    SmtpReply yes = Replies.of(250, "2.0.0 Ok: taken as " + id);
    visit.note(new Step(Stage.END_OF_DATA, whom, yes, at));
    Attempt attempt = visit.attempt(settings().name(), new Step(Stage.END_OF_DATA, whom, yes, at));
    for (String recipient : recipients) {
      String trace =
          Trace.lines(attempt, settings().protocol(), listener.hostName(), id, recipient);
      listener.received(
          attempt,
          new ReceivedMessage(
              id,
              recipient,
              trace.length() + incoming.bytes(),
              cut(trace + incoming.head()),
              new Kept(trace, incoming.text())),
          at);
    }
    session.sendResponse(Replies.wire(yes));
  }

  private static String cut(String head) {
    return head.length() > ReceivedMessage.HEAD ? head.substring(0, ReceivedMessage.HEAD) : head;
  }

  private void reset(Session session, Visit visit) throws IOException {
    visit.reset();
    say(session, "250 2.0.0 Ok");
  }

  // Answers

  private Optional<SmtpReply> ask(Visit visit, Stage stage, String recipient) {
    return listener
        .gate()
        .refusal(
            new Question(settings(), stage, visit.client, visit.helo(), visit.sender(), recipient));
  }

  private void answer(Session session, Visit visit, Stage stage, String argument, SmtpReply reply)
      throws IOException, DropConnectionException {
    answer(session, visit, stage, argument, reply, "");
  }

  private void answer(
      Session session, Visit visit, Stage stage, String argument, SmtpReply reply, String head)
      throws IOException, DropConnectionException {
    Step step = new Step(stage, argument, reply, listener.now());
    visit.note(step);
    boolean refused = reply.code() >= 400;
    try {
      if (reply.code() == 421) {
        throw new DropConnectionException(421, reply.text());
      }
      session.sendResponse(Replies.wire(reply));
    } finally {
      if (refused) {
        listener.refused(visit.attempt(settings().name(), step), head);
      }
    }
    if (refused && visit.error() > limits.errors()) {
      throw new DropConnectionException(421, "4.7.0 Too many errors");
    }
  }

  /// A command out of place: nothing that a canary could have met.
  private void wrong(Session session, Visit visit, int code, String text)
      throws IOException, DropConnectionException {
    say(session, code + " " + text);
    if (visit.error() > limits.errors()) {
      throw new DropConnectionException(421, "4.7.0 Too many errors");
    }
  }

  private static void say(Session session, String text) throws IOException {
    session.sendResponse(text);
  }

  private SmtpReply tooLarge() {
    return Replies.of(552, String.format(Locale.ROOT, "5.3.4 More than %d bytes", limits.bytes()));
  }

  private Receiver settings() {
    return listener.settings();
  }
}
