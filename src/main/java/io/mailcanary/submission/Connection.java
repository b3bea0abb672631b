package io.mailcanary.submission;

import io.mailcanary.canary.Evidence.Failure.Kind;
import io.mailcanary.canary.Stage;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Login;
import io.mailcanary.path.Login.Mechanism;
import io.mailcanary.path.Relay;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.BoundedSocket;
import io.mailcanary.wire.WireException;
import jakarta.mail.Address;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/// One connection to a relay, by SMTP or LMTP, that writes down how far it gets.
///
/// LMTP is SMTP with another greeting and one final answer for each recipient (RFC 2033 §4); there
/// is one recipient here, so the greeting is all the difference.
final class Connection extends SMTPTransport {
  private static final String NULL_SENDER = "<>";
  private static final Duration FAREWELL = Duration.ofSeconds(2);
  private static final Duration LAST_WORD = Duration.ofMillis(500);

  private final Relay relay;
  private final BoundedSocket socket;
  private final long bornAt = System.nanoTime();
  private volatile long usedAt = bornAt;
  private Dialogue dialogue;

  Connection(Session session, Relay relay, BoundedSocket socket, Dialogue dialogue) {
    super(session, null);
    this.relay = relay;
    this.socket = socket;
    this.dialogue = dialogue;
  }

  long bornAt() {
    return bornAt;
  }

  long usedAt() {
    return usedAt;
  }

  BoundedSocket socket() {
    return socket;
  }

  /// Connects, greets, and logs in.
  synchronized void open() throws MessagingException, IOException {
    dialogue.enter(Stage.CONNECT);
    try {
      socket.dial();
      dialogue.over(socket, false);
      if (relay.tls().mode() == TlsMode.IMPLICIT) {
        dialogue.enter(Stage.TLS);
        socket.secure();
        dialogue.enter(Stage.CONNECT);
      }
      connect(socket);
    } finally {
      dialogue.over(socket, false);
    }
    if (relay.login().isPresent()) {
      login(relay.login().get());
    }
  }

  /// Hands one message over.
  ///
  /// @param patience for the answer to MAIL, which on a kept connection is short
  synchronized void send(Outgoing outgoing, Dialogue into, Duration patience)
      throws MessagingException {
    dialogue = into;
    usedAt = System.nanoTime();
    socket.answerWithin(patience);
    byte[] bytes = outgoing.message().get();
    RawMessage message = new RawMessage(session, bytes, this::lastWord);
    EmailAddress sender = outgoing.sender();
    message.setEnvelopeFrom(sender == null ? NULL_SENDER : sender.toString());
    StringBuilder extension = new StringBuilder();
    if (supportsExtension("SIZE")) {
      extension.append(" SIZE=").append(bytes.length);
    }
    if (supportsExtension("8BITMIME") && message.isEightBit()) {
      extension.append(" BODY=8BITMIME");
    }
    if (outgoing.notifications() && supportsExtension("DSN")) {
      message.setNotifyOptions(RawMessage.NOTIFY_FAILURE | RawMessage.NOTIFY_DELAY);
      message.setReturnOption(RawMessage.RETURN_HDRS);
      extension.append(" ENVID=").append(outgoing.envelopeId());
    }
    message.setMailExtension(extension.toString().strip());
    InternetAddress recipient = new InternetAddress();
    recipient.setAddress(outgoing.recipient().toString());
    sendMessage(message, new Address[] {recipient});
    usedAt = System.nanoTime();
  }

  /// Says goodbye and waits a moment for the answer, which some servers like. Never throws.
  synchronized void quit() {
    try {
      socket.answerWithin(FAREWELL);
      super.sendCommand("QUIT");
      super.readServerResponse();
    } catch (MessagingException | RuntimeException _) {
      // It is over either way.
    } finally {
      socket.abandon();
    }
  }

  /// Angus calls this within a dialogue that went wrong: there is nothing left to say.
  @Override
  public synchronized void close() {
    socket.abandon();
  }

  /// Angus sets a transaction back after each refusal; we drop the connection instead.
  @Override
  public synchronized void issueCommand(String command, int expect) throws MessagingException {
    if (!command.equals("RSET")) {
      super.issueCommand(command, expect);
    }
  }

  @Override
  protected boolean ehlo(String name) throws MessagingException {
    boolean second = dialogue.stage() == Stage.TLS;
    boolean taken = super.ehlo(name);
    // RFC 5321 §3.2: only who does not know the command is greeted with HELO.
    if (!taken && (second || relay.protocol() == Relay.Protocol.LMTP || last() / 100 != 5)) {
      throw new GaveUpException("the greeting was refused");
    }
    if (taken && !second) {
      requireStartTls();
    }
    return taken;
  }

  @Override
  protected void helo(String name) throws MessagingException {
    super.helo(name);
    requireStartTls();
  }

  @Override
  protected void startTLS() throws MessagingException {
    dialogue.enter(Stage.TLS);
    issueCommand("STARTTLS", 220);
    dialogue.asked();
    try {
      socket.secure();
    } catch (WireException e) {
      dialogue.failed(e);
      throw new MessagingException("no TLS", e);
    } catch (IOException e) {
      throw new MessagingException("no TLS", e);
    }
  }

  @Override
  protected void mailFrom() throws MessagingException {
    dialogue.enter(Stage.MAIL);
    super.mailFrom();
    socket.answerWithin(relay.replyTimeout());
  }

  @Override
  protected void rcptTo() throws MessagingException {
    dialogue.enter(Stage.RCPT);
    super.rcptTo();
  }

  @Override
  protected OutputStream data() throws MessagingException {
    dialogue.enter(Stage.DATA);
    OutputStream out = super.data();
    dialogue.asked();
    return out;
  }

  @Override
  protected void sendCommand(String command) throws MessagingException {
    dialogue.asked();
    try {
      super.sendCommand(
          relay.protocol() == Relay.Protocol.LMTP && command.startsWith("EHLO ")
              ? "LHLO " + command.substring(5)
              : command);
    } catch (MessagingException e) {
      lastWord();
      throw e;
    }
    if (command.equals(".")) {
      // Only now can the server have the whole message: a write that fails leaves its end unsent.
      dialogue.enter(Stage.END_OF_DATA);
    }
  }

  @Override
  protected int readServerResponse() throws MessagingException {
    int code = super.readServerResponse();
    dialogue.answered(String.valueOf(getLastServerResponse()), code);
    return code;
  }

  /// A server that closes on us has often said why.
  private void lastWord() {
    if (socket.breach().isPresent()) {
      dialogue.failed(socket.breach().get());
      return;
    }
    dialogue.failed(Kind.CONNECTION, "the server closed the connection");
    socket.listen(LAST_WORD);
    try {
      readServerResponse();
      dialogue.hadTheLastWord();
    } catch (MessagingException | RuntimeException _) {
      // It had nothing to say.
    }
  }

  private int last() {
    return getLastReturnCode();
  }

  private void requireStartTls() throws GaveUpException {
    if (relay.tls().mode() == TlsMode.STARTTLS && !supportsExtension("STARTTLS")) {
      dialogue.enter(Stage.TLS);
      throw giveUp(Kind.TLS, "the server does not offer STARTTLS");
    }
  }

  private void login(Login login) throws MessagingException {
    if (relay.tls().mode() != TlsMode.NONE && socket.session().isEmpty()) {
      dialogue.enter(Stage.TLS);
      throw giveUp(
          Kind.TLS, "the server does not offer STARTTLS, and a login needs it (RFC 8314 §3)");
    }
    dialogue.enter(Stage.LOGIN);
    int code =
        switch (mechanism(login)) {
          case PLAIN -> simpleCommand("AUTH PLAIN " + Secrets.plain(login));
          case LOGIN -> loginByTurns(login);
          case XOAUTH2 -> loginByToken(login);
        };
    if (code / 100 != 2) {
      throw new GaveUpException("the login was refused");
    }
  }

  private int loginByTurns(Login login) throws MessagingException {
    int code = simpleCommand("AUTH LOGIN");
    if (code == 334) {
      code = simpleCommand(Secrets.encoded(login.username()));
    }
    return code == 334 ? simpleCommand(Secrets.encoded(login.secret().value())) : code;
  }

  private int loginByToken(Login login) throws MessagingException {
    int code = simpleCommand("AUTH XOAUTH2 " + Secrets.bearer(login));
    // A refusal comes as a challenge first; the answer to an empty response is the real one.
    return code == 334 ? simpleCommand("") : code;
  }

  private Mechanism mechanism(Login login) throws GaveUpException {
    if (login.mechanism().isPresent()) {
      Mechanism wanted = login.mechanism().get();
      if (supportsAuthentication(wanted.name())) {
        return wanted;
      }
    } else if (supportsAuthentication("PLAIN")) {
      return Mechanism.PLAIN;
    } else if (supportsAuthentication("LOGIN")) {
      return Mechanism.LOGIN;
    }
    String offered = supportsExtension("AUTH") ? getExtensionParameter("AUTH") : "none";
    throw giveUp(
        Kind.LOGIN,
        "the server does not offer %s; it offers: %s"
            .formatted(
                login.mechanism().map(Mechanism::name).orElse("PLAIN or LOGIN"),
                io.mailcanary.wire.Visible.text(offered, 200)));
  }

  private GaveUpException giveUp(Kind kind, String words) {
    dialogue.failed(kind, words);
    return new GaveUpException(words);
  }
}
