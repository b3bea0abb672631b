package io.mailcanary.notify.slack;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Json;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import java.net.URI;
import java.util.List;

/// Posts a text, which is what Slack and all who imitate it understand.
public final class Slack implements Notifier {
  /// What Slack asks for; it parts or cuts longer texts, in the middle of a link if it comes to
  /// that.
  private static final int LONGEST = 4_000;

  private static final int LONGEST_HEADLINE = 1_200;

  private final Channel.Slack channel;
  private final HttpDoor door;

  public Slack(Channel.Slack channel, HttpDoor door) {
    this.channel = channel;
    this.door = door;
  }

  @Override
  public Outcome tell(String id, Notification notification) throws InterruptedException {
    String body = Json.text(Json.object().put("text", text(notification)));
    return door.post(
        HttpDoor.Post.json(URI.create(channel.url().value()), body, List.of(channel.url())));
  }

  private static String text(Notification notification) {
    String link =
        notification.link().isEmpty() ? "" : "\n<%s|the incident>".formatted(notification.link());
    String headline = notification.text().headline();
    String start = "%s *%s*\n".formatted(mark(notification), escaped(headline, LONGEST_HEADLINE));
    String rest = rest(notification.text().complete(), headline);
    return start + escaped(rest, LONGEST - start.length() - link.length()) + link;
  }

  private static String rest(String complete, String headline) {
    return complete.startsWith(headline) ? complete.substring(headline.length()).strip() : complete;
  }

  private static String mark(Notification notification) {
    if (notification.event() == Event.RESOLVED) {
      return ":large_green_circle: resolved";
    }
    String colour =
        notification.incident().severity() == Severity.PAGE
            ? ":red_circle:"
            : ":large_yellow_circle:";
    return switch (notification.event()) {
      case OPENED, RESOLVED -> colour;
      case UPDATED -> colour + " update";
      case ACKNOWLEDGED -> colour + " acknowledged";
      case REMINDER -> colour + " still going on";
    };
  }

  /// Written so that the three characters that mean something there mean nothing, and at most so
  /// long then.
  private static String escaped(String text, int most) {
    String part = Json.cut(text, most);
    String written = escaped(part);
    while (written.length() > most) {
      part = Json.cut(part, part.length() - Math.max(2, (written.length() - most) / 5));
      written = escaped(part);
    }
    return written;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
