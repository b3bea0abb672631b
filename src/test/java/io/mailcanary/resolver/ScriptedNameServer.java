package io.mailcanary.resolver;

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
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// A name server on UDP and TCP that answers what its script says; an empty answer is silence.
final class ScriptedNameServer implements AutoCloseable {
  interface Script {
    byte[] answer(Message query, boolean tcp) throws IOException;
  }

  final AtomicInteger questions = new AtomicInteger();
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Script script;

  ScriptedNameServer(Script script) throws IOException {
    this.script = script;
    this.tcp = new ServerSocket();
    this.udp = bound(tcp);
    Thread.startVirtualThread(this::serveUdp);
    Thread.startVirtualThread(this::serveTcp);
  }

  /// Both on one port: what is free for TCP may be taken for UDP.
  private static DatagramSocket bound(ServerSocket tcp) throws IOException {
    for (int attempt = 0; attempt < 20; attempt++) {
      DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      try {
        tcp.bind(udp.getLocalSocketAddress());
        return udp;
      } catch (BindException _) {
        udp.close();
      }
    }
    throw new BindException("no port is free for both UDP and TCP");
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.getLocalPort());
  }

  String name() {
    return "127.0.0.1:" + tcp.getLocalPort();
  }

  /// An answer made of zone lines.
  static byte[] answer(Message query, int rcode, String zoneLines) throws IOException {
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setRcode(rcode);
    Record question = query.getQuestion();
    answer.addRecord(question, Section.QUESTION);
    try (var lines =
        new org.xbill.DNS.Master(
            new java.io.ByteArrayInputStream(
                zoneLines.getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
            org.xbill.DNS.Name.root,
            60)) {
      for (Record line = lines.nextRecord(); line != null; line = lines.nextRecord()) {
        answer.addRecord(
            line, line.getType() == org.xbill.DNS.Type.SOA ? Section.AUTHORITY : Section.ANSWER);
      }
    }
    return answer.toWire();
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        questions.incrementAndGet();
        byte[] query = java.util.Arrays.copyOf(buffer, packet.getLength());
        byte[] answer = script.answer(new Message(query), false);
        if (answer.length > 0) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException _) {
        // closed, or a question that is none
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try {
        Socket client = tcp.accept();
        Thread.startVirtualThread(() -> serve(client));
      } catch (IOException _) {
        // closed
      }
    }
  }

  /// A script that throws ends the connection.
  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      while (true) {
        byte[] answer = script.answer(new Message(in.readNBytes(in.readUnsignedShort())), true);
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
      }
    } catch (IOException _) {
      // closed, or a question that is none
    }
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
