package io.mailcanary.world;

import java.time.Duration;
import org.xbill.DNS.Type;

/// What each fault does to the world: to zones, servers and doors, never to who looks at them.
final class FaultEffects {
  private final MailWorld world;

  FaultEffects(MailWorld world) {
    this.world = world;
  }

  /// @param value resolved; empty where the fault takes none
  Repair begin(FaultKind kind, String value) {
    return switch (kind) {
      case MX_MISSING -> world.zones().edit("campus.example", zone -> zone.remove("@", Type.MX));
      case MAILBOX_DOWN -> door(MailWorld.OUTSIDE_POP, GatewayProxy.Door.SHUT);
      case CLOCK_SKEW -> skew(MailWorld.BORDER, FaultValue.duration(value));
    };
  }

  private Repair skew(String host, Duration by) {
    MailServer server = world.server(host);
    server.skew(by);
    return () -> server.skew(Duration.ZERO);
  }

  private Repair door(String host, GatewayProxy.Door to) {
    GatewayProxy gateway = world.gateway(host);
    gateway.move(to);
    return () -> gateway.move(GatewayProxy.Door.OPEN);
  }
}
