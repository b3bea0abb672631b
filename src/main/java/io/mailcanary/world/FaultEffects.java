package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.xbill.DNS.Type;

/// What each fault does to the world: to zones, servers and doors, never to who looks at them.
final class FaultEffects {
  static final String CAMPUS = "campus.example";
  static final String HOSTED = "hosted.example";
  static final String PUBLISHER = "publisher.example";
  private static final Duration DAY = Duration.ofDays(1);

  private final MailWorld world;

  FaultEffects(MailWorld world) {
    this.world = world;
  }

  /// @param value resolved; empty where the fault takes none
  Repair begin(FaultKind kind, String value) {
    return switch (kind) {
      case MX_MISSING -> world.zones().edit(CAMPUS, zone -> zone.remove("@", Type.MX));
      case MX_CNAME_CONFLICT -> world.zones().edit(CAMPUS, FaultEffects::becomeAlias);
      case NAME_GONE -> world.zones().edit("example", zone -> zone.remove("publisher", Type.NS));
      case DNS_SERVFAIL -> world.zones().fail(PUBLISHER);
      case NEXTHOP_GONE -> nextHopGone();
      case NEXTHOP_HOLD ->
          both(world.server(MailWorld.BORDER).courier().keepUnroutable(), nextHopGone());
      case RECEIVER_4XX, RECEIVER_5XX ->
          world.server(MailWorld.OUTSIDE).follow(refusing(SmtpReply.parse(value).orElseThrow()));
      case GREYLIST ->
          world.server(MailWorld.OUTSIDE).follow(new Greylist(FaultValue.duration(value)));
      case SLOW -> world.server(MailWorld.HOSTED).spool().linger(FaultValue.duration(value));
      case SWALLOW -> world.server(MailWorld.PUBLISHER).courier().files(Filing.NOWHERE);
      case DUPLICATE -> world.server(MailWorld.HOSTED).courier().files(Filing.TWICE);
      case JUNK -> world.server(MailWorld.HOSTED).courier().files(Filing.JUNK);
      case ALTERED -> world.server(MailWorld.PUBLISHER).courier().files(Filing.ALTERED);
      case MAILBOX_DOWN -> world.gateway(MailWorld.OUTSIDE_POP).keep(GatewayProxy.Door.SHUT);
      case MAILBOX_FROZEN -> world.gateway(MailWorld.HOSTED_IMAP).keep(GatewayProxy.Door.FROZEN);
      case CERTIFICATE_EXPIRED -> certificateExpired();
      case CLOCK_SKEW -> world.server(MailWorld.BORDER).skew(FaultValue.duration(value));
    };
  }

  /// The zone was exported by a program that lets nothing stand beside an alias, or nearly.
  static void becomeAlias(ZoneEdit zone) {
    zone.remove("@", Type.MX);
    zone.remove("@", Type.A);
    zone.add("@", Type.CNAME, "www");
  }

  private Repair nextHopGone() {
    return world.zones().edit(HOSTED, zone -> zone.remove("in", Type.A));
  }

  private Repair certificateExpired() {
    Instant now = Instant.now();
    try {
      return world
          .server(MailWorld.SUBMISSION)
          .identify(
              world
                  .authority()
                  .serverContext(
                      MailWorld.SUBMISSION, now.minus(DAY.multipliedBy(90)), now.minus(DAY)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no certificate could be made", e);
    }
  }

  private static Script refusing(SmtpReply reply) {
    return (stage, _) ->
        stage == Script.Stage.RCPT
            ? Optional.of(new SmtpRefusal(reply.code(), reply.text()))
            : Optional.empty();
  }

  static Repair both(Repair one, Repair other) {
    return () -> {
      other.run();
      one.run();
    };
  }
}
