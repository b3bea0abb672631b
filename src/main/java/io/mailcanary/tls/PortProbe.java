package io.mailcanary.tls;

import io.mailcanary.path.Tls;
import io.mailcanary.path.TlsMode;
import io.mailcanary.transport.MailPort.Mode;
import io.mailcanary.transport.PortLook;
import io.mailcanary.transport.ServedCertificate;
import io.mailcanary.transport.TlsVersion;
import io.mailcanary.wire.BoundedSocket;
import io.mailcanary.wire.BoundedSocketFactory;
import io.mailcanary.wire.HostLookup;
import io.mailcanary.wire.Target;
import io.mailcanary.wire.Trust;
import io.mailcanary.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Looks at a mail port as a client sees it: one whole handshake at each of its addresses, then one
/// beginning of a handshake for each further version and for weak cipher suites. Nobody logs in.
public final class PortProbe {
  private static final int MOST_ADDRESSES = 16;
  private static final int MOST_WEAK = 4;
  private static final long LARGEST_ANSWER = 256 * 1024;

  private final HostLookup lookup;
  private final Trust trust;
  private final ChainJudge judge;
  private final InstantSource clock;
  private final RandomGenerator random = new SecureRandom();

  public PortProbe(HostLookup lookup, Trust trust, InstantSource clock) {
    this.lookup = lookup;
    this.trust = trust;
    this.judge = new ChainJudge(trust);
    this.clock = clock;
  }

  /// What each address showed; a single {@link PortLook.Unknown} where the name has none.
  public List<PortLook> look(PortTarget target) {
    List<InetAddress> addresses;
    try {
      addresses = lookup.addresses(target.port().host());
    } catch (UnknownHostException e) {
      return List.of(new PortLook.Unknown("", String.valueOf(e.getMessage())));
    }
    return addresses.stream().limit(MOST_ADDRESSES).map(one -> look(target, one)).toList();
  }

  private PortLook look(PortTarget target, InetAddress address) {
    String shown = address.getHostAddress();
    try (BoundedSocket socket = dial(target, address)) {
      switch (begin(target, socket)) {
        case Greeting.Outcome.Ready _ -> {}
        case Greeting.Outcome.NotOffered(String said) -> {
          return new PortLook.Plain(shown, said);
        }
        case Greeting.Outcome.TurnedAway(String said) -> {
          return new PortLook.Unknown(shown, "turned us away: " + said);
        }
      }
      try {
        socket.secure();
      } catch (WireException e) {
        return e.kind() == WireException.Kind.TLS
            ? new PortLook.Failed(shown, e.words(), versions(target, address, Set.of()))
            : new PortLook.Unknown(shown, e.words());
      }
      return served(target, address, socket.session().orElseThrow());
    } catch (IOException e) {
      return new PortLook.Unknown(shown, String.valueOf(e.getMessage()));
    }
  }

  private PortLook served(PortTarget target, InetAddress address, SSLSession session) {
    String shown = address.getHostAddress();
    try {
      List<X509Certificate> chain = new ArrayList<>();
      List<ServedCertificate> facts = new ArrayList<>();
      for (Certificate one : session.getPeerCertificates()) {
        if (one instanceof X509Certificate certificate) {
          chain.add(certificate);
          facts.add(CertificateReader.read(certificate));
        }
      }
      Set<TlsVersion> known = EnumSet.noneOf(TlsVersion.class);
      for (TlsVersion version : TlsVersion.values()) {
        if (version.toString().replace("TLS ", "TLSv").equals(session.getProtocol())) {
          known.add(version);
        }
      }
      Set<TlsVersion> versions = versions(target, address, known);
      return new PortLook.Served(
          shown,
          session.getProtocol(),
          session.getCipherSuite(),
          facts,
          judge.objection(chain, verifying(target.tls()), clock.instant()),
          versions,
          weak(target, address, versions));
    } catch (SSLPeerUnverifiedException | CertificateEncodingException e) {
      return new PortLook.Failed(shown, "no certificate: " + e.getMessage(), Set.of());
    }
  }

  /// Who promises a certificate by a policy is held to it, whether we ourselves verify or not.
  private static Tls verifying(Tls tls) {
    return new Tls(tls.mode(), true, tls.caFile());
  }

  /// Those that it would speak, as far as they can be found out.
  private Set<TlsVersion> versions(
      PortTarget target, InetAddress address, Set<TlsVersion> alreadyKnown) {
    Set<TlsVersion> versions = EnumSet.noneOf(TlsVersion.class);
    versions.addAll(alreadyKnown);
    for (TlsVersion version : TlsVersion.values()) {
      if (!versions.contains(version)) {
        List<Integer> suites = version == TlsVersion.TLS_1_3 ? Suites.MODERN : Suites.COMMON;
        choice(target, address, version, suites)
            .filter(choice -> choice.version() == version.code())
            .ifPresent(_ -> versions.add(version));
      }
    }
    return versions;
  }

  private List<String> weak(PortTarget target, InetAddress address, Set<TlsVersion> versions) {
    List<String> chosen = new ArrayList<>();
    Optional<TlsVersion> newest =
        versions.stream()
            .filter(version -> version != TlsVersion.TLS_1_3)
            .max(TlsVersion::compareTo);
    Map<Integer, String> left = new LinkedHashMap<>(Suites.WEAK);
    while (newest.isPresent() && chosen.size() < MOST_WEAK) {
      Optional<String> name =
          choice(target, address, newest.get(), List.copyOf(left.keySet()))
              .map(choice -> left.remove(choice.suite()));
      if (name.isEmpty()) {
        break;
      }
      chosen.add(name.get());
    }
    return chosen;
  }

  private Optional<ClientHello.Choice> choice(
      PortTarget target, InetAddress address, TlsVersion version, List<Integer> suites) {
    try (BoundedSocket socket = dial(target, address)) {
      if (!(begin(target, socket) instanceof Greeting.Outcome.Ready)) {
        return Optional.empty();
      }
      ClientHello hello = new ClientHello(version, suites, serverName(target.port().host()));
      socket.getOutputStream().write(hello.bytes(random));
      socket.getOutputStream().flush();
      return ClientHello.answer(socket.getInputStream());
    } catch (IOException _) {
      // Closing without a word is a way to refuse as well.
      return Optional.empty();
    }
  }

  private static Greeting.Outcome begin(PortTarget target, BoundedSocket socket)
      throws IOException {
    return target.port().mode() == Mode.IMPLICIT
        ? new Greeting.Outcome.Ready()
        : new Greeting(socket, target.port().speech(), target.helo()).startTls();
  }

  /// A connection to this very address. Whom we believe is judged apart, so that what is wrong is
  /// seen and not only that something is.
  private BoundedSocket dial(PortTarget target, InetAddress address) throws IOException {
    Target wire =
        new Target(
            target.port().host(),
            target.port().port(),
            new Tls(TlsMode.STARTTLS, false, Optional.empty()),
            target.bindAddress(),
            target.connectTimeout(),
            target.replyTimeout(),
            LARGEST_ANSWER);
    BoundedSocket socket =
        new BoundedSocketFactory(_ -> List.of(address), trust, wire).createSocket();
    boolean connected = false;
    try {
      socket.dial();
      connected = true;
      return socket;
    } finally {
      if (!connected) {
        socket.abandon();
      }
    }
  }

  /// Addresses are never sent as a server name (RFC 6066 §3).
  private static Optional<String> serverName(String host) {
    return host.contains(":") || host.matches("[0-9.]+") ? Optional.empty() : Optional.of(host);
  }
}
