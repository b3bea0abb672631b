package io.mailcanary.config;

import io.mailcanary.incident.Channel;
import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// `channels.NAME`: a table for each type.
abstract class ChannelTable extends Table<Channel> {
  ChannelTable(String type) {
    super("the keys of a channel of type " + type);
    required(
        ChannelKind.TYPE,
        Kinds.matching(type, Pattern.compile(type), "another type"),
        "What it is: `pagerduty`, `alertmanager`, `webhook`, `slack`, `email` or `opsgenie`.");
  }

  final Key.Sure<String> endpoint(String usual) {
    return key(
        "url", AddressKinds.url(), usual, "Where it is reached: another region, or a proxy.");
  }

  final Key.Maybe<Path> caFile() {
    return optional(
        "ca-file",
        FileKinds.certificates(),
        "PEM certificates of authorities to trust instead of the system's.");
  }

  static void isThere(Row row, Key.OfSecret key) {
    if (!row.has(key)) {
      row.fault(key.inFile(), "is missing, expected it or %s".formatted(key.inline().name()));
    }
  }

  /// An address that is a secret is never quoted.
  static void isWeb(Row row, Key.OfSecret key) {
    isThere(row, key);
    row.find(key)
        .filter(secret -> !AddressKinds.isWeb(secret.value()))
        .ifPresent(_ ->
            row.fault(
                row.has(key.inline()) ? key.inline() : key.inFile(),
                "is no address of a page, expected one that starts with https:// or http://"));
  }

  static Secret given(Row row, Key.OfSecret key) {
    return row.find(key).orElseThrow(() -> new IllegalStateException("checked to be there"));
  }

  /// Events API v2.
  static final class PagerDuty extends ChannelTable {
    private final Key.OfSecret routingKey =
        secret("routing-key", "The integration key of a service there.");
    private final Key.Sure<String> url = endpoint("https://events.pagerduty.com/v2/enqueue");

    PagerDuty() {
      super("pagerduty");
    }

    @Override
    void check(Row row) {
      isThere(row, routingKey);
    }

    @Override
    Channel build(Row row) {
      return new Channel.PagerDuty(row.name(), given(row, routingKey), URI.create(row.get(url)));
    }
  }

  /// Its v2 API.
  static final class Alertmanager extends ChannelTable {
    private final Key.Sure<List<String>> urls =
        required(
            "urls",
            Kinds.listOf(AddressKinds.url(), "a list of addresses, one for each member", 1),
            "Its members; each is told. An address may carry a path.");
    private final Key.Maybe<Path> caFile = caFile();

    Alertmanager() {
      super("alertmanager");
    }

    @Override
    Channel build(Row row) {
      return new Channel.Alertmanager(
          row.name(), row.get(urls).stream().map(URI::create).toList(), row.find(caFile));
    }
  }

  /// A body of our own.
  static final class Webhook extends ChannelTable {
    private final Key.OfSecret url = secret("url", "Where the body is posted.");
    private final Key.OfSecret secret =
        secret("secret", "Signs the body (HMAC-SHA-256, in X-Mailcanary-Signature).");
    private final Key.Maybe<Path> caFile = caFile();

    Webhook() {
      super("webhook");
    }

    @Override
    void check(Row row) {
      isWeb(row, url);
    }

    @Override
    Channel build(Row row) {
      return new Channel.Webhook(row.name(), given(row, url), row.find(secret), row.find(caFile));
    }
  }

  /// Incoming webhooks.
  static final class Slack extends ChannelTable {
    private final Key.OfSecret url =
        secret("url", "The address of the incoming webhook: whoever knows it can post.");

    Slack() {
      super("slack");
    }

    @Override
    void check(Row row) {
      isWeb(row, url);
    }

    @Override
    Channel build(Row row) {
      return new Channel.Slack(row.name(), given(row, url));
    }
  }

  /// Letters.
  static final class Email extends ChannelTable {
    private final Key.Sure<String> relay =
        required(
            "relay",
            Kinds.reference(Section.RELAYS, Set.of()),
            "The relay that takes them. It shares no host and no domain with what they report on, and"
                + " best no resolver.");
    private final Key.Sure<EmailAddress> from =
        required("from", AddressKinds.emailAddress(), "Who they are from.");
    private final Key.Sure<EmailAddress> to =
        required("to", AddressKinds.emailAddress(), "Who they are for.");

    Email() {
      super("email");
    }

    @Override
    Channel build(Row row) {
      return new Channel.Email(row.name(), row.get(relay), row.get(from), row.get(to));
    }
  }

  /// Alert API.
  static final class Opsgenie extends ChannelTable {
    private final Key.OfSecret apiKey = secret("api-key", "The key of an API integration there.");
    private final Key.Sure<String> url = endpoint("https://api.opsgenie.com");

    Opsgenie() {
      super("opsgenie");
    }

    @Override
    void check(Row row) {
      isThere(row, apiKey);
    }

    @Override
    Channel build(Row row) {
      return new Channel.Opsgenie(row.name(), given(row, apiKey), URI.create(row.get(url)));
    }
  }
}
