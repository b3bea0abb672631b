package io.mailcanary.dispatch;

import io.mailcanary.incident.Channel;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.alertmanager.Alertmanager;
import io.mailcanary.notify.email.Email;
import io.mailcanary.notify.email.Handover;
import io.mailcanary.notify.opsgenie.Opsgenie;
import io.mailcanary.notify.pagerduty.PagerDuty;
import io.mailcanary.notify.slack.Slack;
import io.mailcanary.notify.webhook.Webhook;
import io.mailcanary.path.Relay;
import io.mailcanary.runtime.Plan;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Makes what speaks to each channel of a plan.
public final class Notifiers {
  private final HttpDoor door;
  private final Handover handover;
  private final InstantSource clock;

  public Notifiers(HttpDoor door, Handover handover, InstantSource clock) {
    this.door = door;
    this.handover = handover;
    this.clock = clock;
  }

  /// By the channel's name.
  public Map<String, Notifier> of(Plan plan) {
    Map<String, Notifier> notifiers = new LinkedHashMap<>();
    plan.paging()
        .channels()
        .forEach((name, channel) -> notifiers.put(name, of(channel, plan.relays())));
    return notifiers;
  }

  private Notifier of(Channel channel, Map<String, Relay> relays) {
    return switch (channel) {
      case Channel.PagerDuty one -> new PagerDuty(one, door);
      case Channel.Alertmanager one -> new Alertmanager(one, door, clock);
      case Channel.Webhook one -> new Webhook(one, door);
      case Channel.Slack one -> new Slack(one, door);
      case Channel.Opsgenie one -> new Opsgenie(one, door);
      case Channel.Email one -> new Email(one, relay(one, relays), handover);
    };
  }

  private static Relay relay(Channel.Email channel, Map<String, Relay> relays) {
    Relay relay = relays.get(channel.relay());
    if (relay == null) {
      throw new IllegalStateException("probe files were checked to have relay " + channel.relay());
    }
    return relay;
  }
}
