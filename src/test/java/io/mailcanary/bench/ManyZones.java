package io.mailcanary.bench;

import io.mailcanary.lab.Ports;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Name servers for as many healthy mail domains as wanted, `d1.test` and so on, and a resolver
/// that knows them all: each on an address of its own of the loopback network, all at one port.
/// Half of the domains are with one DNS host, the rest with others in equal parts. It counts what
/// each server is asked.
final class ManyZones implements AutoCloseable {
  static final String PARENT = "test";
  private static final int HOSTS = 10;
  private static final int SLOT_MILLIS = 100;
  private static final int MOST_SLOTS = 20 * 60 * 1_000 / SLOT_MILLIS;
  private static final int LARGEST = 4_096;
  private static final String NETWORK = "127.53.";

  private final Map<Name, Map<Integer, List<Record>>> records = new HashMap<>();
  private final Map<Name, Integer> hostOf = new HashMap<>();
  private final List<Server> servers = new ArrayList<>();
  private final long began = System.nanoTime();
  private final int port;

  private enum Part {
    RESOLVER,
    PARENT,
    HOST
  }

  /// @param host of which DNS host, where it is one's
  private record Server(
      Part part,
      int host,
      InetAddress address,
      DatagramSocket udp,
      ServerSocket tcp,
      AtomicIntegerArray asked) {}

  private ManyZones(int port) {
    this.port = port;
  }

  static ManyZones start(int domains) throws IOException {
    for (int attempt = 0; ; attempt++) {
      ManyZones zones = new ManyZones(Ports.free());
      try {
        zones.write(domains);
        zones.listen();
        return zones;
      } catch (BindException e) {
        zones.close();
        if (attempt == 20) {
          throw e;
        }
      }
    }
  }

  /// Asked by everybody.
  InetSocketAddress resolver() {
    return new InetSocketAddress(servers.getFirst().address(), port);
  }

  /// What authoritative servers were asked so far.
  long asked() {
    return servers.stream()
        .filter(server -> server.part() != Part.RESOLVER)
        .mapToLong(server -> sum(server.asked(), 0, MOST_SLOTS))
        .sum();
  }

  /// The most that any authoritative server was asked in a row of seconds, by the second.
  double busiest(int seconds) {
    int slots = seconds * 1_000 / SLOT_MILLIS;
    long most = 0;
    for (Server server : servers) {
      if (server.part() != Part.RESOLVER) {
        for (int from = 0; from + slots <= MOST_SLOTS; from++) {
          most = Math.max(most, sum(server.asked(), from, from + slots));
        }
      }
    }
    return (double) most / seconds;
  }

  private static long sum(AtomicIntegerArray counts, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += counts.get(i);
    }
    return sum;
  }

  // What stands in the zones

  private void write(int domains) throws TextParseException {
    zone(".", -1, "a.root.");
    zone(PARENT + ".", -1, "ns.test.");
    add("a.root.", "A", address(Part.PARENT, 0, 0));
    add("ns.test.", "A", address(Part.PARENT, 0, 0));
    zone("dns.test.", 0, "ns1.h0.dns.test.", "ns2.h0.dns.test.");
    for (int host = 0; host < HOSTS; host++) {
      add("ns1.h%d.dns.test.".formatted(host), "A", address(Part.HOST, host, 1));
      add("ns2.h%d.dns.test.".formatted(host), "A", address(Part.HOST, host, 2));
    }
    for (int number = 1; number <= domains; number++) {
      int host = number % 2 == 0 ? 0 : 1 + number / 2 % (HOSTS - 1);
      String domain = "d%d.test.".formatted(number);
      zone(domain, host, "ns1.h%d.dns.test.".formatted(host), "ns2.h%d.dns.test.".formatted(host));
      add(domain, "MX", "10 mx1." + domain);
      add(domain, "MX", "20 mx2." + domain);
      add(domain, "TXT", "\"v=spf1 mx ip4:198.51.100.0/24 -all\"");
      add("_dmarc." + domain, "TXT", "\"v=DMARC1; p=reject\"");
      add("mx1." + domain, "A", "198.51.100.1");
      add("mx2." + domain, "A", "198.51.100.2");
    }
  }

  private void zone(String apex, int host, String... names) throws TextParseException {
    hostOf.put(Name.fromString(apex), host);
    add(apex, "SOA", names[0] + " hostmaster.dns.test. 7 3600 600 86400 300");
    for (String name : names) {
      add(apex, "NS", name);
    }
  }

  private void add(String name, String type, String data) throws TextParseException {
    Name owner = Name.fromString(name);
    try {
      Record record = Record.fromString(owner, Type.value(type), DClass.IN, 3_600, data, Name.root);
      records
          .computeIfAbsent(owner, _ -> new HashMap<>())
          .computeIfAbsent(record.getType(), _ -> new ArrayList<>())
          .add(record);
    } catch (IOException e) {
      throw new IllegalArgumentException(name + " " + type + " " + data, e);
    }
  }

  private static String address(Part part, int host, int number) {
    return NETWORK + part.ordinal() + "." + (1 + 2 * host + number);
  }

  // What is answered

  private Message answer(Server server, Message query) {
    Record question = query.getQuestion();
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.addRecord(question, Section.QUESTION);
    Name zone = zoneOf(question);
    int home = hostOf.getOrDefault(zone, -1);
    boolean above = server.part() == Part.PARENT && home >= 0;
    if (server.part() == Part.HOST && home != server.host()) {
      reply.getHeader().setRcode(Rcode.REFUSED);
      return reply;
    }
    if (above && question.getType() != Type.DS) {
      found(zone, Type.NS).forEach(record -> reply.addRecord(record, Section.AUTHORITY));
      return reply;
    }
    reply.getHeader().setFlag(server.part() == Part.RESOLVER ? Flags.RA : Flags.AA);
    List<Record> found = found(question.getName(), question.getType());
    found.forEach(record -> reply.addRecord(record, Section.ANSWER));
    if (found.isEmpty()) {
      found(zone, Type.SOA).forEach(record -> reply.addRecord(record, Section.AUTHORITY));
      if (!isThere(question.getName())) {
        reply.getHeader().setRcode(Rcode.NXDOMAIN);
      }
    }
    return reply;
  }

  private Name zoneOf(Record question) {
    Name name = question.getName();
    while (!hostOf.containsKey(name)) {
      name = new Name(name, 1);
    }
    return name;
  }

  private List<Record> found(Name name, int type) {
    return records.getOrDefault(name, Map.of()).getOrDefault(type, List.of());
  }

  private boolean isThere(Name name) {
    return records.containsKey(name) || hostOf.containsKey(name);
  }

  // The wire

  private void listen() throws IOException {
    open(Part.RESOLVER, 0, 0);
    open(Part.PARENT, 0, 0);
    for (int host = 0; host < HOSTS; host++) {
      open(Part.HOST, host, 1);
      open(Part.HOST, host, 2);
    }
    for (Server server : servers) {
      Thread.ofPlatform().daemon().name("dns-udp").start(() -> datagrams(server));
      Thread.ofPlatform().daemon().name("dns-tcp").start(() -> connections(server));
    }
  }

  private void open(Part part, int host, int number) throws IOException {
    InetAddress address = InetAddress.ofLiteral(address(part, host, number));
    DatagramSocket udp = new DatagramSocket(port, address);
    try {
      ServerSocket tcp = new ServerSocket(port, 50, address);
      servers.add(new Server(part, host, address, udp, tcp, new AtomicIntegerArray(MOST_SLOTS)));
    } catch (IOException e) {
      udp.close();
      throw e;
    }
  }

  private void count(Server server) {
    long slot = (System.nanoTime() - began) / 1_000_000 / SLOT_MILLIS;
    server.asked().incrementAndGet((int) Math.min(slot, MOST_SLOTS - 1));
  }

  private void datagrams(Server server) {
    byte[] buffer = new byte[LARGEST];
    while (!server.udp().isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        server.udp().receive(packet);
        count(server);
        byte[] answer =
            answer(server, new Message(Arrays.copyOf(buffer, packet.getLength()))).toWire();
        server.udp().send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException _) {
        // closed, or not for us
      }
    }
  }

  private void connections(Server server) {
    while (!server.tcp().isClosed()) {
      try {
        Socket socket = server.tcp().accept();
        Thread.ofVirtual().start(() -> serve(server, socket));
      } catch (IOException _) {
        // closed
      }
    }
  }

  /// For as long as the client likes.
  private void serve(Server server, Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      while (true) {
        Message query = new Message(in.readNBytes(in.readUnsignedShort()));
        count(server);
        byte[] answer = answer(server, query).toWire();
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
      }
    } catch (IOException _) {
      // it has what it wanted
    }
  }

  @Override
  public void close() throws IOException {
    for (Server server : servers) {
      server.udp().close();
      server.tcp().close();
    }
  }
}
