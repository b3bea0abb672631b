package io.mailcanary.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// An SMTP sink whose mail can be read by IMAP: in memory, on virtual threads, for loads at which
/// Postfix and Dovecot would be what is measured.
///
/// A message goes to the mailbox of its recipient's local part before any `+`; mailboxes come into
/// being by use, and every password is good.
public final class StubMailServer implements AutoCloseable {

  /// A message that is in its mailbox.
  public record Delivery(String user, String folder, long uid, Instant at, int size) {}

  private static final int BACKLOG = 4_096;

  private final Map<String, Map<String, StubFolder>> mailboxes = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> commandsByUser = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> commandsByName = new ConcurrentHashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final LongAdder accepted = new LongAdder();
  private final ServerSocket smtp;
  private final ServerSocket imap;
  private volatile Consumer<Delivery> onDelivery = _ -> {};
  private volatile Predicate<byte[]> gate = _ -> true;

  private StubMailServer() throws IOException {
    smtp = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    imap = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  }

  private interface Conversation {
    void run(Socket socket) throws IOException;
  }

  public static StubMailServer start() {
    try {
      StubMailServer server = new StubMailServer();
      server.listen("stub-smtp", server.smtp, socket -> new StubSmtpSession(server, socket).run());
      server.listen("stub-imap", server.imap, socket -> new StubImapSession(server, socket).run());
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void listen(String name, ServerSocket listener, Conversation conversation) {
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          while (!listener.isClosed()) {
            try {
              Socket socket = listener.accept();
              connections.add(socket);
              Thread.ofVirtual().name(name).start(() -> converse(socket, conversation));
            } catch (IOException _) {
              // closed
            }
          }
        });
  }

  private void converse(Socket socket, Conversation conversation) {
    try (socket) {
      socket.setTcpNoDelay(true);
      conversation.run(socket);
    } catch (IOException _) {
      // the client has gone
    } finally {
      connections.remove(socket);
    }
  }

  public int smtpPort() {
    return smtp.getLocalPort();
  }

  public int imapPort() {
    return imap.getLocalPort();
  }

  /// Hears of each message that came over SMTP, on the thread that files it, before the sender has
  /// its answer; not of those that a reader appended.
  public void onDelivery(Consumer<Delivery> listener) {
    onDelivery = listener;
  }

  /// Is asked of each message that came over SMTP whether to take it; where not, it is refused for
  /// now.
  public void onMessage(Predicate<byte[]> taking) {
    gate = taking;
  }

  boolean takes(byte[] content) {
    return gate.test(content);
  }

  /// Files a message straight into a folder.
  public Delivery deliver(String user, String folder, byte[] content) {
    StubMessage message = folder(user, folder).add(content);
    return new Delivery(user, folder, message.uid(), message.arrivedAt(), content.length);
  }

  void accept(Iterable<String> recipients, byte[] content) {
    for (String recipient : recipients) {
      accepted.increment();
      onDelivery.accept(deliver(user(recipient), "INBOX", content));
    }
  }

  static String user(String address) {
    String local = address.contains("@") ? address.substring(0, address.lastIndexOf('@')) : address;
    int plus = local.indexOf('+');
    return (plus < 0 ? local : local.substring(0, plus)).toLowerCase(Locale.ROOT);
  }

  StubFolder folder(String user, String name) {
    return folders(user).computeIfAbsent(name, any -> new StubFolder(any, 1));
  }

  Map<String, StubFolder> folders(String user) {
    return mailboxes.computeIfAbsent(user, _ -> newFolders());
  }

  private static Map<String, StubFolder> newFolders() {
    Map<String, StubFolder> folders = new ConcurrentHashMap<>();
    folders.put("INBOX", new StubFolder("INBOX", 1));
    folders.put("Junk", new StubFolder("Junk", 1));
    return folders;
  }

  void count(String user, String command) {
    commandsByUser.computeIfAbsent(user, _ -> new LongAdder()).increment();
    commandsByName.computeIfAbsent(command, _ -> new LongAdder()).increment();
  }

  /// How many messages a folder holds.
  public int messages(String user, String folder) {
    return folder(user, folder).size();
  }

  /// Messages taken over SMTP, one a recipient.
  public long accepted() {
    return accepted.sum();
  }

  /// IMAP commands on a user's mailbox, the login included.
  public long commands(String user) {
    LongAdder count = commandsByUser.get(user);
    return count == null ? 0 : count.sum();
  }

  /// All IMAP commands by their names.
  public Map<String, Long> commands() {
    Map<String, Long> counts = new TreeMap<>();
    commandsByName.forEach((name, count) -> counts.put(name, count.sum()));
    return counts;
  }

  /// Open connections, of both kinds.
  public int connections() {
    return connections.size();
  }

  /// Cuts every connection; new ones are taken.
  public void disconnectAll() {
    for (Socket socket : connections) {
      try {
        socket.close();
      } catch (IOException _) {
        // gone already
      }
    }
  }

  @Override
  public void close() {
    try (smtp;
        imap) {
      disconnectAll();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
