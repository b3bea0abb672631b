package io.mailcanary.dns;

import static io.mailcanary.dns.Inquiry.accept;
import static io.mailcanary.dns.Inquiry.refuse;

import io.mailcanary.dns.Contact.At;
import io.mailcanary.dns.Inquiry.Judgement;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `verify = sender` through a `dnslookup` router with the shipped `ignore_target_hosts`: MX, or
/// else the domain's own address, and at least one usable address behind it.
///
/// @param needsMx `mx_domains = *`: an address alone is not enough
/// @param defers `fail_defer_domains = *`: what is missing is a refusal for now
/// @param callsBack `verify = sender/callout`
record EximRule(boolean needsMx, boolean defers, boolean callsBack) implements Inquiry.Rule {
  private static final String FAILED = "Sender verify failed";

  /// An address to call.
  private record Route(DnsName host, InetAddress address) {}

  @Override
  public Judgement judge(Inquiry inquiry) {
    DnsAnswer mx = inquiry.mx();
    if (Inquiry.failed(mx)) {
      return later(mx);
    }
    List<Mx> all = Inquiry.inOrder(mx);
    return all.isEmpty() ? byOwnAddress(inquiry, mx) : byTargets(inquiry, mx, all);
  }

  private Judgement byOwnAddress(Inquiry inquiry, DnsAnswer mx) {
    if (Inquiry.isNoSuchName(mx) || needsMx) {
      return unrouteable(inquiry, mx);
    }
    Host own = inquiry.own();
    List<Route> routes = routes(inquiry, own);
    if (routes.isEmpty()) {
      return own.failed() ? later(own.decisive()) : unrouteable(inquiry, own.decisive());
    }
    return reach(inquiry, routes, own.decisive());
  }

  private Judgement byTargets(Inquiry inquiry, DnsAnswer mx, List<Mx> all) {
    List<Route> routes = new ArrayList<>();
    Optional<DnsAnswer> failure = Optional.empty();
    boolean literal = false;
    for (Mx one : all) {
      if (one.isNull()) {
        continue;
      }
      if (one.target().literal().isPresent() && !one.target().isBracketed()) {
        literal = true;
        continue;
      }
      Host host = inquiry.host(one.target());
      routes.addAll(routes(inquiry, host));
      if (!host.hasAddress() && host.failed()) {
        failure = host.failure();
      }
    }
    if (!routes.isEmpty()) {
      return reach(inquiry, routes, mx);
    }
    if (failure.isPresent()) {
      return later(failure.get());
    }
    return literal ? addressInMx(inquiry, mx) : no(mx, FAILED);
  }

  private static List<Route> routes(Inquiry inquiry, Host host) {
    return host.addresses().stream()
        .filter(address -> !inquiry.isLoopback(address))
        .map(address -> new Route(host.name(), address))
        .toList();
  }

  private Judgement addressInMx(Inquiry inquiry, DnsAnswer mx) {
    return no(
        mx,
        "Verification failed for <%s>".formatted(inquiry.sender()),
        "It appears that the DNS operator for " + inquiry.domain(),
        "has installed an invalid MX record with an IP address",
        "instead of a domain name on the right hand side.",
        FAILED);
  }

  private Judgement unrouteable(Inquiry inquiry, DnsAnswer why) {
    return no(
        why,
        "Verification failed for <%s>".formatted(inquiry.sender()),
        "Unrouteable address",
        FAILED);
  }

  private Judgement no(DnsAnswer why, String... lines) {
    return defers ? later(why) : refuse(why, 550, lines);
  }

  private static Judgement later(DnsAnswer why) {
    return refuse(why, 451, "Temporary local problem - please try later");
  }

  private Judgement reach(Inquiry inquiry, List<Route> routes, DnsAnswer why) {
    if (!callsBack) {
      return accept(why);
    }
    for (Route route : routes) {
      Optional<Judgement> said = call(inquiry, route, why);
      if (said.isPresent()) {
        return said.get();
      }
    }
    return refuse(why, 451, "Could not complete sender verify callout");
  }

  /// Nothing where the next address is tried.
  private static Optional<Judgement> call(Inquiry inquiry, Route route, DnsAnswer why) {
    Contact contact = inquiry.hosts().contact(route.host, route.address);
    return switch (contact) {
      case Contact.Listens _ -> Optional.of(accept(why));
      case Contact.Untried _ ->
          inquiry.isPrivate(route.address) ? Optional.empty() : Optional.of(accept(why));
      case Contact.ConnectionRefused _,
          Contact.ConnectionTimedOut _,
          Contact.NetworkUnreachable _ ->
          Optional.empty();
      case Contact.Says(At at, SmtpReply reply) ->
          reply.isPermanent()
              ? Optional.of(called(inquiry, route, at, reply, why))
              : Optional.empty();
    };
  }

  private static Judgement called(
      Inquiry inquiry, Route route, At at, SmtpReply reply, DnsAnswer why) {
    List<String> lines = new ArrayList<>();
    lines.add(
        (at == At.MAIL
                ? "Callback setup failed while verifying <%s>"
                : "Verification failed for <%s>")
            .formatted(inquiry.sender()));
    lines.add("Called:   " + route.address.getHostAddress());
    lines.add(
        "Sent:     "
            + switch (at) {
              case GREETING -> "QUIT";
              case MAIL -> "MAIL FROM:<>";
              case RCPT -> "RCPT TO:<%s>".formatted(inquiry.sender());
            });
    lines.add("Response: %d %s".formatted(reply.code(), reply.text().replace('\n', ' ')));
    if (at == At.MAIL) {
      lines.addAll(
          List.of(
              "The initial connection, or a HELO or MAIL FROM:<> command was",
              "rejected. Refusing MAIL FROM:<> does not help fight spam, disregards",
              "RFC requirements, and stops you from receiving standard bounce",
              "messages. This host does not accept mail from domains whose servers",
              "refuse bounces."));
    }
    lines.add(FAILED);
    return refuse(why, 550, lines.toArray(String[]::new));
  }
}
