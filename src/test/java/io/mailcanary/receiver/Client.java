package io.mailcanary.receiver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// Speaks to a receiver line by line.
final class Client implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;

  Client(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(10_000);
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One whole reply; empty when the connection is closed.
  String reply() {
    try {
      StringBuilder reply = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        reply.append(reply.isEmpty() ? "" : "\n").append(line);
        if (line.length() < 4 || line.charAt(3) != '-') {
          return reply.toString();
        }
      }
      return reply.toString();
    } catch (IOException e) {
      return "";
    }
  }

  String say(String line) {
    write(line + "\r\n");
    return reply();
  }

  void write(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
