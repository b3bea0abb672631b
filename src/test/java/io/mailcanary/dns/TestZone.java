package io.mailcanary.dns;

import io.mailcanary.dns.RecordData.Address;
import io.mailcanary.dns.RecordData.Cname;
import io.mailcanary.dns.RecordData.Dnskey;
import io.mailcanary.dns.RecordData.Ds;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.dns.RecordData.Ns;
import io.mailcanary.dns.RecordData.Ptr;
import io.mailcanary.dns.RecordData.Soa;
import io.mailcanary.dns.RecordData.Tlsa;
import io.mailcanary.dns.RecordData.Txt;
import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A small world of names in text, one record a line: `NAME [TTL] TYPE DATA`.
///
/// DATA may be a fault (`!SERVFAIL`), the type `*` then is every type. A line `secure NAME` makes
/// answers for all below it carry the AD bit. Counts what it is asked.
final class TestZone implements Vantage, MailHosts {
  private static final Pattern QUOTED =
      Pattern.compile("\"([^\"\\\\]*(?:\\\\.[^\"\\\\]*)*)\"|(\\S+)");
  private static final long TTL = 3_600;

  private final Map<DnsName, List<DnsRecord>> records = new LinkedHashMap<>();
  private final Map<String, String> faults = new HashMap<>();
  private final Map<String, Contact> calls = new HashMap<>();
  private final Set<DnsName> secure = new HashSet<>();
  private final Set<DnsName> names = new HashSet<>();
  private final String server;
  int asked;

  private TestZone(String server) {
    this.server = server;
  }

  static TestZone of(String text) {
    return of("resolver", text);
  }

  static TestZone of(String server, String text) {
    TestZone zone = new TestZone(server);
    text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .forEach(zone::read);
    return zone;
  }

  private void read(String line) {
    String[] words = line.split("\\s+", -1);
    switch (words[0]) {
      case "call" -> calls.put(words[1], contact(words));
      case "secure" -> secure.add(new DnsName(words[1]));
      default -> record(line, words);
    }
  }

  private static Contact contact(String[] words) {
    String reply =
        String.join(" ", List.of(words).subList(Math.min(3, words.length), words.length));
    return switch (words[2]) {
      case "refused" -> new Contact.ConnectionRefused();
      case "timeout" -> new Contact.ConnectionTimedOut();
      case "greeting", "mail", "rcpt" ->
          new Contact.Says(
              Contact.At.valueOf(words[2].toUpperCase(Locale.ROOT)),
              SmtpReply.parse(reply).orElseThrow());
      default -> throw new IllegalArgumentException(words[2]);
    };
  }

  private void record(String line, String[] words) {
    DnsName owner = new DnsName(words[0]);
    boolean timed = words[1].matches("\\d+");
    long ttl = timed ? Long.parseLong(words[1]) : TTL;
    String type = words[timed ? 2 : 1];
    String data = line.split("\\s+", timed ? 4 : 3)[timed ? 3 : 2];
    if (data.startsWith("!")) {
      faults.put(owner + " " + type, data.substring(1));
    } else {
      records
          .computeIfAbsent(owner, _ -> new ArrayList<>())
          .add(new DnsRecord(owner, ttl, data(RecordType.valueOf(type), data)));
    }
    for (DnsName name = owner; !name.isRoot(); name = name.parent()) {
      names.add(name);
    }
  }

  static RecordData data(RecordType type, String text) {
    String[] words = text.split("\\s+", -1);
    return switch (type) {
      case A, AAAA -> new Address(InetAddress.ofLiteral(text));
      case MX -> new Mx(Integer.parseInt(words[0]), new DnsName(words[1]));
      case TXT -> new Txt(strings(text));
      case CNAME -> new Cname(new DnsName(text));
      case NS -> new Ns(new DnsName(text));
      case PTR -> new Ptr(new DnsName(text));
      case SOA ->
          new Soa(
              new DnsName("ns1." + words[0]),
              new DnsName("hostmaster." + words[0]),
              Long.parseLong(words[1]),
              words.length > 2 ? Long.parseLong(words[2]) : 7_200,
              900,
              1_209_600,
              words.length > 3 ? Long.parseLong(words[3]) : 300);
      case TLSA ->
          new Tlsa(
              Integer.parseInt(words[0]),
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              words[3]);
      case DS ->
          new Ds(
              Integer.parseInt(words[0]),
              Integer.parseInt(words[1]),
              Integer.parseInt(words[2]),
              words[3]);
      case DNSKEY ->
          new Dnskey(
              Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    };
  }

  private static List<String> strings(String text) {
    List<String> strings = new ArrayList<>();
    Matcher matcher = QUOTED.matcher(text);
    while (matcher.find()) {
      strings.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
    }
    return strings;
  }

  @Override
  public Contact contact(DnsName host, InetAddress address) {
    return calls.getOrDefault(address.getHostAddress(), new Contact.Untried());
  }

  @Override
  public DnsAnswer ask(Question question) {
    asked++;
    List<DnsRecord> chain = new ArrayList<>();
    DnsName name = question.name();
    for (int aliases = 0; aliases <= 10; aliases++) {
      Optional<String> fault = fault(name, question.type());
      if (fault.isPresent()) {
        return failed(question, fault.get());
      }
      List<DnsRecord> here = at(name);
      List<DnsRecord> wanted = here.stream().filter(r -> r.type() == question.type()).toList();
      if (!wanted.isEmpty()) {
        return new DnsAnswer.Records(question, origin(name), chain, wanted, List.of());
      }
      Optional<DnsRecord> alias =
          here.stream().filter(r -> r.type() == RecordType.CNAME).findFirst();
      if (alias.isEmpty()) {
        return here.isEmpty() && !names.contains(name)
            ? new DnsAnswer.NoSuchName(question, origin(name), chain, soa(name))
            : new DnsAnswer.NoSuchRecord(question, origin(name), chain, soa(name));
      }
      chain.add(alias.get());
      name = ((Cname) alias.get().data()).target();
    }
    return failed(question, "SERVFAIL");
  }

  private List<DnsRecord> at(DnsName name) {
    List<DnsRecord> here = records.get(name);
    if (here != null) {
      return here;
    }
    if (names.contains(name)) {
      return List.of();
    }
    return records.getOrDefault(name.parent().child("*"), List.of()).stream()
        .map(record -> new DnsRecord(name, record.ttl(), record.data()))
        .toList();
  }

  private Optional<String> fault(DnsName name, RecordType type) {
    return Optional.ofNullable(faults.get(name + " " + type))
        .or(() -> Optional.ofNullable(faults.get(name + " *")));
  }

  private Origin origin(DnsName name) {
    return new Origin(server, false, secure.stream().anyMatch(name::isWithin));
  }

  private Optional<DnsRecord> soa(DnsName name) {
    for (DnsName zone = name; !zone.isRoot(); zone = zone.parent()) {
      Optional<DnsRecord> soa =
          records.getOrDefault(zone, List.of()).stream()
              .filter(record -> record.type() == RecordType.SOA)
              .findFirst();
      if (soa.isPresent()) {
        return soa;
      }
    }
    return Optional.empty();
  }

  private DnsAnswer failed(Question question, String fault) {
    Origin origin = Origin.of(server);
    return switch (fault) {
      case "SERVFAIL" -> new DnsAnswer.ServFail(question, origin, "SERVFAIL", List.of());
      case "SILENT" -> servFail(question, origin, new ExtendedError(22, "no reachable authority"));
      case "BOGUS" -> servFail(question, origin, new ExtendedError(6, "signature missing"));
      case "REFUSED" -> new DnsAnswer.Refused(question, origin, List.of());
      case "TIMEOUT" -> new DnsAnswer.Timeout(question, origin, "no answer within 5 s");
      case "LAME" -> new DnsAnswer.Lame(question, origin, "a referral to the root");
      default -> throw new IllegalArgumentException(fault);
    };
  }

  private static DnsAnswer servFail(Question question, Origin origin, ExtendedError why) {
    return new DnsAnswer.ServFail(question, origin, "SERVFAIL", List.of(why));
  }
}
