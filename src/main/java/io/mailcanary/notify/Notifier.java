package io.mailcanary.notify;

import io.mailcanary.incident.Notification;
import io.mailcanary.mail.Severity;
import java.util.Set;

/// One channel.
public interface Notifier {
  /// Tells the channel and waits for its answer, which comes within a bounded time whatever server
  /// and network do.
  ///
  /// @param id of the notification: the same whenever, and by whichever replica, it is sent again
  Outcome tell(String id, Notification notification) throws InterruptedException;

  /// The same for a channel that was told of the incident before.
  ///
  /// @param formerly as how severe it was told to be, other than it is now
  default Outcome tell(String id, Notification notification, Set<Severity> formerly)
      throws InterruptedException {
    return tell(id, notification);
  }

  /// How often the channel wants to hear again what it has been told already; one that remembers by
  /// itself never does.
  default Standing standing() {
    return Standing.NONE;
  }
}
