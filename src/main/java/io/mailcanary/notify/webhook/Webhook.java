package io.mailcanary.notify.webhook;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.incident.Channel;
import io.mailcanary.incident.IncidentDocument;
import io.mailcanary.incident.Notification;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Json;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import io.mailcanary.path.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Posts incidents as they stand in the API, signed where a secret is known.
public final class Webhook implements Notifier {
  static final String SIGNATURE = "X-Mailcanary-Signature";
  static final String ID = "X-Mailcanary-Notification";

  private static final int VERSION = 1;
  private static final String ALGORITHM = "HmacSHA256";

  private final Channel.Webhook channel;
  private final HttpDoor door;

  public Webhook(Channel.Webhook channel, HttpDoor door) {
    this.channel = channel;
    this.door = door;
  }

  @Override
  public Outcome tell(String id, Notification notification) throws InterruptedException {
    String body = body(notification);
    Map<String, String> headers = new HashMap<>();
    headers.put(ID, id);
    List<Secret> secrets = new ArrayList<>(List.of(channel.url()));
    channel
        .secret()
        .ifPresent(secret -> {
          headers.put(SIGNATURE, "sha256=" + signature(secret, body));
          secrets.add(secret);
        });
    return door.post(
        new HttpDoor.Post(
            URI.create(channel.url().value()), body, headers, channel.caFile(), secrets));
  }

  private static String body(Notification notification) {
    ObjectNode body = Json.object();
    body.put("version", VERSION);
    body.put("event", notification.event().word());
    body.set("incident", Json.tree(IncidentDocument.of(notification.incident())));
    body.put("text", notification.text().complete());
    body.put("link", notification.link());
    return Json.text(body);
  }

  static String signature(Secret secret, String body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + ALGORITHM, e);
    }
  }
}
