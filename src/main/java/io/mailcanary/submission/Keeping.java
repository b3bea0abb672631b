package io.mailcanary.submission;

import java.time.Duration;

/// How long a connection is kept for the next canary.
///
/// @param idle without use; short, since servers under load hang up after some seconds
/// @param age in all; the connection, TLS and login are part of what is probed, so they are done
///   anew at least this often
record Keeping(Duration idle, Duration age) {
  static final Keeping DEFAULT = new Keeping(Duration.ofSeconds(5), Duration.ofSeconds(60));

  boolean fits(Connection connection, long now) {
    return now - connection.usedAt() <= idle.toNanos() && isYoung(connection, now);
  }

  boolean isYoung(Connection connection, long now) {
    return now - connection.bornAt() <= age.toNanos();
  }
}
