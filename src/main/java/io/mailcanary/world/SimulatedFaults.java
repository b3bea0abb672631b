package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.Type;

/// What each fault does to a world without sockets: the same as in the one with.
final class SimulatedFaults {
  private final SimulatedWorld world;

  SimulatedFaults(SimulatedWorld world) {
    this.world = world;
  }

  Repair begin(FaultKind kind, String value) {
    return switch (kind) {
      case MX_MISSING -> world.edit(FaultEffects.CAMPUS, zone -> zone.remove("@", Type.MX));
      case MX_CNAME_CONFLICT -> world.edit(FaultEffects.CAMPUS, FaultEffects::becomeAlias);
      case NAME_GONE -> world.edit("example", zone -> zone.remove("publisher", Type.NS));
      case DNS_SERVFAIL -> world.fail(FaultEffects.PUBLISHER);
      case NEXTHOP_GONE -> nextHopGone();
      case NEXTHOP_HOLD ->
          FaultEffects.both(world.server(MailWorld.BORDER).keepUnroutable(), nextHopGone());
      case RECEIVER_4XX, RECEIVER_5XX ->
          world.server(MailWorld.OUTSIDE).follow(refusing(SmtpReply.parse(value).orElseThrow()));
      case GREYLIST -> world.server(MailWorld.OUTSIDE).follow(greylist(FaultValue.duration(value)));
      case SLOW -> world.server(MailWorld.HOSTED).linger(FaultValue.duration(value));
      case SWALLOW -> world.server(MailWorld.PUBLISHER).files(Act.Keeping.NOWHERE);
      case DUPLICATE -> world.server(MailWorld.HOSTED).files(Act.Keeping.TWICE);
      case JUNK -> world.server(MailWorld.HOSTED).files(Act.Keeping.JUNK);
      case ALTERED -> world.server(MailWorld.PUBLISHER).files(Act.Keeping.ALTERED);
      case MAILBOX_DOWN -> world.mailboxOf("canary@outside.example").keep(Act.Door.SHUT);
      case MAILBOX_FROZEN -> frozen();
      case CERTIFICATE_EXPIRED ->
          world.identify(MailWorld.SUBMISSION, world.now().minus(Duration.ofDays(1)));
      case CLOCK_SKEW -> world.server(MailWorld.BORDER).skew(FaultValue.duration(value));
    };
  }

  private Repair nextHopGone() {
    return world.edit(FaultEffects.HOSTED, zone -> zone.remove("in", Type.A));
  }

  /// All mailboxes behind one server.
  private Repair frozen() {
    return FaultEffects.both(
        world.mailboxOf("canary@hosted.example").keep(Act.Door.FROZEN),
        FaultEffects.both(
            world.mailboxOf("canary@ugrad.example").keep(Act.Door.FROZEN),
            world.mailboxOf("canary@publisher.example").keep(Act.Door.FROZEN)));
  }

  private static Check refusing(SmtpReply reply) {
    return (at, _) -> at == Check.At.RCPT ? Optional.of(reply) : Optional.empty();
  }

  /// By the message, as [Greylist] does.
  private Check greylist(Duration wait) {
    Map<String, Instant> seen = new HashMap<>();
    return (at, visit) -> {
      if (at != Check.At.DATA) {
        return Optional.empty();
      }
      Instant now = world.now();
      Instant first = seen.computeIfAbsent(MessageHead.messageId(visit.message()), _ -> now);
      return first.plus(wait).isAfter(now)
          ? Optional.of(SimulatedServer.reply(450, "4.2.0 Greylisted, try again later"))
          : Optional.empty();
    };
  }
}
