package io.mailcanary.lab;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/// An SMTP or LMTP server on loopback that does what a test tells it to.
///
/// Commands go by their first word; the greeting is `CONNECT`, the final dot is `.`. Several
/// actions for one command are taken in turn over all connections, the last one for ever.
public final class ScriptedSmtpServer implements AutoCloseable {
  /// What the server does when a command has come.
  public sealed interface Action {}

  private record Say(String lines) implements Action {}

  private record SayAndDrop(String lines) implements Action {}

  private record Hang() implements Action {}

  private record Drop() implements Action {}

  private record Drip(String text, Duration gap) implements Action {}

  private record Flood(String piece, int times) implements Action {}

  private record Later(Duration pause, Action action) implements Action {}

  /// Lines parted by line feeds; with nothing else said, the dialogue goes on.
  public static Action say(String lines) {
    return new Say(lines);
  }

  public static Action sayAndDrop(String lines) {
    return new SayAndDrop(lines);
  }

  public static Action hang() {
    return new Hang();
  }

  public static Action drop() {
    return new Drop();
  }

  /// One character after the other.
  public static Action drip(String text, Duration gap) {
    return new Drip(text, gap);
  }

  /// The same again and again, without a line's end unless it has one, and silence after it.
  public static Action flood(String piece, int times) {
    return new Flood(piece, times);
  }

  public static Action after(Duration pause, Action action) {
    return new Later(pause, action);
  }

  /// How a server behaves.
  public static final class Script {
    private final Map<String, List<Action>> actions = new HashMap<>();
    private final List<String> extensions = new ArrayList<>(List.of("PIPELINING"));
    private @Nullable SSLContext tls;
    private boolean implicit;
    private String account = "";
    private String password = "";

    public Script on(String command, Action... inTurn) {
      actions.put(command, List.of(inTurn));
      return this;
    }

    public Script offers(String... more) {
      extensions.addAll(Arrays.asList(more));
      return this;
    }

    /// Offers STARTTLS.
    public Script startTls(SSLContext context) {
      tls = context;
      return this;
    }

    /// Speaks TLS from the first byte.
    public Script implicitTls(SSLContext context) {
      tls = context;
      implicit = true;
      return this;
    }

    /// Lets this one in by PLAIN, LOGIN and XOAUTH2 (where they are offered is another matter).
    public Script account(String name, String secret) {
      account = name;
      password = secret;
      return this;
    }

    public ScriptedSmtpServer start() {
      return new ScriptedSmtpServer(this);
    }
  }

  public static Script script() {
    return new Script();
  }

  private final Script script;
  private final ServerSocket listener;
  private final Map<String, AtomicInteger> turns = new HashMap<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<byte[]> messages = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);

  private ScriptedSmtpServer(Script script) {
    this.script = script;
    script.actions.keySet().forEach(command -> turns.put(command, new AtomicInteger()));
    try {
      listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().name("scripted-smtp").start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// All commands of all connections as they came.
  public List<String> heard() {
    return List.copyOf(heard);
  }

  /// The messages, dots unstuffed.
  public List<byte[]> messages() {
    return List.copyOf(messages);
  }

  /// How many connections there have been.
  public int connections() {
    return connections.get();
  }

  /// How many there are.
  public int open() {
    return open.get();
  }

  /// How many there were at one time.
  public int mostOpen() {
    return mostOpen.get();
  }

  /// Cuts all connections, but goes on listening.
  public void cut() {
    sockets.forEach(ScriptedSmtpServer::closeQuietly);
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        connections.incrementAndGet();
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      new Talk(socket).run();
    } catch (IOException _) {
      // The client or the script has had enough.
    } finally {
      sockets.remove(socket);
      open.decrementAndGet();
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // Closed is closed.
    }
  }

  private final class Talk {
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private boolean encrypted;

    Talk(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
      if (script.implicit) {
        encrypt();
      }
    }

    void run() throws IOException {
      boolean goOn = act("CONNECT", "220 scripted.test ESMTP");
      while (goOn) {
        String line = line();
        if (line == null) {
          return;
        }
        heard.add(line);
        goOn = command(line);
      }
    }

    private boolean command(String line) throws IOException {
      String word = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
      return switch (word) {
        case "EHLO", "LHLO" -> act(word, greeting());
        case "STARTTLS" -> startTls();
        case "AUTH" -> script.actions.containsKey(word) ? act(word, "") : login(line);
        case "DATA" -> data();
        case "QUIT" -> {
          act(word, "221 2.0.0 bye");
          yield false;
        }
        case "HELO", "MAIL", "RCPT", "RSET", "NOOP" -> act(word, "250 2.0.0 ok");
        default -> act(word, "502 5.5.2 unknown: " + line);
      };
    }

    private String greeting() {
      List<String> lines = new ArrayList<>(List.of("scripted.test"));
      lines.addAll(script.extensions);
      if (script.tls != null && !encrypted) {
        lines.add("STARTTLS");
      }
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < lines.size(); i++) {
        text.append(i == lines.size() - 1 ? "250 " : "250-").append(lines.get(i)).append('\n');
      }
      return text.toString().strip();
    }

    private boolean startTls() throws IOException {
      if (!act("STARTTLS", "220 2.0.0 go")) {
        return false;
      }
      if (script.tls != null) {
        encrypt();
      }
      return true;
    }

    private void encrypt() throws IOException {
      SSLContext context = script.tls;
      if (context == null) {
        throw new IOException("no TLS in this script");
      }
      SSLSocket layered = (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
      layered.setUseClientMode(false);
      layered.startHandshake();
      socket = layered;
      in = new BufferedInputStream(layered.getInputStream());
      out = layered.getOutputStream();
      encrypted = true;
    }

    private boolean data() throws IOException {
      if (!act("DATA", "354 go on")) {
        return false;
      }
      if (script.actions.containsKey("DATA") && !lastSaid.startsWith("354")) {
        return true;
      }
      byte[] message = message();
      if (message == null) {
        return false;
      }
      messages.add(message);
      return act(".", "250 2.0.0 Ok: queued as S%06d".formatted(messages.size()));
    }

    private byte @Nullable [] message() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      while (true) {
        byte[] line = rawLine();
        if (line == null) {
          return null;
        }
        if (line.length == 3 && line[0] == '.') {
          return bytes.toByteArray();
        }
        int from = line[0] == '.' ? 1 : 0;
        bytes.write(line, from, line.length - from);
      }
    }

    private boolean login(String line) throws IOException {
      String[] words = line.split(" ", -1);
      String given =
          switch (words[1]) {
            case "LOGIN" -> decoded(asked("VXNlcm5hbWU6")) + "\0" + decoded(asked("UGFzc3dvcmQ6"));
            case "PLAIN" -> decoded(words[2]);
            default -> decoded(words[2]);
          };
      List<String> right =
          List.of(
              account + "\0" + password,
              "\0" + account + "\0" + password,
              "user=" + account + "\1auth=Bearer " + password + "\1\1");
      if (right.contains(given)) {
        return say("235 2.7.0 in");
      }
      if (words[1].equals("XOAUTH2")) {
        asked("eyJzdGF0dXMiOiI0MDEifQ==");
      }
      return say("535 5.7.8 Authentication credentials invalid: " + words[words.length - 1]);
    }

    private final String account = script.account;
    private final String password = script.password;

    private String asked(String prompt) throws IOException {
      say("334 " + prompt);
      String answer = line();
      heard.add("(secret)");
      return answer == null ? "" : answer;
    }

    private static String decoded(String text) {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
    }

    private String lastSaid = "";

    private boolean act(String command, String usually) throws IOException {
      List<Action> inTurn = script.actions.get(command);
      AtomicInteger turn = turns.get(command);
      if (inTurn == null || turn == null) {
        return say(usually);
      }
      int index = Math.min(turn.getAndIncrement(), inTurn.size() - 1);
      return act(inTurn.get(index));
    }

    private boolean act(Action action) throws IOException {
      return switch (action) {
        case Say(String lines) -> say(lines);
        case SayAndDrop(String lines) -> {
          say(lines);
          yield false;
        }
        case Drop() -> false;
        case Hang() -> pause(Duration.ofHours(1));
        case Later(Duration pause, Action then) -> pause(pause) && act(then);
        case Flood(String piece, int times) -> {
          byte[] bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
          for (int i = 0; i < times; i++) {
            out.write(bytes);
          }
          yield pause(Duration.ofHours(1));
        }
        case Drip(String text, Duration gap) -> {
          for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            out.write(b);
            if (!pause(gap)) {
              yield false;
            }
          }
          yield true;
        }
      };
    }

    private boolean say(String lines) throws IOException {
      lastSaid = lines;
      out.write((lines.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      return true;
    }

    /// @return whether the server is still there afterwards
    private boolean pause(Duration time) {
      try {
        return !closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException _) {
        return false;
      }
    }

    private @Nullable String line() throws IOException {
      byte[] raw = rawLine();
      return raw == null ? null : new String(raw, StandardCharsets.UTF_8).strip();
    }

    private byte @Nullable [] rawLine() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int b;
      while ((b = in.read()) >= 0) {
        bytes.write(b);
        if (b == '\n') {
          return bytes.toByteArray();
        }
      }
      return null;
    }
  }
}
