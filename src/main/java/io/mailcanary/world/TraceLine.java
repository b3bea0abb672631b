package io.mailcanary.world;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.subethamail.smtp.AuthenticationHandler;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.server.Session;

/// What a server writes over a message that it took (RFC 5321 §4.4), in the words that Postfix
/// uses.
final class TraceLine {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z '(UTC)'", Locale.ENGLISH);

  private TraceLine() {}

  static String of(MessageContext context, String host, String id, String recipient, Instant at) {
    Optional<SSLSession> tls = tls(context);
    Optional<Object> login =
        context.getAuthenticationHandler().map(AuthenticationHandler::getIdentity);
    return of(
        new From(
            context.getHelo().orElse("unknown"),
            "localhost [127.0.0.1]",
            tls.map(session ->
                "%s with cipher %s".formatted(session.getProtocol(), session.getCipherSuite())),
            login.map(Object::toString)),
        host,
        id,
        recipient,
        at);
  }

  /// Who hands it over.
  ///
  /// @param client its name and address, as they were seen
  /// @param tls version and cipher; empty where there was none
  record From(String helo, String client, Optional<String> tls, Optional<String> login) {}

  static String of(From from, String host, String id, String recipient, Instant at) {
    StringBuilder trace = new StringBuilder("Received: from ");
    trace.append(visible(from.helo())).append(" (").append(from.client()).append(')');
    from.tls().ifPresent(tls -> trace.append("\r\n\t(using ").append(tls).append(')'));
    from.login()
        .ifPresent(name -> trace.append("\r\n\t(Authenticated sender: ").append(name).append(')'));
    return trace
        .append("\r\n\tby ")
        .append(host)
        .append(" (mailcanary world) with ESMTP")
        .append(from.tls().isPresent() ? "S" : "")
        .append(from.login().isPresent() ? "A" : "")
        .append(" id ")
        .append(id)
        .append("\r\n\tfor <")
        .append(visible(recipient))
        .append(">; ")
        .append(DATE.format(ZonedDateTime.ofInstant(at, ZoneOffset.UTC)))
        .append("\r\n")
        .toString();
  }

  private static Optional<SSLSession> tls(MessageContext context) {
    return context instanceof Session session
            && session.isTLSStarted()
            && session.getSocket() instanceof SSLSocket socket
        ? Optional.of(socket.getSession())
        : Optional.empty();
  }

  private static String visible(String text) {
    String bounded = text.length() > 255 ? text.substring(0, 255) : text;
    return bounded.replaceAll("[^\\x21-\\x7e]", "?");
  }
}
