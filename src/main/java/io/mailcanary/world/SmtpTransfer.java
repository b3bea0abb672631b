package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// Hands one message over to the next server, with STARTTLS where that is offered.
final class SmtpTransfer implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int LONGEST_REPLY = 8_192;

  private final NextHops.Hop hop;
  private Socket socket;
  private InputStream in;
  private OutputStream out;

  private SmtpTransfer(NextHops.Hop hop) throws IOException {
    this.hop = hop;
    this.socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    try {
      socket.connect(hop.address(), PATIENCE_MILLIS);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = new BufferedOutputStream(socket.getOutputStream());
  }

  /// @param from the name that we greet with
  /// @return what the server said at the end
  /// @throws SmtpRefusal when a server, or nobody at all, says no
  static SmtpReply send(NextHops.Hop hop, String from, Mail mail, SSLContext trust)
      throws SmtpRefusal {
    try (SmtpTransfer transfer = new SmtpTransfer(hop)) {
      return transfer.transfer(from, mail, trust);
    } catch (SocketTimeoutException _) {
      throw new SmtpRefusal(450, "4.4.2 %s: conversation timed out".formatted(hop.host()));
    } catch (EOFException _) {
      throw new SmtpRefusal(450, "4.4.2 %s: lost connection".formatted(hop.host()));
    } catch (IOException e) {
      throw new SmtpRefusal(450, "4.4.1 connect to %s: %s".formatted(hop.host(), e.getMessage()));
    }
  }

  private SmtpReply transfer(String from, Mail mail, SSLContext trust)
      throws IOException, SmtpRefusal {
    expect(2);
    SmtpReply greeting = command("EHLO " + from, 2);
    if (greeting.text().toUpperCase(Locale.ROOT).contains("STARTTLS")) {
      command("STARTTLS", 2);
      secure(trust);
      command("EHLO " + from, 2);
    }
    command("MAIL FROM:<" + mail.sender() + ">", 2);
    command("RCPT TO:<" + mail.recipient() + ">", 2);
    command("DATA", 3);
    write(mail.content());
    SmtpReply last = expect(2);
    out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
    return last;
  }

  /// As servers do among themselves: encrypted, and whatever name the certificate has (RFC 7435).
  private void secure(SSLContext trust) throws IOException {
    SSLSocket secured =
        (SSLSocket)
            trust
                .getSocketFactory()
                .createSocket(socket, hop.host(), hop.address().getPort(), true);
    secured.startHandshake();
    socket = secured;
    in = new BufferedInputStream(secured.getInputStream());
    out = new BufferedOutputStream(secured.getOutputStream());
  }

  private SmtpReply command(String line, int wanted) throws IOException, SmtpRefusal {
    out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
    return expect(wanted);
  }

  private SmtpReply expect(int wanted) throws IOException, SmtpRefusal {
    StringBuilder wire = new StringBuilder();
    String line;
    do {
      line = line(LONGEST_REPLY - wire.length());
      wire.append(line).append('\n');
    } while (line.length() > 3 && line.charAt(3) == '-');
    SmtpReply reply =
        SmtpReply.parse(wire.toString()).orElseThrow(() -> new IOException("no SMTP reply"));
    if (reply.code() / 100 != wanted) {
      throw new SmtpRefusal(reply, hop.host());
    }
    return reply;
  }

  private String line(int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("connection closed");
      }
      if (line.length() >= most) {
        throw new IOException("reply too long");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /// With the dots doubled that open a line (RFC 5321 §4.5.2), and the one that ends it all.
  private void write(byte[] content) throws IOException {
    boolean lineStart = true;
    for (byte next : content) {
      if (lineStart && next == '.') {
        out.write('.');
      }
      out.write(next);
      lineStart = next == '\n';
    }
    out.write((lineStart ? ".\r\n" : "\r\n.\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
