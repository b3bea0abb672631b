package io.mailcanary.incident;

import io.mailcanary.mail.EmailAddress;
import io.mailcanary.path.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One way to tell people, as the probe files describe it.
public sealed interface Channel {
  /// Its name in the probe files.
  String name();

  /// The word of its `type` in the probe files.
  String type();

  /// PagerDuty Events API v2.
  record PagerDuty(String name, Secret routingKey, URI url) implements Channel {
    @Override
    public String type() {
      return "pagerduty";
    }
  }

  /// Alertmanager API v2.
  ///
  /// @param urls every member of its cluster: they do not tell one another of alerts
  /// @param caFile PEM certificates to trust instead of the system's
  record Alertmanager(String name, List<URI> urls, Optional<Path> caFile) implements Channel {
    public Alertmanager {
      urls = List.copyOf(urls);
    }

    @Override
    public String type() {
      return "alertmanager";
    }
  }

  /// Our own body, signed.
  ///
  /// @param url whoever knows it can post, as a rule
  /// @param caFile PEM certificates to trust instead of the system's
  record Webhook(String name, Secret url, Optional<Secret> secret, Optional<Path> caFile)
      implements Channel {
    @Override
    public String type() {
      return "webhook";
    }
  }

  /// Slack's incoming webhook, and those that imitate it.
  ///
  /// @param url whoever knows it can post
  record Slack(String name, Secret url) implements Channel {
    @Override
    public String type() {
      return "slack";
    }
  }

  /// A letter.
  ///
  /// @param relay the name of one that takes part in no path
  record Email(String name, String relay, EmailAddress from, EmailAddress to) implements Channel {
    @Override
    public String type() {
      return "email";
    }
  }

  /// Opsgenie's alert API v2.
  record Opsgenie(String name, Secret apiKey, URI url) implements Channel {
    @Override
    public String type() {
      return "opsgenie";
    }
  }
}
