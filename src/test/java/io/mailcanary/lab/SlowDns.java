package io.mailcanary.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Stands before a name server and hands questions on after a while; by UDP alone.
public final class SlowDns implements AutoCloseable {
  private static final int LARGEST = 4_096;
  private static final int PATIENCE_MILLIS = 5_000;

  private final DatagramSocket socket;
  private final InetSocketAddress target;
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private volatile Duration delay;

  private SlowDns(DatagramSocket socket, InetSocketAddress target, Duration delay) {
    this.socket = socket;
    this.target = target;
    this.delay = delay;
  }

  static SlowDns open(InetSocketAddress at, InetSocketAddress target, Duration delay) {
    try {
      SlowDns slow = new SlowDns(new DatagramSocket(at), target, delay);
      Thread.ofVirtual().name("slow-dns").start(slow::serve);
      return slow;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void delay(Duration value) {
    delay = value;
  }

  private void serve() {
    byte[] buffer = new byte[LARGEST];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] question = Arrays.copyOf(buffer, packet.getLength());
        InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
        var _ =
            timer.schedule(
                () -> Thread.startVirtualThread(() -> handOn(question, client)),
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
      } catch (IOException _) {
        // closed
      }
    }
  }

  private void handOn(byte[] question, InetSocketAddress client) {
    try (DatagramSocket out = new DatagramSocket()) {
      out.setSoTimeout(PATIENCE_MILLIS);
      out.send(new DatagramPacket(question, question.length, target));
      DatagramPacket answer = new DatagramPacket(new byte[LARGEST], LARGEST);
      out.receive(answer);
      socket.send(new DatagramPacket(answer.getData(), answer.getLength(), client));
    } catch (IOException _) {
      // the server behind is silent, and so are we
    }
  }

  @Override
  public void close() {
    socket.close();
    timer.shutdownNow();
  }
}
