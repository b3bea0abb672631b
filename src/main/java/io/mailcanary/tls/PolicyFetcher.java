package io.mailcanary.tls;

import io.mailcanary.dns.DomainFacts.PolicyFetch;
import io.mailcanary.mail.DomainName;
import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.wire.BoundedSocket;
import io.mailcanary.wire.BoundedSocketFactory;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Target;
import io.mailcanary.wire.Trust;
import io.mailcanary.wire.Visible;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Fetches the policy of a domain (RFC 8461 §3.3): by HTTPS with a certificate that we can verify,
/// without following anybody elsewhere.
///
/// One request of HTTP/1.0 (RFC 1945) on a connection of our own, since the JVM's client looks
/// names up by the JVM's resolver and not by the one of the probe files.
public final class PolicyFetcher {
  private static final int HTTPS = 443;
  private static final int LARGEST = 64 * 1024;
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final HostLookup lookup;
  private final Trust trust;
  private final int port;
  private final Tls tls;

  public PolicyFetcher(HostLookup lookup, Trust trust) {
    this(lookup, trust, HTTPS, new Tls(TlsMode.IMPLICIT, true, Optional.empty()));
  }

  PolicyFetcher(HostLookup lookup, Trust trust, int port, Tls tls) {
    this.lookup = lookup;
    this.trust = trust;
    this.port = port;
    this.tls = tls;
  }

  /// What comes, or why nothing came that may be believed. It takes half a minute at most.
  public PolicyFetch fetch(DomainName domain) {
    String host = "mta-sts." + domain;
    String url = "https://" + host + "/.well-known/mta-sts.txt";
    Target target = new Target(host, port, tls, Optional.empty(), CONNECT, ANSWER, LARGEST);
    try (BoundedSocket socket = new BoundedSocketFactory(lookup, trust, target).createSocket()) {
      socket.connect();
      String request =
          "GET /.well-known/mta-sts.txt HTTP/1.0\r\nHost: %s\r\nAccept: text/plain\r\n\r\n"
              .formatted(host);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return read(url, whole(socket.getInputStream()));
    } catch (IOException e) {
      return failed(url, String.valueOf(e.getMessage()));
    }
  }

  private static String whole(InputStream in) throws IOException {
    return new String(in.readNBytes(LARGEST), StandardCharsets.UTF_8);
  }

  private static PolicyFetch read(String url, String answer) {
    int end = answer.indexOf("\r\n\r\n");
    String status = answer.lines().findFirst().orElse("");
    String[] words = status.split(" ", 3);
    if (end < 0 || words.length < 2 || !words[0].startsWith("HTTP/")) {
      return failed(url, "no answer of HTTP: " + Visible.text(status, 100));
    }
    if (!words[1].equals("200")) {
      // Redirects are not followed (§3.3).
      return failed(url, "answered " + Visible.text(status, 100));
    }
    String header = answer.substring(0, end).toLowerCase(Locale.ROOT);
    if (!header.matches("(?s).*\\r\\ncontent-type:\\s*text/plain\\b.*")) {
      return failed(url, "its Content-Type is not text/plain (§3.2)");
    }
    return new PolicyFetch(url, Optional.of(answer.substring(end + 4)), Optional.empty());
  }

  private static PolicyFetch failed(String url, String why) {
    return new PolicyFetch(url, Optional.empty(), Optional.of(why));
  }
}
