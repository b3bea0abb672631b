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
    StringBuilder trace = new StringBuilder("Received: from ");
    trace.append(visible(context.getHelo().orElse("unknown"))).append(" (localhost [127.0.0.1])");
    tls.ifPresent(session ->
        trace.append(
            "\r\n\t(using %s with cipher %s)"
                .formatted(session.getProtocol(), session.getCipherSuite())));
    login.ifPresent(name -> trace.append("\r\n\t(Authenticated sender: ").append(name).append(')'));
    return trace
        .append("\r\n\tby ")
        .append(host)
        .append(" (mailcanary world) with ESMTP")
        .append(tls.isPresent() ? "S" : "")
        .append(login.isPresent() ? "A" : "")
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
