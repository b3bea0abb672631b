package io.mailcanary.drill;

import io.mailcanary.submission.RoutePlan;
import io.mailcanary.tls.PortTarget;
import io.mailcanary.transport.PortLook;
import io.mailcanary.transport.ServedCertificate;
import io.mailcanary.transport.TlsVersion;
import io.mailcanary.world.SimulatedWorld;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What the ports of the simulated world's hosts show of their TLS.
record SimulatedPorts(SimulatedWorld world, RoutePlan names, InstantSource clock)
    implements Function<PortTarget, List<PortLook>> {
  private static final Duration LIFE = Duration.ofDays(90);

  @Override
  public List<PortLook> apply(PortTarget target) {
    String host = target.port().host();
    try {
      return names.addresses(host).stream().map(address -> look(target, address)).toList();
    } catch (UnknownHostException e) {
      return List.of(new PortLook.Unknown(host, String.valueOf(e.getMessage())));
    }
  }

  private PortLook look(PortTarget target, InetAddress address) {
    String host = target.port().host();
    return switch (target.port().speech()) {
      case SMTP, LMTP ->
          !world.listens(host, address)
              ? new PortLook.Unknown(address.getHostAddress(), "connection refused")
              : world.offersTls(host)
                  ? served(host, address)
                  : new PortLook.Plain(address.getHostAddress(), "502 5.5.1 not implemented");
      case IMAP, POP3 -> served(host, address);
    };
  }

  private PortLook served(String host, InetAddress address) {
    Instant end = world.certificateEnds(host);
    String mark = host + " " + end;
    ServedCertificate certificate =
        new ServedCertificate(
            "CN=" + host,
            "CN=mailcanary drill",
            List.of(host),
            end.minus(LIFE),
            end,
            "EC",
            256,
            "SHA256withECDSA",
            true,
            hex(mark),
            hex("key of " + mark));
    return new PortLook.Served(
        address.getHostAddress(),
        "TLSv1.3",
        "TLS_AES_256_GCM_SHA384",
        List.of(certificate),
        Optional.empty(),
        Set.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3),
        List.of());
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
  }
}
