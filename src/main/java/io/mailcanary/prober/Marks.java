package io.mailcanary.prober;

import io.mailcanary.canary.CanaryId;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.canary.Cause;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.store.Nanos;
import io.mailcanary.verdict.Mark;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The newest canaries of one path, oldest first. With thousands of paths there are a million of
/// them in memory, and most of a path fare alike: what they share stands once, the rest in columns,
/// which is a fifth of what the objects take. Not for several threads.
final class Marks {
  /// Six times this has room for what a path keeps, and for the newest before the oldest goes.
  private static final int SOME = 17;

  private static final long NO_LATENCY = Long.MIN_VALUE;

  private long[] highs = new long[SOME];
  private long[] lows = new long[SOME];
  private long[] starts = new long[SOME];
  private long[] latencies = new long[SOME];
  private @Nullable Story[] stories = new Story[SOME];
  private int size;

  /// All of a mark but which canary it was, and its times.
  private record Story(
      String leg,
      String site,
      CanaryState state,
      Cause cause,
      int copies,
      boolean altered,
      List<AuthenticationCheck> authentication,
      String words) {
    static Story of(Mark mark) {
      return new Story(
          mark.leg(),
          mark.site(),
          mark.state(),
          mark.cause(),
          mark.copies(),
          mark.altered(),
          mark.authentication(),
          mark.words());
    }
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  List<Mark> all() {
    return IntStream.range(0, size).mapToObj(this::at).toList();
  }

  Optional<Mark> find(CanaryId id) {
    int place = place(id);
    return place < 0 ? Optional.empty() : Optional.of(at(place));
  }

  /// @throws IndexOutOfBoundsException when there is none
  Mark newest() {
    return at(size - 1);
  }

  /// Notes how a canary stands now.
  ///
  /// @return whether nothing was known of it before
  boolean put(Mark mark) {
    int place = place(mark.id());
    boolean isNew = place < 0;
    if (isNew) {
      place = -place - 1;
      open(place);
      highs[place] = mark.id().high();
      lows[place] = mark.id().low();
    }
    Duration latency = mark.latency();
    starts[place] = Nanos.of(mark.start());
    latencies[place] = latency == null ? NO_LATENCY : Nanos.of(latency);
    stories[place] = shared(place, Story.of(mark));
    return isNew;
  }

  void dropOldest() {
    move(1, 0, size - 1);
    size--;
    stories[size] = null;
  }

  private Mark at(int place) {
    Story story = story(place);
    return new Mark(
        new CanaryId(highs[place], lows[place]),
        story.leg(),
        story.site(),
        Nanos.instant(starts[place]),
        story.state(),
        story.cause(),
        latencies[place] == NO_LATENCY ? null : Nanos.duration(latencies[place]),
        story.copies(),
        story.altered(),
        story.authentication(),
        story.words());
  }

  private Story story(int place) {
    Story story = stories[place];
    if (place >= size || story == null) {
      throw new IndexOutOfBoundsException(place);
    }
    return story;
  }

  private Story shared(int place, Story story) {
    return place > 0 && story.equals(stories[place - 1]) ? story(place - 1) : story;
  }

  /// @return where it stands; else -1 less where it would
  private int place(CanaryId id) {
    // Nearly always it is one of the newest.
    for (int place = size - 1; place >= 0; place--) {
      int order = new CanaryId(highs[place], lows[place]).compareTo(id);
      if (order == 0) {
        return place;
      }
      if (order < 0) {
        return -place - 2;
      }
    }
    return -1;
  }

  private void open(int place) {
    if (size == highs.length) {
      int room = size + SOME;
      highs = Arrays.copyOf(highs, room);
      lows = Arrays.copyOf(lows, room);
      starts = Arrays.copyOf(starts, room);
      latencies = Arrays.copyOf(latencies, room);
      stories = Arrays.copyOf(stories, room);
    }
    move(place, place + 1, size - place);
    size++;
  }

  private void move(int from, int to, int many) {
    System.arraycopy(highs, from, highs, to, many);
    System.arraycopy(lows, from, lows, to, many);
    System.arraycopy(starts, from, starts, to, many);
    System.arraycopy(latencies, from, latencies, to, many);
    System.arraycopy(stories, from, stories, to, many);
  }
}
