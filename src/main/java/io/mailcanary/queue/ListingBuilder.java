package io.mailcanary.queue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Gathers what a list says: counts all, keeps so many.
final class ListingBuilder {
  private static final int MOST_KEPT = 10_000;
  private static final int LONGEST_TEXT = 500;

  private final Instant at;
  private final List<QueuedMessage> messages = new ArrayList<>();
  private @Nullable Instant oldest;
  private int count;
  private int bounces;
  private int unread;

  ListingBuilder(Instant at) {
    this.at = at;
  }

  void add(QueuedMessage message) {
    count++;
    bounces += message.isBounce() ? 1 : 0;
    Instant came = message.arrivedAt();
    oldest = oldest == null || came.isBefore(oldest) ? came : oldest;
    if (messages.size() < MOST_KEPT) {
      messages.add(message);
    }
  }

  void unread() {
    unread++;
  }

  QueueListing build(boolean whole) {
    return new QueueListing(
        at, messages, count, bounces, Optional.ofNullable(oldest), unread, whole);
  }

  /// Bounded, on one line.
  static String text(String text) {
    String bounded = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    return bounded.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
