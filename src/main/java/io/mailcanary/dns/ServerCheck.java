package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Answered;
import io.mailcanary.dns.DnsAnswer.Timeout;
import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.Snapshot.Content;
import io.mailcanary.dns.ZoneFacts.Delegation;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Findings about a zone's servers and its delegation.
final class ServerCheck {
  private static final Duration BRIEF = Duration.ofMinutes(1);

  private ServerCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    for (ZoneFacts zone : facts.zones()) {
      servers(zone, found);
      agreement(facts.at(), zone, found);
      delegation(facts, zone, found);
    }
  }

  private static void servers(ZoneFacts zone, List<Finding> found) {
    for (ServerView server : zone.servers()) {
      if (server.address().isEmpty()) {
        found.add(
            FindingKind.SERVER_WITHOUT_ADDRESS.at(
                zone.zone(),
                "the name server %s of %s has no address".formatted(server.name(), zone.zone()),
                List.of("%s is named as a server of %s".formatted(server.name(), zone.zone()))));
        continue;
      }
      if (zone.soa(server).isEmpty()) {
        server
            .answer(zone.zone(), RecordType.SOA)
            .ifPresent(soa -> found.add(notServing(zone, server, soa)));
        continue;
      }
      server
          .tcp()
          .ifPresent(why ->
              found.add(
                  FindingKind.SERVER_WITHOUT_TCP.at(
                      zone.zone(),
                      "%s does not answer for %s over TCP".formatted(server.label(), zone.zone()),
                      List.of(
                          "SOA %s asked of %s over TCP: %s"
                              .formatted(zone.zone(), server.label(), why)))));
      unanswered(zone, server, found);
    }
    boolean asked = zone.servers().stream().anyMatch(server -> !server.answers().isEmpty());
    if (asked && zone.answering().isEmpty()) {
      found.add(
          FindingKind.SERVERS_ALL_SILENT.at(
              zone.zone(),
              "none of the %d servers of %s answers for it"
                  .formatted(zone.servers().size(), zone.zone()),
              soaAnswers(zone)));
    }
  }

  private static Finding notServing(ZoneFacts zone, ServerView server, DnsAnswer soa) {
    return soa instanceof Timeout
        ? FindingKind.SERVER_SILENT.at(
            zone.zone(),
            "%s, a server of %s, does not answer".formatted(server.label(), zone.zone()),
            List.of(soa.sentence()))
        : FindingKind.SERVER_LAME.at(
            zone.zone(),
            "%s is named as a server of %s and does not know it: %s"
                .formatted(server.label(), zone.zone(), soa.outcome()),
            List.of(soa.sentence()));
  }

  private static void unanswered(ZoneFacts zone, ServerView server, List<Finding> found) {
    server.answers().values().stream()
        .filter(answer -> answer instanceof Unanswered && isMail(answer.question().type()))
        .filter(answer -> answer.question().name().isWithin(zone.zone()))
        .sorted((a, b) -> a.question().toString().compareTo(b.question().toString()))
        .limit(5)
        .forEach(answer ->
            found.add(
                FindingKind.TYPE_UNANSWERED.at(
                    answer.question().name(),
                    answer.question().type(),
                    "%s knows %s and does not answer %s"
                        .formatted(server.label(), zone.zone(), answer.question()),
                    List.of(
                        server
                            .answer(zone.zone(), RecordType.SOA)
                            .map(DnsAnswer::sentence)
                            .orElse(""),
                        answer.sentence()))));
  }

  private static boolean isMail(RecordType type) {
    return switch (type) {
      case MX, TXT, A, AAAA, CNAME -> true;
      case NS, SOA, PTR, TLSA, DS, DNSKEY -> false;
    };
  }

  private static List<String> soaAnswers(ZoneFacts zone) {
    return zone.servers().stream()
        .flatMap(server -> server.answer(zone.zone(), RecordType.SOA).stream())
        .map(DnsAnswer::sentence)
        .toList();
  }

  private static void agreement(Instant now, ZoneFacts zone, List<Finding> found) {
    List<ServerView> answering = zone.answering();
    boolean disagree = records(now, zone, answering, found);
    serials(now, zone, answering, disagree, found);
  }

  private static boolean records(
      Instant now, ZoneFacts zone, List<ServerView> answering, List<Finding> found) {
    Map<String, Map<ServerView, DnsAnswer>> byQuestion = new TreeMap<>();
    for (ServerView server : answering) {
      for (DnsAnswer answer : server.answers().values()) {
        if (answer instanceof Answered && isMail(answer.question().type())) {
          byQuestion
              .computeIfAbsent(answer.question().toString(), _ -> new LinkedHashMap<>())
              .put(server, answer);
        }
      }
    }
    boolean disagree = false;
    for (Map<ServerView, DnsAnswer> answers : byQuestion.values()) {
      List<Content> contents =
          answers.values().stream()
              .flatMap(answer ->
                  Snapshot.of(answer.question().name(), "", OptionalLong.empty(), List.of(answer))
                      .contents()
                      .values()
                      .stream())
              .distinct()
              .toList();
      if (contents.size() > 1) {
        disagree = true;
        found.add(disagreement(now, zone, answers, contents));
      }
    }
    return disagree;
  }

  private static Finding disagreement(
      Instant now, ZoneFacts zone, Map<ServerView, DnsAnswer> answers, List<Content> contents) {
    Question question = answers.values().iterator().next().question();
    boolean lost =
        contents.stream().anyMatch(Content.Present.class::isInstance)
            && !contents.stream().allMatch(Content.Present.class::isInstance);
    List<String> evidence = new ArrayList<>();
    answers.forEach((server, answer) -> evidence.add(answer.sentence() + serial(zone, server)));
    return FindingKind.SERVERS_DISAGREE.at(
        question.name().text(),
        question.type().name(),
        // Where all have some, mail flows: to one or the other. What is new takes its time.
        lost && !(isOnItsWay(zone, answers) && !zone.isOverdue(now).orElse(false))
            ? Severity.PAGE
            : Severity.WARN,
        lost
            ? "%s is missing at some servers of %s".formatted(question, zone.zone())
            : "the servers of %s give different answers for %s".formatted(zone.zone(), question),
        evidence);
  }

  /// Whether it is missing at servers alone that are behind those that have it.
  private static boolean isOnItsWay(ZoneFacts zone, Map<ServerView, DnsAnswer> answers) {
    List<ServerView> with = new ArrayList<>();
    List<ServerView> without = new ArrayList<>();
    answers.forEach((server, answer) -> (answer.found().isEmpty() ? without : with).add(server));
    return !with.isEmpty()
        && without.stream()
            .allMatch(behind ->
                with.stream()
                    .allMatch(ahead ->
                        Serial.isNewer(
                            zone.serial(ahead).orElse(0), zone.serial(behind).orElse(0))));
  }

  private static String serial(ZoneFacts zone, ServerView server) {
    OptionalLong serial = zone.serial(server);
    return serial.isPresent() ? ", serial " + serial.getAsLong() : "";
  }

  private static void serials(
      Instant now,
      ZoneFacts zone,
      List<ServerView> answering,
      boolean disagree,
      List<Finding> found) {
    NavigableSet<Long> serials = new TreeSet<>();
    answering.forEach(server -> zone.serial(server).ifPresent(serials::add));
    if (serials.size() < 2) {
      return;
    }
    // Between two questions a change may have come to both.
    boolean fresh = zone.skewedSince().filter(since -> since.plus(BRIEF).isAfter(now)).isPresent();
    Optional<ServerView> stuck = fresh ? Optional.empty() : stuck(zone, answering);
    if (stuck.isPresent()) {
      found.add(
          FindingKind.SERIAL_STUCK.at(
              zone.zone(),
              "%s stands at a serial of %s that the primary's can never catch up with"
                  .formatted(stuck.get().label(), zone.zone()),
              soaAnswers(zone)));
    } else if (!disagree) {
      found.add(
          FindingKind.SERIALS_DIFFER.at(
              zone.zone(),
              zone.isOverdue(now).orElse(false) ? Severity.WARN : Severity.INFO,
              "the servers of %s stand at serials %s%s"
                  .formatted(
                      zone.zone(),
                      serials,
                      zone.skewedSince().map(since -> " since " + since).orElse("")),
              soaAnswers(zone)));
    }
  }

  /// A server whose serial is not behind that of the primary, where that is one of them.
  private static Optional<ServerView> stuck(ZoneFacts zone, List<ServerView> answering) {
    Optional<ServerView> primary =
        answering.stream()
            .filter(server ->
                zone.soa(server).filter(soa -> soa.primary().equals(server.name())).isPresent())
            .findFirst();
    if (primary.isEmpty()) {
      return Optional.empty();
    }
    long own = zone.serial(primary.get()).orElseThrow();
    return answering.stream()
        .filter(server -> !server.name().equals(primary.get().name()))
        .filter(server ->
            zone.serial(server).stream()
                .anyMatch(serial -> serial != own && !Serial.isNewer(own, serial)))
        .findFirst();
  }

  private static void delegation(DomainFacts facts, ZoneFacts zone, List<Finding> found) {
    if (zone.parent().isEmpty()) {
      return;
    }
    Delegation parent = zone.parent().get();
    if (parent.servers().isEmpty()) {
      found.add(
          FindingKind.DELEGATION_MISSING.at(
              zone.zone(),
              "the parent of %s does not delegate it".formatted(zone.zone()),
              List.of("NS %s asked of %s: none".formatted(zone.zone(), parent.origin().server()))));
      return;
    }
    SortedSet<DnsName> child = new TreeSet<>();
    zone.answering().forEach(server -> child.addAll(zone.nameServers(server)));
    if (!child.isEmpty() && !child.equals(parent.servers())) {
      found.add(
          FindingKind.DELEGATION_MISMATCH.at(
              zone.zone(),
              "the parent of %s names %s, the zone names %s"
                  .formatted(zone.zone(), list(parent.servers()), list(child)),
              List.of(
                  "NS %s asked of %s: %s"
                      .formatted(zone.zone(), parent.origin().server(), list(parent.servers())),
                  "NS %s asked of its own servers: %s".formatted(zone.zone(), list(child)))));
    }
    parent.servers().forEach(server -> glue(facts, zone, parent, server, found));
  }

  private static void glue(
      DomainFacts facts, ZoneFacts zone, Delegation parent, DnsName server, List<Finding> found) {
    List<InetAddress> glue = parent.glue().getOrDefault(server, List.of());
    if (glue.isEmpty()) {
      if (server.isWithin(zone.zone())) {
        found.add(
            FindingKind.GLUE_MISSING.at(
                zone.zone(),
                "the parent of %s has no address for %s".formatted(zone.zone(), server),
                List.of(
                    "NS %s asked of %s: %s, without an address for %s"
                        .formatted(
                            zone.zone(),
                            parent.origin().server(),
                            list(parent.servers()),
                            server))));
      }
      return;
    }
    Host host = Host.of(facts.resolver(), server);
    List<InetAddress> real = host.addresses();
    if (host.failed() || real.isEmpty() || real.containsAll(glue)) {
      return;
    }
    found.add(
        FindingKind.GLUE_MISMATCH.at(
            zone.zone(),
            "the parent of %s sends askers of %s to %s, which is not its address"
                .formatted(
                    zone.zone(),
                    server,
                    String.join(
                        ", ",
                        glue.stream()
                            .filter(address -> !real.contains(address))
                            .map(InetAddress::getHostAddress)
                            .toList())),
            List.of(host.four().sentence(), host.six().sentence())));
  }

  private static String list(SortedSet<DnsName> names) {
    return String.join(", ", names.stream().map(DnsName::text).toList());
  }
}
