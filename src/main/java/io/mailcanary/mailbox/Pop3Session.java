package io.mailcanary.mailbox;

import io.mailcanary.path.Login;
import io.mailcanary.path.Mailbox;
import io.mailcanary.wire.BoundedSocket;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// One POP3 connection, logged in (RFC 1939). Spoken by hand: Angus keeps its protocol layer to
/// itself, and what is above it reads whole messages into memory.
final class Pop3Session implements AutoCloseable {
  /// What one answer may come to; a message beyond that is not read.
  private static final long LARGEST_ANSWER = 64L * 1024 * 1024;

  private static final int LONGEST_LINE = 2048;
  private static final int MOST_CAPABILITIES = 200;

  /// Takes one line of a UIDL listing.
  @FunctionalInterface
  interface Listing {
    void message(int number, String uid);
  }

  private final BoundedSocket socket;
  private final Mailbox.Server server;
  private final Set<String> capabilities = new HashSet<>();
  private InputStream in;

  private Pop3Session(BoundedSocket socket, Mailbox.Server server) {
    this.socket = socket;
    this.server = server;
    this.in = new BufferedInputStream(socket.getInputStream(), 2048);
  }

  /// Connects and logs in.
  static Pop3Session open(Servers servers, Mailbox.Server server) throws Blindness {
    try (var _ = Servers.turn(server)) {
      return login(servers, server);
    }
  }

  private static Pop3Session login(Servers servers, Mailbox.Server server) throws Blindness {
    BoundedSocket socket = servers.connect("POP3", server, LARGEST_ANSWER);
    boolean ready = false;
    try {
      Pop3Session session = new Pop3Session(socket, server);
      session.expect("greeting", session.line("greeting"));
      session.learnCapabilities();
      session.startTls();
      session.login();
      ready = true;
      return session;
    } finally {
      if (!ready) {
        socket.abandon();
      }
    }
  }

  @Override
  public void close() {
    socket.abandon();
  }

  /// Ends the session properly; only then are removals carried out (RFC 1939 §6).
  void quit() throws Blindness {
    ask("QUIT");
  }

  void list(Listing listing) throws Blindness {
    ask("UIDL");
    for (String line = line("UIDL"); !line.equals("."); line = line("UIDL")) {
      int space = line.indexOf(' ');
      int number = space > 0 ? number(line.substring(0, space)) : 0;
      if (number > 0) {
        listing.message(number, line.substring(space + 1).strip());
      }
    }
  }

  /// The size of a message as the server counts it; 0 if it does not say.
  long size(int number) throws Blindness {
    String[] words = ask("LIST " + number).split(" ", 4);
    return words.length < 3 ? 0 : number(words[2]);
  }

  /// The header of a message and the beginning of its body.
  ///
  /// @param lines how many lines of the body, where the server can be asked for that
  String top(int number, int lines) throws Blindness {
    String command = "TOP %d %d".formatted(number, lines);
    if (refuses(command)) {
      ask("RETR " + number);
    }
    return text(command);
  }

  /// Writes a message out.
  void copy(int number, OutputStream out) throws Blindness, IOException {
    ask("RETR " + number);
    text("RETR", out::write);
  }

  void remove(int number) throws Blindness {
    ask("DELE " + number);
  }

  private void learnCapabilities() throws Blindness {
    capabilities.clear();
    if (refuses("CAPA")) {
      return;
    }
    for (String line = line("CAPA"); !line.equals("."); line = line("CAPA")) {
      if (capabilities.size() < MOST_CAPABILITIES) {
        capabilities.add(line.strip().toUpperCase(Locale.ROOT));
      }
    }
  }

  private void startTls() throws Blindness {
    boolean offered = capabilities.contains("STLS");
    boolean wanted =
        switch (server.tls().mode()) {
          case NONE, IMPLICIT -> false;
          case OPPORTUNISTIC -> offered;
          case STARTTLS -> true;
        };
    if (!wanted) {
      return;
    }
    if (!offered) {
      throw new Blindness(Blindness.Cause.CONNECTION, where() + " does not offer STLS");
    }
    ask("STLS");
    try {
      socket.secure();
    } catch (IOException e) {
      throw Servers.broken(socket, where(), "STLS", e);
    }
    in = new BufferedInputStream(socket.getInputStream(), 2048);
    learnCapabilities();
  }

  private void login() throws Blindness {
    Login login = server.login();
    String user = login.username();
    String secret = login.secret().value();
    boolean sasl =
        capabilities.stream()
            .anyMatch(line -> line.startsWith("SASL ") && (line + " ").contains(" PLAIN "));
    Login.Mechanism mechanism =
        login
            .mechanism()
            .orElse(
                sasl && !capabilities.contains("USER")
                    ? Login.Mechanism.PLAIN
                    : Login.Mechanism.LOGIN);
    try {
      switch (mechanism) {
        case PLAIN -> authenticate("PLAIN", "\0" + user + "\0" + secret);
        case XOAUTH2 ->
            authenticate("XOAUTH2", "user=" + user + "\1auth=Bearer " + secret + "\1\1");
        case LOGIN -> {
          ask("USER " + unbroken(user));
          ask("PASS " + unbroken(secret));
        }
      }
    } catch (Blindness e) {
      throw e.why() == Blindness.Cause.REFUSED
          ? new Blindness(Blindness.Cause.LOGIN, "%s (login of %s)".formatted(e.words(), user))
          : e;
    }
  }

  /// RFC 5034, with the initial response on a line of its own: that has no limit worth minding.
  private void authenticate(String mechanism, String response) throws Blindness {
    send("AUTH " + mechanism, "AUTH");
    String said = line("AUTH");
    if (!said.startsWith("+ ") && !said.equals("+")) {
      expect("AUTH " + mechanism, said);
    }
    send(Base64.getEncoder().encodeToString(response.getBytes(StandardCharsets.UTF_8)), "AUTH");
    said = line("AUTH");
    if (said.startsWith("+ ") && !said.startsWith("+OK")) {
      // XOAUTH2 tells its error as a challenge.
      send("", "AUTH");
      said = line("AUTH");
    }
    expect("AUTH " + mechanism, said);
  }

  private String ask(String command) throws Blindness {
    String verb = command.split(" ", 2)[0];
    send(command, verb);
    return expect(verb, line(verb));
  }

  private boolean refuses(String command) throws Blindness {
    String verb = command.split(" ", 2)[0];
    send(command, verb);
    return !line(verb).startsWith("+OK");
  }

  private String expect(String tried, String said) throws Blindness {
    if (said.startsWith("+OK")) {
      return said;
    }
    boolean known = said.startsWith("-ERR");
    throw new Blindness(
        known ? Blindness.Cause.REFUSED : Blindness.Cause.NONSENSE,
        "%s %s %s: %s"
            .formatted(
                where(),
                known ? "refuses" : "does not answer",
                tried,
                Servers.words(said, server.login().secret())));
  }

  private void send(String line, String tried) throws Blindness {
    try {
      socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw Servers.broken(socket, where(), tried, e);
    }
  }

  /// One line without its end; what is too long is cut.
  private String line(String tried) throws Blindness {
    ByteArrayOutputStream line = new ByteArrayOutputStream(128);
    try {
      for (int b = next(); b != '\n'; b = next()) {
        if (line.size() < LONGEST_LINE) {
          line.write(b);
        }
      }
    } catch (IOException e) {
      throw Servers.broken(socket, where(), tried, e);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /// A message up to its closing dot (RFC 1939 §3), as much of it as is kept.
  private String text(String tried) throws Blindness {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(4096);
    try {
      text(
          tried,
          b -> {
            if (kept.size() < FoundMessage.HEAD) {
              kept.write(b);
            }
          });
    } catch (IOException e) {
      throw Servers.broken(socket, where(), tried, e);
    }
    return kept.toString(StandardCharsets.ISO_8859_1);
  }

  @FunctionalInterface
  private interface Taking {
    void take(int b) throws IOException;
  }

  /// @throws IOException when it is not taken
  private void text(String tried, Taking taking) throws Blindness, IOException {
    boolean atStart = true;
    for (int b = next(tried); ; b = next(tried)) {
      if (atStart && b == '.') {
        b = next(tried);
        if (b == '\r') {
          next(tried);
          return;
        }
      }
      atStart = b == '\n';
      taking.take(b);
    }
  }

  private int next(String tried) throws Blindness {
    try {
      return next();
    } catch (IOException e) {
      throw Servers.broken(socket, where(), tried, e);
    }
  }

  private int next() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the server closed it");
    }
    return b;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException _) {
      return 0;
    }
  }

  private String unbroken(String text) throws Blindness {
    if (text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
      throw new Blindness(
          Blindness.Cause.LOGIN, where() + ": user name or password has more than one line");
    }
    return text;
  }

  private String where() {
    return Servers.where("POP3", server);
  }
}
