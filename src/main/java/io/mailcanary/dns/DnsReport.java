package io.mailcanary.dns;

import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.dns.ZoneFacts.ServerView;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// A domain as receivers see it, in text that can be pasted into a ticket for who runs its DNS.
public final class DnsReport {
  private static final int WIDTH = 100;

  private DnsReport() {}

  /// How bad it is: the worst finding, or what receivers do where that is worse.
  public static Severity severity(List<ReceiversView> views, List<Finding> findings) {
    Severity found =
        findings.stream()
            .map(Finding::severity)
            .max(Comparator.naturalOrder())
            .orElse(Severity.INFO);
    boolean refused = views.stream().anyMatch(view -> view.worst() != Verdict.ACCEPT);
    return refused && found == Severity.INFO ? Severity.WARN : found;
  }

  /// @param views the first is what a resolver sees; further ones, such as single servers, are told
  ///   where they differ from it
  public static String text(DomainFacts facts, List<ReceiversView> views, List<Finding> findings) {
    List<Finding> grave =
        findings.stream().filter(finding -> finding.severity() != Severity.INFO).toList();
    List<Finding> slight =
        findings.stream().filter(finding -> finding.severity() == Severity.INFO).toList();
    if (severity(views, findings) == Severity.INFO) {
      return healthy(facts, views, slight);
    }
    StringBuilder text = new StringBuilder();
    text.append(
        "%s, seen at %s\n\n".formatted(facts.domain(), facts.at().truncatedTo(ChronoUnit.SECONDS)));
    views.stream().findFirst().ifPresent(view -> receivers(view, text));
    views.stream().skip(1).forEach(view -> differing(views.getFirst(), view, text));
    servers(facts, text);
    grave.forEach(finding -> finding(finding, text));
    if (!slight.isEmpty()) {
      text.append("Good to know\n");
      slight.forEach(
          finding -> text.append("  %s: %s\n".formatted(finding.tag(), finding.message())));
    }
    return text.toString();
  }

  private static String healthy(
      DomainFacts facts, List<ReceiversView> views, List<Finding> slight) {
    String also =
        slight.isEmpty()
            ? ""
            : " (good to know: %s)"
                .formatted(
                    slight.stream().map(Finding::tag).distinct().collect(Collectors.joining(", ")));
    String seen = views.isEmpty() ? "no receiver looks at it" : views.getFirst().summary();
    return "%s is healthy, seen at %s\n%s; %s\nno findings%s\n"
        .formatted(
            facts.domain(), facts.at().truncatedTo(ChronoUnit.SECONDS), seen, hosts(facts), also);
  }

  private static String hosts(DomainFacts facts) {
    DnsAnswer mx = facts.resolver().ask(facts.name(), RecordType.MX);
    List<Mx> all = Inquiry.inOrder(mx);
    if (all.isEmpty()) {
      return "no MX";
    }
    String hosts =
        all.stream()
            .limit(4)
            .map(one -> "%s (%s)".formatted(one.target(), addresses(facts, one.target())))
            .collect(Collectors.joining(", "));
    String more = all.size() > 4 ? " and %d more".formatted(all.size() - 4) : "";
    return "its mail goes to " + hosts + more + serials(facts);
  }

  private static String addresses(DomainFacts facts, DnsName host) {
    return Host.of(facts.resolver(), host).addresses().stream()
        .limit(4)
        .map(InetAddress::getHostAddress)
        .collect(Collectors.joining(", "));
  }

  private static String serials(DomainFacts facts) {
    return facts.zones().stream()
        .filter(zone -> facts.name().isWithin(zone.zone()) && !zone.answering().isEmpty())
        .findFirst()
        .map(zone ->
            "; %d name servers at serial %s"
                .formatted(
                    zone.answering().size(),
                    zone.answering().stream()
                        .map(server -> String.valueOf(zone.serial(server).orElse(0)))
                        .distinct()
                        .collect(Collectors.joining(", "))))
        .orElse("");
  }

  private static void receivers(ReceiversView view, StringBuilder text) {
    text.append("How receivers judge mail from it, by what %s says\n".formatted(view.vantage()));
    for (Profile profile : Profile.values()) {
      Prediction worst = view.worst(profile);
      text.append(
          "  %-2s %-26s %-9s %s"
              .formatted(profile, profile.title(), shown(worst.verdict()), said(worst))
              .stripTrailing());
      text.append('\n');
    }
    text.append(view.summary()).append(".\n");
    if (view.onlyTheStrictRefuse()) {
      text.append("Receivers that keep to RFC 5321 §5.1 accept: a fraction of the mail fails.\n");
    }
    view.predictions().stream()
        .flatMap(one -> one.flaps().stream())
        .distinct()
        .forEach(why -> text.append("It flaps: ").append(why).append(".\n"));
    text.append('\n');
  }

  private static String shown(Verdict verdict) {
    return switch (verdict) {
      case ACCEPT -> "accept";
      case TEMPORARY -> "defer";
      case REJECT -> "reject";
    };
  }

  private static String said(Prediction prediction) {
    Optional<SmtpReply> reply = prediction.reply();
    return reply
        .map(one ->
            "%d %s  [%s]"
                .formatted(
                    one.code(), one.text().replace("\n", " / "), prediction.setting().product()))
        .orElse("");
  }

  private static void differing(ReceiversView first, ReceiversView other, StringBuilder text) {
    List<String> lines = new ArrayList<>();
    for (Profile profile : Profile.values()) {
      Prediction there = other.worst(profile);
      if (there.verdict() != first.worst(profile).verdict()) {
        lines.add("  %-2s %-9s %s".formatted(profile, shown(there.verdict()), said(there)));
      }
    }
    if (!lines.isEmpty()) {
      text.append("Otherwise by what %s says\n".formatted(other.vantage()));
      lines.forEach(line -> text.append(line.stripTrailing()).append('\n'));
      text.append('\n');
    }
  }

  private static void servers(DomainFacts facts, StringBuilder text) {
    for (ZoneFacts zone : facts.zones()) {
      if (zone.servers().isEmpty()) {
        continue;
      }
      text.append("Name servers of %s\n".formatted(zone.zone()));
      for (ServerView server : zone.servers()) {
        String state =
            zone.soa(server)
                .map(soa -> "serial " + soa.serial())
                .orElseGet(() ->
                    server
                        .answer(zone.zone(), RecordType.SOA)
                        .map(DnsAnswer::outcome)
                        .orElse("no address"));
        text.append("  %s  %s\n".formatted(server.label(), state));
      }
      text.append('\n');
    }
  }

  private static void finding(Finding finding, StringBuilder text) {
    String name = (finding.type() + " " + finding.name()).strip();
    text.append(
        "%s %s: %s%s\n"
            .formatted(
                finding.severity().name().toLowerCase(Locale.ROOT),
                finding.tag(),
                name,
                finding.rfc().isEmpty() ? "" : " (" + finding.rfc() + ")"));
    wrapped(finding.message() + ".", "  ", text);
    finding.evidence().stream()
        .filter(line -> !line.isBlank())
        .forEach(line -> text.append("  - ").append(line).append('\n'));
    wrapped("To do: " + finding.advice(), "  ", text);
    text.append('\n');
  }

  private static void wrapped(String words, String indent, StringBuilder text) {
    StringBuilder line = new StringBuilder(indent);
    for (String word : words.split(" ", -1)) {
      if (line.length() + word.length() > WIDTH && line.length() > indent.length()) {
        text.append(line.toString().stripTrailing()).append('\n');
        line.setLength(0);
        line.append(indent);
      }
      line.append(word).append(' ');
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
