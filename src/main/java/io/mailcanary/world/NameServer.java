package io.mailcanary.world;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;

/// Answers by UDP and TCP on one port of the loopback interface.
final class NameServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NameServer.class);
  private static final int PLAIN_UDP_SIZE = 512;
  private static final int LARGEST_UDP_SIZE = 1232;
  private static final int MOST_CONNECTIONS = 32;
  private static final int PATIENCE_MILLIS = 5_000;

  /// Makes a reply of a query.
  @FunctionalInterface
  interface Answering {
    Message answer(Message query);
  }

  private final Answering answering;
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Threads threads = new Threads("world-dns");
  private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);

  private NameServer(Answering answering, DatagramSocket udp, ServerSocket tcp) {
    this.answering = answering;
    this.udp = udp;
    this.tcp = tcp;
  }

  /// @param port 0: any that is free for both protocols
  static NameServer start(Answering answering, InetAddress address, int port) throws IOException {
    for (int attempt = 0; ; attempt++) {
      ServerSocket tcp = new ServerSocket(port, 50, address);
      try {
        DatagramSocket udp = new DatagramSocket(tcp.getLocalPort(), address);
        NameServer server = new NameServer(answering, udp, tcp);
        server.threads.start(server::answerDatagrams);
        server.threads.start(server::acceptConnections);
        return server;
      } catch (BindException e) {
        // The port is free for one protocol and taken for the other.
        tcp.close();
        if (port != 0 || attempt == 20) {
          throw e;
        }
      }
    }
  }

  InetSocketAddress address() {
    return new InetSocketAddress(tcp.getInetAddress(), tcp.getLocalPort());
  }

  private void answerDatagrams() {
    byte[] buffer = new byte[4096];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        Message query = new Message(Arrays.copyOf(buffer, packet.getLength()));
        if (!query.getHeader().getFlag(Flags.QR)) {
          byte[] answer = answering.answer(query).toWire(udpSize(query));
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException | RuntimeException e) {
        LOG.debug("DNS question not answered: {}", e.toString());
      }
    }
  }

  private static int udpSize(Message query) {
    OPTRecord options = query.getOPT();
    return options == null
        ? PLAIN_UDP_SIZE
        : Math.clamp(options.getPayloadSize(), PLAIN_UDP_SIZE, LARGEST_UDP_SIZE);
  }

  private void acceptConnections() {
    while (!tcp.isClosed()) {
      try {
        Socket client = tcp.accept();
        if (connections.tryAcquire()) {
          threads.start(() -> serve(client));
        } else {
          client.close();
        }
      } catch (IOException e) {
        LOG.debug("DNS connection not accepted: {}", e.toString());
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setSoTimeout(PATIENCE_MILLIS);
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      while (true) {
        byte[] answer =
            answering.answer(new Message(in.readNBytes(in.readUnsignedShort()))).toWire();
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("DNS connection ended: {}", e.toString());
    } finally {
      connections.release();
    }
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
    threads.close();
  }
}
