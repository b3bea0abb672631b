package io.mailcanary.mailbox;

import io.mailcanary.path.Mailbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// An IMAP server that says what a test wants: an answer for each command, `{tag}` in it replaced.
final class ScriptedImap implements AutoCloseable {
  static final String SILENCE = "";

  final List<String> heard = new CopyOnWriteArrayList<>();
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final ServerSocket listener;
  private volatile String greeting = "* OK ready\r\n";

  ScriptedImap() {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    on("CAPABILITY", "* CAPABILITY IMAP4rev1 LITERAL+\r\n{tag} OK done\r\n");
    on("LIST", "* LIST () \"/\" INBOX\r\n{tag} OK done\r\n");
    on("SELECT", "* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n* OK [UIDNEXT 1]\r\n{tag} OK done\r\n");
    Thread.ofVirtual().start(this::accept);
  }

  ScriptedImap greeting(String text) {
    greeting = text;
    return this;
  }

  /// The answer to a command, by its beginning.
  ScriptedImap on(String command, String answer) {
    answers.put(command, answer);
    return this;
  }

  Mailbox mailbox() {
    return new Mailbox.Imap(
        "scripted",
        new Mailbox.Server(
            "localhost",
            listener.getLocalPort(),
            Fixtures.noTls(),
            Fixtures.server(1, Fixtures.noTls(), "canary", "top-secret-word").login(),
            Duration.ofSeconds(2),
            Duration.ofSeconds(2),
            Optional.empty()),
        List.of(),
        Duration.ofMillis(300),
        false);
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException _) {
      // It was closed.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      OutputStream out = socket.getOutputStream();
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
      say(out, greeting);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", 2);
        if (words.length < 2) {
          continue;
        }
        heard.add(words[1]);
        if (words[1].startsWith("APPEND")) {
          in.skip(Long.parseLong(line.replaceAll(".*\\{(\\d+)\\+?}", "$1")));
        }
        say(out, answer(words[1]).replace("{tag}", words[0]));
      }
    } catch (IOException _) {
      // The client left.
    }
  }

  private String answer(String command) {
    return answers.entrySet().stream()
        .filter(entry -> command.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("{tag} OK done\r\n");
  }

  private static void say(OutputStream out, String text) throws IOException {
    if (text.startsWith("ENDLESS ")) {
      byte[] line = (text.substring(8) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
      while (true) {
        out.write(line);
      }
    }
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }
}
