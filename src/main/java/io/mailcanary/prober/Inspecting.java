package io.mailcanary.prober;

import io.mailcanary.authentication.Letter;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mailbox.FoundMessage;
import io.mailcanary.path.MailPath;
import io.mailcanary.path.Mailbox;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Decides whether what arrived is worth a closer look: always where the path promises something of
/// its authentication or the mailbox names hosts to believe, a glance now and then elsewhere.
final class Inspecting {
  private static final Duration BETWEEN_GLANCES = Duration.ofMinutes(10);

  private final Inspector inspector;
  private final Map<String, Instant> glanced = new ConcurrentHashMap<>();

  Inspecting(Inspector inspector) {
    this.inspector = inspector;
  }

  /// @param mailbox null when the probe files know it no longer
  /// @param done is told what was found out, nothing where nobody looked
  void arrived(
      MailPath path,
      @Nullable Mailbox mailbox,
      FoundMessage message,
      Instant now,
      Consumer<List<AuthenticationCheck>> done) {
    List<String> trusted = mailbox == null ? List.of() : mailbox.trustedHosts();
    Letter letter =
        new Letter(
            message.head(),
            message.bytes(),
            mailbox instanceof Mailbox.Receiver own ? List.of(own.hostName()) : trusted,
            path.from().toString(),
            path.to().toString(),
            message.whole()::copyTo);
    if (!path.expect().authentication().isEmpty() || !trusted.isEmpty()) {
      inspector.inspect(letter, done);
      return;
    }
    if (isDue(path.name(), now)) {
      inspector.glance(letter);
    }
    done.accept(List.of());
  }

  private boolean isDue(String path, Instant now) {
    Instant last = glanced.get(path);
    if (last != null && last.plus(BETWEEN_GLANCES).isAfter(now)) {
      return false;
    }
    glanced.put(path, now);
    return true;
  }
}
