package io.mailcanary.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.assertj.core.data.Index;
import org.eclipse.angus.mail.imap.IMAPFolder;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// The world by itself, seen with other eyes than mailcanary's.
@Timeout(60)
class MailWorldTest {
  private static final AtomicInteger SUBJECTS = new AtomicInteger();
  private static MailWorld world;
  private static Map<String, String> env;

  @BeforeAll
  static void start() throws IOException {
    world = MailWorld.start();
    env = world.environment();
  }

  @AfterAll
  static void close() {
    world.close();
  }

  // DNS

  @ParameterizedTest(name = "{0} {1}: {2} {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "campus.example | MX | NOERROR | 10 mx.campus.example.",
        "ugrad.example | MX | NOERROR | 10 mx.campus.example.",
        "smtp.campus.example | A | NOERROR | 127.0.0.1",
        "imap.campus.example | A | NOERROR | store.campus.example.,127.0.0.1",
        "SMTP.Campus.Example | A | NOERROR | 127.0.0.1",
        "smtp.campus.example | AAAA | NOERROR | ''",
        "hosted.example | A | NOERROR | ''",
        "example | NS | NOERROR | a.root-servers.example.",
        "_dmarc.ugrad.example | TXT | NOERROR | \"v=DMARC1; p=reject\"",
        "nobody.campus.example | A | NXDOMAIN | ''",
        "elsewhere.example | MX | NXDOMAIN | ''",
        "www.example.org | A | NXDOMAIN | ''",
        "1.0.0.127.in-addr.arpa | PTR | NOERROR | smtp.campus.example.",
      })
  void answersByUdpAndTcp(String name, String type, String rcode, String data) throws IOException {
    for (boolean tcp : List.of(false, true)) {
      SimpleResolver resolver = new SimpleResolver(world.nameServer());
      resolver.setTCP(tcp);
      resolver.setTimeout(Duration.ofSeconds(5));
      org.xbill.DNS.Message answer =
          resolver.send(
              org.xbill.DNS.Message.newQuery(
                  Record.newRecord(Name.fromString(name, Name.root), Type.value(type), DClass.IN)));
      assertThat(Rcode.string(answer.getRcode())).isEqualTo(rcode);
      assertThat(
              String.join(
                  ",",
                  answer.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList()))
          .isEqualTo(data);
      if (data.isEmpty()) {
        assertThat(answer.getSection(Section.AUTHORITY))
            .singleElement()
            .satisfies(soa -> assertThat(soa.getTTL()).isEqualTo(5));
      }
    }
  }

  @Test
  void cutsLongDatagramsShort() throws IOException {
    var zone = world.zones().zone("outside.example");
    Name name = Name.fromString("many.outside.example.");
    for (int i = 0; i < 120; i++) {
      zone.addRecord(
          Record.fromString(name, Type.TXT, DClass.IN, 5, "\"number %d\"".formatted(i), Name.root));
    }
    SimpleResolver resolver = new SimpleResolver(world.nameServer());
    resolver.setIgnoreTruncation(true);
    var query = org.xbill.DNS.Message.newQuery(Record.newRecord(name, Type.TXT, DClass.IN));
    assertThat(resolver.send(query).getHeader().getFlag(org.xbill.DNS.Flags.TC)).isTrue();
    resolver.setIgnoreTruncation(false);
    assertThat(resolver.send(query).getSection(Section.ANSWER)).hasSize(120);
  }

  @ParameterizedTest(name = "{0} asked for {1} {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.2 | campus.example | MX | NOERROR aa | 10 mx.campus.example. |",
        "127.0.0.3 | campus.example | MX | NOERROR aa | 10 mx.campus.example. |",
        "127.0.0.2 | nobody.campus.example | A | NXDOMAIN aa | | SOA",
        "127.0.0.2 | imap.campus.example | A | NOERROR aa | store.campus.example. |",
        "127.0.0.2 | example | NS | REFUSED | |",
        "127.0.0.4 | campus.example | MX | NOERROR | | NS,NS",
        "127.0.0.4 | campus.example | DS | NOERROR aa | | SOA",
        "127.0.0.4 | example | NS | NOERROR aa | a.root-servers.example. |",
        "127.0.0.4 | elsewhere.example | A | NXDOMAIN aa | | SOA",
      })
  void serversAnswerForTheirZonesAndReferBelow(
      String server, String name, String type, String how, String data, String authority)
      throws IOException {
    assertThat(asked(server, name, type)).isEqualTo(List.of(how, text(data), text(authority)));
  }

  @Test
  void aLapsedNameIsGoneForAllButItsOwnServers() throws IOException {
    Repair repair = world.zones().edit("example", zone -> zone.remove("publisher", Type.NS));
    try {
      assertThat(asked("127.0.0.1", "publisher.example", "MX").getFirst()).startsWith("NXDOMAIN");
      assertThat(asked("127.0.0.4", "publisher.example", "MX").getFirst()).startsWith("NXDOMAIN");
      assertThat(asked("127.0.0.2", "publisher.example", "MX").getFirst()).startsWith("NOERROR");
    } finally {
      repair.run();
    }
    assertThat(asked("127.0.0.1", "publisher.example", "MX").get(1))
        .isEqualTo("10 mx.publisher.example.");
  }

  @Test
  void eachChangeOfAZoneHasASerialOfItsOwn() throws IOException {
    long before = world.zones().zone("hosted.example").getSOA().getSerial();
    Repair repair = world.zones().edit("hosted.example", zone -> zone.remove("in", Type.A));
    assertThat(asked("127.0.0.2", "in.hosted.example", "A").getFirst()).startsWith("NXDOMAIN");
    repair.run();
    assertThat(asked("127.0.0.2", "in.hosted.example", "A").get(1)).isEqualTo("127.0.0.1");
    assertThat(world.zones().zone("hosted.example").getSOA().getSerial()).isEqualTo(before + 2);
  }

  @Test
  void failingServersAnswerNothingElse() throws IOException {
    Repair repair = world.zones().fail("publisher.example");
    try {
      assertThat(asked("127.0.0.1", "publisher.example", "MX").getFirst()).startsWith("SERVFAIL");
      assertThat(asked("127.0.0.3", "mx.publisher.example", "A").getFirst()).startsWith("SERVFAIL");
      assertThat(asked("127.0.0.1", "campus.example", "MX").getFirst()).startsWith("NOERROR");
    } finally {
      repair.run();
    }
  }

  @Test
  void oneServerPlaysAllPartsWhereThereIsOneAddress() throws IOException {
    try (WorldDns alone = WorldDns.start(List.of(".", "example", "campus.example"), true)) {
      SimpleResolver client = new SimpleResolver(alone.resolver());
      var query = org.xbill.DNS.Message.newQuery(mx("campus.example"));
      assertThat(client.send(query).getHeader().getFlag(org.xbill.DNS.Flags.AA)).isFalse();
      query.getHeader().unsetFlag(org.xbill.DNS.Flags.RD);
      assertThat(client.send(query).getHeader().getFlag(org.xbill.DNS.Flags.AA)).isTrue();
      assertThat(client.send(query).getSection(Section.ANSWER)).hasSize(1);
    }
  }

  private static Record mx(String name) throws IOException {
    return Record.newRecord(Name.fromString(name, Name.root), Type.MX, DClass.IN);
  }

  /// @return the rcode with `aa`, the answers, and the types of what stands in the authority
  ///   section
  private static List<String> asked(String server, String name, String type) throws IOException {
    SimpleResolver client =
        new SimpleResolver(new InetSocketAddress(server, world.nameServer().getPort()));
    var query =
        org.xbill.DNS.Message.newQuery(
            Record.newRecord(Name.fromString(name, Name.root), Type.value(type), DClass.IN));
    if (!server.equals("127.0.0.1")) {
      query.getHeader().unsetFlag(org.xbill.DNS.Flags.RD);
    }
    var answer = client.send(query);
    boolean authoritative = answer.getHeader().getFlag(org.xbill.DNS.Flags.AA);
    return List.of(
        Rcode.string(answer.getRcode()) + (authoritative ? " aa" : ""),
        String.join(
            ",", answer.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList()),
        String.join(
            ",",
            answer.getSection(Section.AUTHORITY).stream()
                .map(record -> Type.string(record.getType()))
                .toList()));
  }

  private static String text(@Nullable String cell) {
    return cell == null ? "" : cell;
  }

  // The ways of mail

  @ParameterizedTest(name = "{0} to {1}")
  @CsvSource({
    "hub, canary@campus.example, CAMPUS, hub.campus.example>mx.campus.example>store.campus.example",
    "hub, canary+tag@campus.example, CAMPUS,"
        + " hub.campus.example>mx.campus.example>store.campus.example",
    "submission, canary@ugrad.example, UGRAD,"
        + " smtp.campus.example>mx.campus.example>in.hosted.example",
    "submission, Canary+A=B@UGRAD.example, UGRAD,"
        + " smtp.campus.example>mx.campus.example>in.hosted.example",
    "hub, canary@publisher.example, PUBLISHER, hub.campus.example>mx.publisher.example",
    "hub, canary@hosted.example, HOSTED, hub.campus.example>mx.hosted.example",
    "submission, canary@outside.example, OUTSIDE, smtp.campus.example>mx.outside.example",
    "outside, canary@campus.example, CAMPUS,"
        + " smtp.outside.example>mx.campus.example>store.campus.example",
  })
  void mailArrivesWithItsTrace(String relay, String to, String mailbox, String way)
      throws Exception {
    String subject = subject();
    String reply = send(relay, "canary@campus.example", to, subject, "Hello.\r\n.dot\r\n");
    assertThat(reply).startsWith("250 2.0.0 Ok: queued as ");

    MimeMessage arrived = arrival(mailbox, subject);
    String[] trace = arrived.getHeader("Received");
    List<String> by = new ArrayList<>();
    for (String line : trace) {
      assertThat(line.replaceAll("\\s+", " "))
          .matches(
              "from \\S+ \\(localhost \\[127\\.0\\.0\\.1]\\) .*by \\S+ \\(mailcanary world\\)"
                  + " with ESMTPS?A? id [0-9A-Z]+ for <[^>]+>;"
                  + " \\w{3}, \\d+ \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d \\+0000 \\(UTC\\)");
      by.addFirst(line.replaceAll("(?s).*\\sby (\\S+).*", "$1"));
    }
    assertThat(String.join(">", by)).isEqualTo(way);
    assertThat(trace[trace.length - 1]).startsWith("from probe.campus.example ");
    assertThat(arrived.getHeader("Return-Path")).containsExactly("<canary@campus.example>");
    assertThat(arrived.getContent().toString()).isEqualTo("Hello.\r\n.dot\r\n");
  }

  @Test
  void submissionAndTheHopToTheProviderAreEncrypted() throws Exception {
    String subject = subject();
    send("submission", "canary@campus.example", "canary@ugrad.example", subject, "x");
    String[] trace = arrival("UGRAD", subject).getHeader("Received");
    assertThat(trace[2]).contains("using TLSv1.3", "Authenticated sender: canary", "ESMTPSA");
    assertThat(trace[0]).contains("using TLSv1.3", "with ESMTPS id");
  }

  @ParameterizedTest(name = "{0} from {1} to {2}: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "hosted | nobody@hosted.example | 550 5.1.1",
        "hosted | canary@elsewhere.example | 554 5.7.1",
        "border | canary@hosted.example | 554 5.7.1",
      })
  void refusesWhatIsNotItsOwn(String server, String to, String reply) {
    assertThatThrownBy(() -> send(server, "canary@campus.example", to, "x", "x"))
        .isInstanceOf(SendFailedException.class)
        .satisfies(e -> assertThat(chain(e)).contains(reply));
  }

  @Test
  void submissionWantsTlsAndTheRightPassword() {
    assertThatThrownBy(() -> submit(Map.of("mail.smtp.starttls.enable", "false"), "x"))
        .satisfies(e -> assertThat(chain(e)).contains("530"));
    assertThatThrownBy(() -> submit(Map.of(), "wrong"))
        .isInstanceOf(AuthenticationFailedException.class);
  }

  @Test
  void aRefusedMessageWaitsAndArrivesLater() throws Exception {
    AtomicInteger refusals = new AtomicInteger(2);
    MailServer provider = world.server(MailWorld.HOSTED);
    Repair repair =
        provider.follow((stage, _) ->
            stage == Script.Stage.RCPT && refusals.getAndDecrement() > 0
                ? Optional.of(new SmtpRefusal(450, "4.2.0 Greylisted, come back later"))
                : Optional.empty());
    try {
      String subject = subject();
      send("hub", "canary@campus.example", "canary@hosted.example", subject, "x");
      Spool queue = world.server(MailWorld.HUB).spool();
      await()
          .until(() ->
              queue.waiting().stream()
                  .anyMatch(
                      waiting -> waiting.reason().equals("450 4.2.0 Greylisted, come back later")));
      assertThat(arrival("HOSTED", subject)).isNotNull();
      await().until(() -> queue.waiting().isEmpty());
    } finally {
      repair.run();
    }
  }

  @Test
  void mailForNobodyGoesBack() throws Exception {
    String subject = subject();
    send("hub", "canary@campus.example", "canary@elsewhere.example", subject, "x");
    String report = report("Undelivered Mail Returned to Sender", subject);
    assertThat(report)
        .contains("From: MAILER-DAEMON@hub.campus.example")
        .contains("Reporting-MTA: dns; hub.campus.example")
        .contains("Final-Recipient: rfc822; canary@elsewhere.example")
        .contains("Action: failed")
        .contains("Status: 5.4.4")
        .contains("type=MX: Host not found")
        .contains("Return-Path: <>");
    await().until(() -> world.server(MailWorld.HUB).spool().waiting().isEmpty());
  }

  @Test
  void theSenderIsToldWhatTheOtherServerSaid() throws Exception {
    String subject = subject();
    Repair repair =
        world
            .server(MailWorld.OUTSIDE)
            .follow((stage, _) ->
                stage == Script.Stage.RCPT
                    ? Optional.of(new SmtpRefusal(550, "5.7.1 not from you"))
                    : Optional.empty());
    try {
      send("hub", "canary@campus.example", "canary@outside.example", subject, "x");
      assertThat(report("Undelivered Mail Returned to Sender", subject))
          .contains("host mx.outside.example[127.0.0.1] said: 550 5.7.1 not from you")
          .contains("Remote-MTA: dns; mx.outside.example")
          .contains("Diagnostic-Code: smtp; 550 5.7.1 not from you")
          .contains("Status: 5.7.1");
    } finally {
      repair.run();
    }
  }

  @Test
  void theSenderIsToldOnceThatMailIsLateAndItArrivesAfterTheRepair() throws Exception {
    String subject = subject();
    Repair repair = world.zones().fail("publisher.example");
    try {
      send("hub", "canary@campus.example", "canary@publisher.example", subject, "x");
      assertThat(report("Delayed Mail (still being tried)", subject))
          .contains("Action: delayed")
          .contains("Status: 4.4.3")
          .contains("Will-Retry-Until: ");
    } finally {
      repair.run();
    }
    assertThat(arrival("PUBLISHER", subject)).isNotNull();
    assertThat(look("CAMPUS", "Delayed Mail (still being tried)")).isEmpty();
  }

  @ParameterizedTest(name = "without MX {0} answers {1}")
  @CsvSource({
    "hosted,    450 4.1.8 <canary@campus.example>: No MX for your FROM address",
    "publisher, 450 4.1.8 <canary@campus.example>: Sender address rejected: Domain not found",
  })
  void strictReceiversWantAnMx(String receiver, String reply) throws Exception {
    String domain = receiver + ".example";
    Repair repair = world.zones().edit("campus.example", zone -> zone.remove("@", Type.MX));
    try {
      assertThatThrownBy(
              () -> send(receiver, "canary@campus.example", "canary@" + domain, "x", "x"))
          .satisfies(e -> assertThat(chain(e)).contains(reply));
      // Reports have no sender to look at.
      assertThat(send(receiver, "<>", "canary@" + domain, subject(), "x")).startsWith("250");
    } finally {
      repair.run();
    }
    assertThat(send(receiver, "canary@campus.example", "canary@" + domain, subject(), "x"))
        .startsWith("250");
  }

  private static String report(String subject, String about) {
    List<String> found = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          for (Optional<MimeMessage> one = look("CAMPUS", subject);
              one.isPresent() && found.isEmpty();
              one = look("CAMPUS", subject)) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            one.get().writeTo(bytes);
            String text = bytes.toString(StandardCharsets.US_ASCII);
            if (text.contains("Subject: " + about)) {
              found.add(text);
            }
          }
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  @Test
  void aLoopEnds() {
    String trace = "Received: from a by b; Sat, 21 Nov 2026 00:00:00 +0000\r\n".repeat(30);
    assertThatThrownBy(() ->
            deliver(
                session("hub", Map.of()),
                "hub",
                message(trace, "canary@campus.example", subject(), "x"),
                "canary@campus.example",
                "canary@campus.example"))
        .satisfies(e -> assertThat(chain(e)).contains("554 5.4.6"));
  }

  @Test
  void aLargeMessageArrivesWhole() throws Exception {
    String subject = subject();
    String body = "0123456789abcdef0123456789abcdef0123456789abcdef\r\n".repeat(40_000);
    send("submission", "canary@campus.example", "canary@ugrad.example", subject, body);
    assertThat(arrival("UGRAD", subject).getContent().toString()).isEqualTo(body);
  }

  // Mailboxes

  @Test
  void idlePushesAndJunkIsThere() throws Exception {
    Store store = store("UGRAD", password("UGRAD"));
    try {
      assertThat(store.getFolder("Junk").exists()).isTrue();
      IMAPFolder inbox = (IMAPFolder) store.getFolder("INBOX");
      inbox.open(Folder.READ_ONLY);
      BlockingQueue<Message> pushed = new LinkedBlockingQueue<>();
      inbox.addMessageCountListener(
          new jakarta.mail.event.MessageCountAdapter() {
            @Override
            public void messagesAdded(jakarta.mail.event.MessageCountEvent event) {
              pushed.addAll(List.of(event.getMessages()));
            }
          });
      Thread idle =
          Thread.startVirtualThread(() -> {
            try {
              while (inbox.isOpen()) {
                inbox.idle();
              }
            } catch (MessagingException _) {
              // the end of the test
            }
          });
      send("hub", "canary@campus.example", "canary@ugrad.example", subject(), "x");
      assertThat(pushed.poll(10, TimeUnit.SECONDS)).isNotNull();
      store.close();
      assertThat(idle.join(Duration.ofSeconds(5))).isTrue();
    } finally {
      store.close();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"CAMPUS", "UGRAD", "OUTSIDE"})
  void aWrongPasswordIsRefused(String mailbox) {
    assertThatThrownBy(() -> store(mailbox, "wrong"))
        .isInstanceOf(AuthenticationFailedException.class);
  }

  @Test
  void aFrozenDoorHoldsEverythingAndThawsWhole() throws Exception {
    GatewayProxy gateway = world.gateway(MailWorld.HOSTED_IMAP);
    Store store = store("HOSTED", password("HOSTED"));
    try {
      gateway.move(GatewayProxy.Door.FROZEN);
      Thread asking =
          Thread.startVirtualThread(() -> {
            try {
              store.getFolder("INBOX").exists();
            } catch (MessagingException _) {
              // seen by the other assertions
            }
          });
      assertThat(asking.join(Duration.ofMillis(300))).isFalse();
      gateway.move(GatewayProxy.Door.OPEN);
      assertThat(asking.join(Duration.ofSeconds(5))).isTrue();
      assertThat(store.isConnected()).isTrue();

      gateway.move(GatewayProxy.Door.SHUT);
      await().until(() -> !store.isConnected());
      assertThatThrownBy(() -> store("HOSTED", password("HOSTED")))
          .isInstanceOf(MessagingException.class);
    } finally {
      gateway.move(GatewayProxy.Door.OPEN);
      store.close();
    }
    await().until(() -> gateway.connections() == 0);
  }

  @Test
  void aMailboxThatNobodyCollectsStaysBounded() throws Exception {
    Mailboxes mailboxes = world.mailboxes();
    byte[] content = "Subject: bulk\r\n\r\nx\r\n".getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < Mailboxes.MOST_MESSAGES + 20; i++) {
      mailboxes.deliver(new Mail("", "canary@hosted.example", content), Mailboxes.JUNK);
    }
    Store store = store("HOSTED", password("HOSTED"));
    try {
      assertThat(store.getFolder("Junk").getMessageCount()).isEqualTo(Mailboxes.MOST_MESSAGES);
    } finally {
      store.close();
    }
  }

  @Test
  void theQueueIsBounded() {
    try (Spool spool =
        spool(
            "full",
            _ -> {
              throw new SmtpRefusal(450, "4.4.1 later");
            })) {
      byte[] content = new byte[10];
      for (int i = 0; i < Spool.MOST_MESSAGES; i++) {
        assertThat(spool.offer("id" + i, new Mail("", "a@b", content))).isTrue();
      }
      assertThat(spool.offer("one more", new Mail("", "a@b", content))).isFalse();
      assertThat(spool.waiting()).hasSize(Spool.MOST_MESSAGES);
    }
    try (Spool spool = spool("heavy", _ -> new java.util.concurrent.Semaphore(0).acquire())) {
      byte[] content = new byte[30 << 20];
      assertThat(spool.offer("1", new Mail("", "a@b", content))).isTrue();
      assertThat(spool.offer("2", new Mail("", "a@b", content))).isTrue();
      assertThat(spool.offer("3", new Mail("", "a@b", content))).isFalse();
    }
  }

  private static Spool spool(String host, Spool.Delivery delivery) {
    return new Spool(
        host,
        Pace.FOR_LOOKING_ON,
        delivery,
        new Spool.Notices() {
          @Override
          public void late(Spool.Waiting waiting, SmtpRefusal last) {}

          @Override
          public void failed(Spool.Waiting waiting, SmtpRefusal last) {}
        });
  }

  // Its beginning and its end

  @Test
  void closesWithoutLeavingAnythingBehind() throws Exception {
    List<String> before = threads();
    assertThat(before).as("those of the other world").isNotEmpty();
    MailWorld other = MailWorld.start();
    Map<String, String> variables = other.environment();
    Path authority = Path.of(Objects.requireNonNull(variables.get("MAILCANARY_WORLD_CA")));
    assertThat(authority).exists();
    List<Integer> ports =
        variables.entrySet().stream()
            .filter(entry -> entry.getKey().endsWith("_PORT"))
            .map(entry -> Integer.valueOf(entry.getValue()))
            .toList();
    assertThat(ports).hasSize(7);
    // Somebody is connected while it ends.
    try (Socket client = new Socket("127.0.0.1", ports.getFirst())) {
      assertThat(client.isConnected()).isTrue();
      assertThat(threads()).hasSizeGreaterThan(before.size());
      other.close();
    }
    assertThat(authority).doesNotExist();
    assertThat(authority.getParent()).doesNotExist();
    for (int port : ports) {
      assertThatThrownBy(() -> new Socket("127.0.0.1", port).close())
          .isInstanceOf(ConnectException.class);
    }
    await().untilAsserted(() -> assertThat(threads()).isEqualTo(before));
  }

  @Test
  void theShippedProbeFilesUseEveryVariableAndNoOther() throws IOException {
    Set<String> used = new TreeSet<>();
    try (var files = Files.list(Path.of("probes"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
        Matcher matcher =
            Pattern.compile("\\$\\{([^:}]+)(:[^}]+)?}").matcher(Files.readString(file));
        while (matcher.find()) {
          if (!matcher.group(1).equals("NAME")) {
            assertThat(matcher.group(2)).as("a default for " + matcher.group(1)).isNotNull();
            used.add(matcher.group(1));
          }
        }
      }
    }
    assertThat(used).isEqualTo(new TreeSet<>(env.keySet()));
  }

  @Test
  void certificatesAreWhatTheyShouldBe() throws Exception {
    Path authority = Path.of(variable("MAILCANARY_WORLD_CA"));
    Certificate certificate;
    try (var pem = Files.newInputStream(authority)) {
      certificate = CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
    X509Certificate x509 = (X509Certificate) certificate;
    x509.verify(x509.getPublicKey());
    x509.checkValidity();
    assertThat(x509.getBasicConstraints()).isNotNegative();
    assertThat(x509.getKeyUsage())
        .contains(true, Index.atIndex(5))
        .contains(false, Index.atIndex(0));

    try (SSLSocket client =
        (SSLSocket)
            trusting()
                .getSocketFactory()
                .createSocket(
                    new Socket(
                        "127.0.0.1",
                        Integer.parseInt(variable("MAILCANARY_WORLD_HOSTED_IMAP_PORT"))),
                    "imap.hosted.example",
                    993,
                    true)) {
      SSLParameters parameters = client.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      client.setSSLParameters(parameters);
      client.startHandshake();
      X509Certificate server = (X509Certificate) client.getSession().getPeerCertificates()[0];
      assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
      assertThat(server.getSubjectAlternativeNames())
          .containsExactly(List.of(2, "imap.hosted.example"));
    }
  }

  // Eyes and hands

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("world-"))
        .sorted()
        .toList();
  }

  private static String subject() {
    return "world " + SUBJECTS.incrementAndGet();
  }

  private static String variable(String name) {
    return Objects.requireNonNull(env.get(name), name);
  }

  private static String password(String mailbox) {
    return variable("MAILCANARY_WORLD_" + mailbox + "_PASSWORD");
  }

  private static int port(String server) {
    return switch (server) {
      case "hosted" -> world.server(MailWorld.HOSTED).port();
      case "publisher" -> world.server(MailWorld.PUBLISHER).port();
      case "border" -> world.server(MailWorld.BORDER).port();
      case "hub" -> Integer.parseInt(variable("MAILCANARY_WORLD_HUB_PORT"));
      case "outside" -> Integer.parseInt(variable("MAILCANARY_WORLD_OUTSIDE_PORT"));
      case "submission" -> Integer.parseInt(variable("MAILCANARY_WORLD_SUBMISSION_PORT"));
      default -> throw new IllegalArgumentException(server);
    };
  }

  private static String send(String relay, String from, String to, String subject, String body)
      throws Exception {
    return deliver(session(relay, Map.of()), relay, message("", to, subject, body), from, to);
  }

  private static void submit(Map<String, String> settings, String password) throws Exception {
    Session session = session("submission", settings);
    try (Transport transport = session.getTransport("smtp")) {
      transport.connect("127.0.0.1", port("submission"), "canary", password);
      transport.sendMessage(
          message("", "canary@ugrad.example", "x", "x"),
          InternetAddress.parse("canary@ugrad.example"));
    }
  }

  private static String deliver(
      Session session, String relay, MimeMessage message, String from, String to) throws Exception {
    session.getProperties().setProperty("mail.smtp.from", from);
    try (SMTPTransport transport = (SMTPTransport) session.getTransport("smtp")) {
      if (relay.equals("submission")) {
        transport.connect("127.0.0.1", port(relay), "canary", password("SUBMISSION"));
      } else {
        transport.connect("127.0.0.1", port(relay), null, null);
      }
      transport.sendMessage(message, InternetAddress.parse(to));
      return transport.getLastServerResponse();
    }
  }

  private static Session session(String relay, Map<String, String> settings) throws Exception {
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.localhost", "probe.campus.example");
    properties.setProperty("mail.smtp.timeout", "10000");
    if (relay.equals("submission")) {
      properties.setProperty("mail.smtp.auth", "true");
      properties.setProperty("mail.smtp.starttls.enable", "true");
      properties.put("mail.smtp.ssl.socketFactory", trusting().getSocketFactory());
      properties.setProperty("mail.smtp.ssl.checkserveridentity", "false");
    }
    settings.forEach(properties::setProperty);
    return Session.getInstance(properties);
  }

  private static MimeMessage message(String head, String to, String subject, String body)
      throws MessagingException {
    String text =
        head
            + "From: canary@campus.example\r\nTo: %s\r\nSubject: %s\r\n".formatted(to, subject)
            + "Message-ID: <%s@campus.example>\r\n".formatted(subject.replace(' ', '.'))
            + "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
            + body;
    return new MimeMessage(
        Session.getInstance(new Properties()),
        new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII)));
  }

  private static SSLContext trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    try (var pem = Files.newInputStream(Path.of(variable("MAILCANARY_WORLD_CA")))) {
      trusted.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static Store store(String mailbox, String password) throws Exception {
    String protocol =
        switch (mailbox) {
          case "CAMPUS" -> "imap";
          case "OUTSIDE" -> "pop3s";
          default -> "imaps";
        };
    String door =
        switch (mailbox) {
          case "CAMPUS" -> "CAMPUS_IMAP";
          case "OUTSIDE" -> "OUTSIDE_POP";
          default -> "HOSTED_IMAP";
        };
    Properties properties = new Properties();
    properties.put("mail.%s.ssl.socketFactory".formatted(protocol), trusting().getSocketFactory());
    properties.setProperty("mail.%s.ssl.checkserveridentity".formatted(protocol), "false");
    properties.setProperty("mail.%s.connectiontimeout".formatted(protocol), "5000");
    Store store = Session.getInstance(properties).getStore(protocol);
    store.connect(
        "127.0.0.1",
        Integer.parseInt(variable("MAILCANARY_WORLD_" + door + "_PORT")),
        "canary@%s.example".formatted(mailbox.toLowerCase(java.util.Locale.ROOT)),
        password);
    return store;
  }

  private static MimeMessage arrival(String mailbox, String subject) {
    List<MimeMessage> found = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(15))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          look(mailbox, subject).ifPresent(found::add);
          return !found.isEmpty();
        });
    return found.getFirst();
  }

  private static Optional<MimeMessage> look(String mailbox, String subject) throws Exception {
    try (Store store = store(mailbox, password(mailbox));
        Folder inbox = store.getFolder("INBOX")) {
      inbox.open(Folder.READ_WRITE);
      for (Message message : inbox.getMessages()) {
        if (subject.equals(message.getSubject())) {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          message.writeTo(bytes);
          message.setFlag(Flags.Flag.DELETED, true);
          return Optional.of(
              new MimeMessage(
                  Session.getInstance(new Properties()),
                  new ByteArrayInputStream(bytes.toByteArray())));
        }
      }
      return Optional.empty();
    }
  }

  private static String chain(Throwable failure) {
    StringBuilder all = new StringBuilder();
    for (Throwable at = failure;
        at != null;
        at = at instanceof MessagingException mail ? mail.getNextException() : at.getCause()) {
      all.append(at.getMessage()).append('\n');
    }
    return all.toString();
  }
}
