package io.mailcanary.tls;

import io.mailcanary.transport.MailPort.Speech;
import io.mailcanary.wire.BoundedSocket;
import io.mailcanary.wire.Visible;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is said before TLS begins: each protocol's greeting and its STARTTLS.
final class Greeting {
  private static final int LONGEST_LINE = 2_048;
  private static final int MOST_LINES = 100;

  private final BoundedSocket socket;
  private final Speech speech;
  private final Optional<String> helo;
  private String last = "";

  Greeting(BoundedSocket socket, Speech speech, Optional<String> helo) {
    this.socket = socket;
    this.speech = speech;
    this.helo = helo;
  }

  /// Whether it will talk to us, and whether it will speak TLS now.
  sealed interface Outcome {
    /// The next byte is TLS.
    record Ready() implements Outcome {}

    record NotOffered(String said) implements Outcome {}

    /// It turned us away, or talks gibberish.
    record TurnedAway(String said) implements Outcome {}
  }

  Outcome startTls() throws IOException {
    return switch (speech) {
      case SMTP -> smtp("EHLO");
      case LMTP -> smtp("LHLO");
      case IMAP -> imap();
      case POP3 -> pop3();
    };
  }

  private Outcome smtp(String hello) throws IOException {
    if (!smtpReply().startsWith("220")) {
      return turnedAway();
    }
    say(hello + " " + helo.orElseGet(this::ownAddress));
    String answer = smtpReply();
    if (!answer.startsWith("250")) {
      return turnedAway();
    }
    if (!hasKeyword(answer, "STARTTLS")) {
      return notOffered(answer);
    }
    say("STARTTLS");
    answer = smtpReply();
    // 454: TLS not available due to temporary reason (RFC 3207 §4).
    return answer.startsWith("220") ? new Outcome.Ready() : notOffered(answer);
  }

  private static boolean hasKeyword(String answer, String keyword) {
    return answer
        .lines()
        .map(line -> line.length() > 4 ? line.substring(4).strip() : "")
        .anyMatch(line -> line.split("\\s", 2)[0].equalsIgnoreCase(keyword));
  }

  private Outcome imap() throws IOException {
    if (!line().toUpperCase(Locale.ROOT).startsWith("* OK")) {
      return turnedAway();
    }
    say("a1 CAPABILITY");
    String capabilities = tagged("a1");
    if (!capabilities.toUpperCase(Locale.ROOT).matches("(?s).*\\bSTARTTLS\\b.*")) {
      return notOffered(capabilities);
    }
    say("a2 STARTTLS");
    return isOk(tagged("a2"), "a2") ? new Outcome.Ready() : notOffered(last);
  }

  private Outcome pop3() throws IOException {
    if (!line().startsWith("+OK")) {
      return turnedAway();
    }
    say("STLS");
    return line().startsWith("+OK") ? new Outcome.Ready() : notOffered(last);
  }

  private Outcome turnedAway() {
    return new Outcome.TurnedAway(shown(last));
  }

  private static Outcome notOffered(String said) {
    return new Outcome.NotOffered(shown(said));
  }

  private static String shown(String text) {
    return Visible.text(text.strip().replaceAll("\\s*\\R\\s*", " | "), 300);
  }

  /// All lines of one reply.
  private String smtpReply() throws IOException {
    StringBuilder reply = new StringBuilder();
    for (int i = 0; i < MOST_LINES; i++) {
      String line = line();
      reply.append(line).append('\n');
      if (line.length() < 4 || line.charAt(3) != '-') {
        break;
      }
    }
    last = reply.toString();
    return last;
  }

  /// All lines up to the one with our tag.
  private String tagged(String tag) throws IOException {
    StringBuilder answer = new StringBuilder();
    for (int i = 0; i < MOST_LINES; i++) {
      String line = line();
      answer.append(line).append('\n');
      if (line.startsWith(tag + " ")) {
        break;
      }
    }
    last = answer.toString();
    return last;
  }

  private static boolean isOk(String answer, String tag) {
    return answer
        .lines()
        .anyMatch(
            line -> line.toUpperCase(Locale.ROOT).startsWith(tag.toUpperCase(Locale.ROOT) + " OK"));
  }

  private void say(String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (true) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException(
            line.isEmpty() ? "the server closed the connection" : "closed within a line");
      }
      if (next == '\n') {
        break;
      }
      if (line.length() < LONGEST_LINE) {
        line.append((char) next);
      }
    }
    last = line.toString().stripTrailing();
    return last;
  }

  /// RFC 5321 §4.1.3.
  private String ownAddress() {
    @Nullable InetAddress own = socket.getLocalAddress();
    String text = own == null ? "127.0.0.1" : own.getHostAddress();
    int zone = text.indexOf('%');
    String bare = zone < 0 ? text : text.substring(0, zone);
    return bare.indexOf(':') < 0 ? "[" + bare + "]" : "[IPv6:" + bare + "]";
  }
}
