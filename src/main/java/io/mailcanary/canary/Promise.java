package io.mailcanary.canary;

import io.mailcanary.path.MailPath;
import java.time.Duration;

/// What was promised for one canary when it was due. It keeps that promise in flight, whatever the
/// probe files say later.
///
/// @param mailbox where it should arrive
/// @param folder in which folder
public record Promise(
    String mailbox, String folder, Duration within, Duration overdueAfter, Duration lostAfter) {

  /// The promise of a path as it stands.
  public static Promise of(MailPath path) {
    return new Promise(
        path.arrivesIn(),
        path.expect().folder(),
        path.expect().within(),
        path.expect().overdueAfter(),
        path.expect().lostAfter());
  }
}
