package io.mailcanary.lab;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/// One SMTP connection: every sender and every recipient is welcome.
final class StubSmtpSession {
  private static final AtomicLong QUEUED = new AtomicLong();

  private final StubMailServer server;
  private final WireInput in;
  private final OutputStream out;
  private final List<String> recipients = new ArrayList<>();
  private String sender = "";
  private String helo = "unknown";

  StubSmtpSession(StubMailServer server, Socket socket) throws IOException {
    this.server = server;
    this.in = new WireInput(socket.getInputStream());
    this.out = new BufferedOutputStream(socket.getOutputStream(), 1_024);
  }

  void run() throws IOException {
    reply("220 stub.canary.test ESMTP");
    while (true) {
      if (!in.hasMore()) {
        out.flush();
      }
      String line = in.text();
      String verb = line.split(" ", 2)[0].toUpperCase(Locale.ROOT);
      if (verb.equals("QUIT")) {
        reply("221 2.0.0 Bye");
        out.flush();
        return;
      }
      answer(verb, line);
    }
  }

  private void answer(String verb, String line) throws IOException {
    switch (verb) {
      case "EHLO" -> {
        helo = line.substring(4).strip();
        reply("250-stub.canary.test");
        reply("250-PIPELINING");
        reply("250-8BITMIME");
        reply("250-ENHANCEDSTATUSCODES");
        reply("250 SIZE 52428800");
      }
      case "HELO" -> reply("250 stub.canary.test");
      case "MAIL" -> {
        recipients.clear();
        sender = address(line);
        reply("250 2.1.0 Ok");
      }
      case "RCPT" -> {
        recipients.add(address(line));
        reply("250 2.1.5 Ok");
      }
      case "DATA" -> data();
      case "RSET" -> {
        recipients.clear();
        reply("250 2.0.0 Ok");
      }
      case "NOOP" -> reply("250 2.0.0 Ok");
      default -> reply("502 5.5.2 not here");
    }
  }

  private static String address(String line) {
    int open = line.indexOf('<');
    int close = line.indexOf('>', open + 1);
    return open < 0 || close < 0 ? "" : line.substring(open + 1, close);
  }

  private void data() throws IOException {
    if (recipients.isEmpty()) {
      reply("503 5.5.1 RCPT first");
      return;
    }
    reply("354 End with a dot");
    out.flush();
    String id = Long.toHexString(QUEUED.incrementAndGet()).toUpperCase(Locale.ROOT);
    ByteArrayOutputStream content = new ByteArrayOutputStream(4_096);
    content.writeBytes(trace(id).getBytes(StandardCharsets.ISO_8859_1));
    for (byte[] line = in.line(); !lastLine(line); line = in.line()) {
      int stuffed = line.length > 0 && line[0] == '.' ? 1 : 0;
      content.write(line, stuffed, line.length - stuffed);
      content.write('\r');
      content.write('\n');
    }
    if (!server.takes(content.toByteArray())) {
      recipients.clear();
      reply("451 4.3.2 Try again later");
      return;
    }
    server.accept(recipients, content.toByteArray());
    recipients.clear();
    reply("250 2.0.0 Ok: queued as " + id);
  }

  private static boolean lastLine(byte[] line) {
    return line.length == 1 && line[0] == '.';
  }

  private String trace(String id) {
    return """
    Return-Path: <%s>
    Delivered-To: %s
    Received: from %s (localhost [127.0.0.1]) by stub.canary.test with ESMTP id %s; %s
    """
        .formatted(
            sender,
            recipients.getFirst(),
            helo,
            id,
            DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
        .replace("\n", "\r\n");
  }

  private void reply(String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }
}
