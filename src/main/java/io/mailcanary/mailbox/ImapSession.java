package io.mailcanary.mailbox;

import io.mailcanary.path.Login;
import io.mailcanary.path.Mailbox;
import io.mailcanary.wire.AngusMail;
import io.mailcanary.wire.BoundedSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.eclipse.angus.mail.iap.Argument;
import org.eclipse.angus.mail.iap.BadCommandException;
import org.eclipse.angus.mail.iap.ByteArray;
import org.eclipse.angus.mail.iap.CommandFailedException;
import org.eclipse.angus.mail.iap.ParsingException;
import org.eclipse.angus.mail.iap.ProtocolException;
import org.eclipse.angus.mail.iap.Response;
import org.eclipse.angus.mail.imap.protocol.BODY;
import org.eclipse.angus.mail.imap.protocol.FetchResponse;
import org.eclipse.angus.mail.imap.protocol.IMAPProtocol;
import org.eclipse.angus.mail.imap.protocol.IMAPResponse;
import org.eclipse.angus.mail.imap.protocol.INTERNALDATE;
import org.eclipse.angus.mail.imap.protocol.ListInfo;
import org.eclipse.angus.mail.imap.protocol.MailboxInfo;
import org.eclipse.angus.mail.imap.protocol.RFC822SIZE;
import org.eclipse.angus.mail.imap.protocol.Status;
import org.eclipse.angus.mail.imap.protocol.UID;
import org.jspecify.annotations.Nullable;

/// One IMAP connection, logged in (RFC 3501). Angus' protocol layer without its store and folders:
/// those add commands and threads of their own, and look their servers up by themselves.
final class ImapSession extends IMAPProtocol implements AutoCloseable {
  static {
    AngusMail.prepare();
  }

  /// A message as it was fetched.
  record Fetched(long uid, @Nullable Instant arrived, long bytes, String text) {}

  /// What a folder holds when it is opened.
  record Opened(long validity, long nextUid, int messages) {}

  /// What LIST says about a folder.
  record Listed(String name, Set<String> attributes) {}

  /// What one answer may come to: a batch of message heads and some talk.
  private static final long LARGEST_ANSWER = 4 * 1024 * 1024;

  /// Messages whose heads are fetched at a time.
  static final int HEADS = 16;

  /// Messages whose deciding header fields are fetched at a time.
  static final int HEADERS = 250;

  private static final int HEADER_BYTES = 4096;
  private static final int MOST_FOLDERS = 2000;

  private final BoundedSocket socket;
  private final Mailbox.Server server;
  private final LongAdder commands;

  /// For what costs a server little: a connection that nobody holds at the other end must show.
  private final Duration quick;

  private final Object turn = new Object();

  /// Whether the other side waits for our word, and not we for its.
  private boolean idling;

  private volatile boolean handedOver;
  private int exists;
  private int grown;

  private ImapSession(
      BoundedSocket socket,
      ImapInput input,
      Mailbox.Server server,
      LongAdder commands,
      Duration quick)
      throws IOException {
    super(
        input,
        new PrintStream(socket.getOutputStream(), false, StandardCharsets.US_ASCII),
        new Properties(),
        false);
    this.socket = socket;
    this.server = server;
    this.commands = commands;
    this.quick = quick;
    addResponseHandler(this::note);
  }

  /// Connects and logs in.
  static ImapSession open(
      Servers servers, Mailbox.Server server, LongAdder commands, Duration quick) throws Blindness {
    BoundedSocket socket = servers.connect("IMAP", server, LARGEST_ANSWER);
    boolean ready = false;
    try {
      ImapSession session = create(socket, server, commands, quick);
      session.greet();
      if (session.wantsStartTls()) {
        session.startTls();
        session.handedOver = true;
        session = create(socket, server, commands, quick);
        session.ask("CAPABILITY", null);
      }
      session.login();
      ready = true;
      return session;
    } catch (IOException e) {
      throw Servers.broken(socket, Servers.where("IMAP", server), "connecting", e);
    } finally {
      if (!ready) {
        socket.abandon();
      }
    }
  }

  private static ImapSession create(
      BoundedSocket socket, Mailbox.Server server, LongAdder commands, Duration quick)
      throws IOException {
    return new ImapSession(socket, new ImapInput(socket.getInputStream()), server, commands, quick);
  }

  @Override
  public void close() {
    socket.abandon();
  }

  /// Not synchronized: it must not wait for the command that it ends.
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  public void disconnect() {
    // Also called by the super class' finalizer, when the socket may long be another session's.
    if (!handedOver) {
      socket.abandon();
    }
  }

  @Override
  public String writeCommand(String command, @Nullable Argument args)
      throws IOException, ProtocolException {
    commands.increment();
    return super.writeCommand(command, args);
  }

  /// How many messages the open folder has.
  int messages() {
    return exists;
  }

  /// How many messages came since this was last asked.
  int takeGrowth() {
    int was = grown;
    grown = 0;
    return was;
  }

  boolean canIdle() {
    return hasCapability("IDLE");
  }

  Opened open(String folder, boolean readOnly) throws Blindness {
    Argument name = new Argument();
    writeMailboxName(name, folder);
    exists = 0;
    Response[] said;
    try {
      said = ask(readOnly ? "EXAMINE" : "SELECT", name);
    } catch (Blindness e) {
      throw e.why() == Blindness.Cause.REFUSED
          ? new Blindness(Blindness.Cause.FOLDER, "%s (folder %s)".formatted(e.words(), folder))
          : e;
    }
    try {
      MailboxInfo info = new MailboxInfo(said);
      grown = 0;
      exists = Math.max(exists, info.total);
      long next = info.uidnext > 0 ? info.uidnext : highestUid() + 1;
      return new Opened(Math.max(0, info.uidvalidity), next, exists);
    } catch (ParsingException e) {
      throw nonsense("SELECT", e);
    }
  }

  private long highestUid() throws Blindness {
    if (exists == 0) {
      return 0;
    }
    return fetched(ask("UID FETCH * (UID)", null)).stream().mapToLong(Fetched::uid).max().orElse(0);
  }

  void look() throws Blindness {
    ask("NOOP", null, quick);
  }

  /// The heads of all messages from a UID on.
  List<Fetched> headsFrom(long uid) throws Blindness {
    return heads(uid + ":*").stream().filter(message -> message.uid() >= uid).toList();
  }

  /// The heads of some messages, {@value #HEADS} at most.
  List<Fetched> heads(List<Long> uids) throws Blindness {
    return heads(set(uids));
  }

  private List<Fetched> heads(String set) throws Blindness {
    return fetched(
        ask(
            "UID FETCH %s (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.%d>)"
                .formatted(set, FoundMessage.HEAD),
            null,
            quick.multipliedBy(3)));
  }

  /// Writes a message out, in pieces.
  void copy(long uid, OutputStream out) throws Blindness, IOException {
    for (long written = 0; ; ) {
      String piece =
          fetched(
                  ask(
                      "UID FETCH %d (UID BODY.PEEK[]<%d.%d>)"
                          .formatted(uid, written, FoundMessage.HEAD),
                      null,
                      quick.multipliedBy(3)))
              .stream()
              .filter(message -> message.uid() == uid)
              .map(Fetched::text)
              .findFirst()
              .orElseThrow(() -> new IOException("it is no longer there"));
      out.write(piece.getBytes(StandardCharsets.ISO_8859_1));
      written += piece.length();
      if (piece.length() < FoundMessage.HEAD) {
        return;
      }
    }
  }

  /// The header fields that decide whether a message is of interest, by place in the folder.
  List<Fetched> headers(int first, int last) throws Blindness {
    return fetched(
        ask(
            "FETCH %d:%d (UID INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (%s)]<0.%d>)"
                .formatted(first, last, Interest.FIELDS, HEADER_BYTES),
            null));
  }

  /// The next UID and the UIDVALIDITY of a folder that is not open.
  Opened status(String folder) throws Blindness {
    Argument arguments = new Argument();
    writeMailboxName(arguments, folder);
    arguments.writeArgument(new Argument().writeAtom("UIDNEXT").writeAtom("UIDVALIDITY"));
    try {
      for (Response response : ask("STATUS", arguments, quick.multipliedBy(3))) {
        if (response instanceof IMAPResponse data && data.keyEquals("STATUS")) {
          Status status = new Status(data);
          return new Opened(Math.max(0, status.uidvalidity), Math.max(0, status.uidnext), 0);
        }
      }
    } catch (ParsingException e) {
      throw nonsense("STATUS", e);
    }
    throw new Blindness(
        Blindness.Cause.NONSENSE, where() + ", STATUS: an answer without an answer");
  }

  List<Listed> folders() throws Blindness {
    List<Listed> folders = new ArrayList<>();
    Argument all = new Argument().writeString("").writeString("*");
    for (Response response : ask("LIST", all)) {
      if (folders.size() < MOST_FOLDERS
          && response instanceof IMAPResponse data
          && data.keyEquals("LIST")) {
        listed(data, folders);
      }
    }
    return folders;
  }

  private static void listed(IMAPResponse data, List<Listed> folders) {
    try {
      ListInfo info = new ListInfo(data);
      Set<String> attributes = new HashSet<>();
      if (info.attrs != null) {
        for (String attribute : info.attrs) {
          attributes.add(attribute.toLowerCase(Locale.ROOT));
        }
      }
      if (info.name != null && info.canOpen) {
        folders.add(new Listed(info.name, attributes));
      }
    } catch (ParsingException _) {
      // A folder whose name cannot be read is not watched.
    }
  }

  /// Puts a message into a folder.
  void append(String folder, byte[] message) throws Blindness {
    Argument arguments = new Argument();
    writeMailboxName(arguments, folder);
    arguments.writeBytes(message);
    ask("APPEND", arguments);
  }

  /// Removes messages of the open folder, and no others: without UIDPLUS (RFC 4315) only if nobody
  /// else's are marked for it.
  void remove(List<Long> uids) throws Blindness {
    String set = set(uids);
    ask("UID STORE " + set + " +FLAGS.SILENT (\\Deleted)", null);
    if (hasCapability("UIDPLUS") || hasCapability("IMAP4rev2")) {
      ask("UID EXPUNGE " + set, null);
    } else if (new HashSet<>(uids).containsAll(marked())) {
      ask("EXPUNGE", null);
    }
  }

  private List<Long> marked() throws Blindness {
    List<Long> uids = new ArrayList<>();
    for (Response response : ask("UID SEARCH DELETED", null)) {
      if (response instanceof IMAPResponse data && data.keyEquals("SEARCH")) {
        for (long uid = data.readLong(); uid != -1; uid = data.readLong()) {
          uids.add(uid);
        }
      }
    }
    return uids;
  }

  /// Waits for a push, for [#interrupt], or for the time to run out.
  ///
  /// @return when something was pushed, if it was
  @Nullable Instant idle(Duration longest, BooleanSupplier workWaits, InstantSource clock)
      throws Blindness {
    try {
      socket.answerWithin(quick);
      idleStart();
      beginIdling();
      Future<?> end = Alarm.in(longest.toNanos(), this::interrupt);
      try {
        if (grown > 0 || workWaits.getAsBoolean()) {
          interrupt();
        }
        return awaitEnd(clock);
      } finally {
        end.cancel(false);
      }
    } catch (ProtocolException e) {
      throw broken("IDLE", e);
    } finally {
      endIdling();
    }
  }

  private @Nullable Instant awaitEnd(InstantSource clock) throws Blindness, ProtocolException {
    Instant pushed = null;
    Response response = readIdleResponse();
    while (response != null && goesOn(response)) {
      if (grown > 0 && pushed == null) {
        pushed = clock.instant();
        interrupt();
      }
      response = readIdleResponse();
    }
    return pushed;
  }

  private void beginIdling() {
    synchronized (turn) {
      idling = true;
      socket.answerWithin(Duration.ZERO);
    }
  }

  private void endIdling() {
    synchronized (turn) {
      idling = false;
      socket.answerWithin(server.replyTimeout());
    }
  }

  private boolean goesOn(Response response) throws Blindness {
    try {
      return processIdleResponse(response);
    } catch (ProtocolException e) {
      throw response.isBYE() ? ended("IDLE", response) : broken("IDLE", e);
    }
  }

  /// Ends an IDLE, from any thread, without waiting. From then on the other side has to answer.
  void interrupt() {
    synchronized (turn) {
      if (!idling) {
        return;
      }
      idling = false;
      socket.listen(quick);
    }
    Thread.ofVirtual().start(this::idleAbort);
  }

  private void greet() throws Blindness {
    try {
      Response greeting = readResponse();
      if (greeting.isBYE()) {
        throw ended("greeting", greeting);
      }
      processGreeting(greeting);
      if (getCapabilities().isEmpty()) {
        ask("CAPABILITY", null);
      }
    } catch (IOException | ProtocolException e) {
      throw broken("greeting", e);
    }
  }

  private boolean wantsStartTls() throws Blindness {
    boolean offered = hasCapability("STARTTLS");
    return switch (server.tls().mode()) {
      case NONE, IMPLICIT -> false;
      case OPPORTUNISTIC -> offered;
      case STARTTLS -> {
        if (!offered) {
          throw new Blindness(Blindness.Cause.CONNECTION, where() + " does not offer STARTTLS");
        }
        yield true;
      }
    };
  }

  private void startTls() throws Blindness {
    ask("STARTTLS", null);
    try {
      socket.secure();
    } catch (IOException e) {
      throw Servers.broken(socket, where(), "STARTTLS", e);
    }
  }

  private void login() throws Blindness {
    if (isAuthenticated()) {
      return;
    }
    Login login = server.login();
    Login.Mechanism mechanism = login.mechanism().orElseGet(this::best);
    try {
      switch (mechanism) {
        case PLAIN -> authplain(null, login.username(), login.secret().value());
        case LOGIN -> {
          if (hasCapability("LOGINDISABLED")) {
            authlogin(login.username(), login.secret().value());
          } else {
            login(login.username(), login.secret().value());
          }
        }
        case XOAUTH2 -> authoauth2(login.username(), login.secret().value());
      }
    } catch (CommandFailedException | BadCommandException e) {
      throw new Blindness(
          Blindness.Cause.LOGIN,
          "%s refuses the login of %s by %s: %s"
              .formatted(
                  where(), login.username(), mechanism, words(String.valueOf(e.getMessage()))));
    } catch (ProtocolException e) {
      throw broken("login of " + login.username(), e);
    }
    // What is offered may grow with the login (RFC 3501 §6.1.1).
    if (!hasCapability("IDLE") || !hasCapability("UIDPLUS")) {
      ask("CAPABILITY", null);
    }
  }

  private Login.Mechanism best() {
    if (hasCapability("AUTH=PLAIN")) {
      return Login.Mechanism.PLAIN;
    }
    boolean plainCommand = !hasCapability("LOGINDISABLED");
    return plainCommand || hasCapability("AUTH=LOGIN")
        ? Login.Mechanism.LOGIN
        : Login.Mechanism.PLAIN;
  }

  private Response[] ask(String command, @Nullable Argument arguments) throws Blindness {
    return ask(command, arguments, server.replyTimeout());
  }

  private Response[] ask(String command, @Nullable Argument arguments, Duration within)
      throws Blindness {
    boolean patient = within.compareTo(server.replyTimeout()) >= 0;
    socket.answerWithin(patient ? server.replyTimeout() : within);
    Response[] said = command(command, arguments);
    socket.answerWithin(server.replyTimeout());
    notifyResponseHandlers(said);
    Response last = said[said.length - 1];
    if (command.equals("CAPABILITY")) {
      handleCapabilityResponse(said);
    }
    if (last.isOK()) {
      return said;
    }
    if (last.isBYE()) {
      close();
      throw ended(verb(command), last);
    }
    throw new Blindness(
        Blindness.Cause.REFUSED,
        "%s refuses %s: %s".formatted(where(), verb(command), words(last.toString())));
  }

  private void note(Response response) {
    if (!(response instanceof IMAPResponse data)) {
      return;
    }
    if (data.keyEquals("EXISTS")) {
      grown += Math.max(0, data.getNumber() - exists);
      exists = data.getNumber();
    } else if (data.keyEquals("EXPUNGE")) {
      exists = Math.max(0, exists - 1);
    }
  }

  private static List<Fetched> fetched(Response[] said) {
    List<Fetched> messages = new ArrayList<>();
    for (Response response : said) {
      if (response instanceof FetchResponse fetch) {
        UID uid = fetch.getItem(UID.class);
        if (uid != null) {
          messages.add(
              new Fetched(uid.uid, arrived(fetch), bytes(fetch), text(fetch.getItem(BODY.class))));
        }
      }
    }
    return messages;
  }

  private static @Nullable Instant arrived(FetchResponse fetch) {
    INTERNALDATE item = fetch.getItem(INTERNALDATE.class);
    Date date = item == null ? null : item.getDate();
    return date == null ? null : date.toInstant();
  }

  private static long bytes(FetchResponse fetch) {
    RFC822SIZE item = fetch.getItem(RFC822SIZE.class);
    return item == null ? 0 : item.size;
  }

  private static String text(@Nullable BODY item) {
    ByteArray bytes = item == null ? null : item.getByteArray();
    return bytes == null
        ? ""
        : new String(
            bytes.getBytes(),
            bytes.getStart(),
            Math.min(bytes.getCount(), FoundMessage.HEAD),
            StandardCharsets.ISO_8859_1);
  }

  private static String set(List<Long> uids) {
    return uids.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static String verb(String command) {
    String[] parts = command.split(" ", 3);
    return parts[0].equals("UID") && parts.length > 1 ? "UID " + parts[1] : parts[0];
  }

  private Blindness ended(String tried, Response bye) {
    Exception thrown = bye.getException();
    return thrown == null
        ? new Blindness(
            Blindness.Cause.CLOSED,
            "%s, %s: the server said goodbye: %s".formatted(where(), tried, words(bye.toString())))
        : Servers.broken(socket, where(), tried, thrown);
  }

  private Blindness broken(String tried, Exception e) {
    if (e instanceof ProtocolException protocol
        && protocol.getResponse() != null
        && protocol.getResponse().isBYE()) {
      return ended(tried, protocol.getResponse());
    }
    return socket.breach().isPresent() || e instanceof IOException
        ? Servers.broken(socket, where(), tried, e)
        : nonsense(tried, e);
  }

  private Blindness nonsense(String tried, Exception e) {
    return new Blindness(
        Blindness.Cause.NONSENSE,
        "%s, %s: not understood: %s"
            .formatted(where(), tried, words(String.valueOf(e.getMessage()))));
  }

  private String words(String said) {
    return Servers.words(said, server.login().secret());
  }

  private String where() {
    return Servers.where("IMAP", server);
  }
}
