package io.mailcanary.prober;

import io.mailcanary.canary.Canary;
import io.mailcanary.canary.CanaryState;
import io.mailcanary.path.Expectation;
import io.mailcanary.path.MailPath;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.PathView;
import io.mailcanary.runtime.Plan;
import io.mailcanary.store.CanaryStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The books of all paths, and what the board shows of them.
final class Books {
  /// What nobody tells, such as a mailbox that is looked for too long by now, is shown after so
  /// many beats at the latest.
  private static final int BEATS_OF_ALL = 5;

  private final Board board;
  private final CanaryStore store;
  private final InstantSource clock;
  private final Mailboxes mailboxes;
  private final Map<String, PathBook> books = new ConcurrentHashMap<>();
  private int beats;

  Books(Board board, CanaryStore store, InstantSource clock, Mailboxes mailboxes) {
    this.board = board;
    this.store = store;
    this.clock = clock;
    this.mailboxes = mailboxes;
  }

  /// A book for each path of these probe files and for no other.
  void follow(Plan next) {
    next.paths()
        .forEach((name, path) -> books.computeIfAbsent(name, _ -> new PathBook(path)).become(path));
    books.keySet().removeIf(name -> !next.paths().containsKey(name));
    board.paths().stream()
        .map(PathView::name)
        .filter(name -> !next.paths().containsKey(name))
        .forEach(board::forget);
  }

  /// Reads back what a run before this one left.
  void recall(List<Canary> canaries) {
    store.paused().forEach((name, since) -> find(name).ifPresent(book -> book.pause(since)));
    for (Canary canary : canaries) {
      find(canary.path()).ifPresent(book -> book.note(canary, ""));
    }
  }

  Optional<PathBook> find(String path) {
    return Optional.ofNullable(books.get(path));
  }

  boolean isSending(String path) {
    return find(path).filter(book -> !book.isPaused()).isPresent();
  }

  /// Paths without any canary yet.
  List<String> neverProbed(int most) {
    return books.entrySet().stream()
        .filter(entry -> entry.getValue().isEmpty() && !entry.getValue().isPaused())
        .map(Map.Entry::getKey)
        .limit(most)
        .toList();
  }

  /// @return false when there is no such path
  boolean pause(String path) {
    Instant now = clock.instant();
    Optional<PathBook> book = find(path);
    book.ifPresent(one -> {
      store.pause(path, now);
      one.pause(now);
      show(one);
    });
    return book.isPresent();
  }

  /// These are paused and no others.
  void pauses(Map<String, Instant> since) {
    books.forEach((name, book) -> {
      Instant at = since.get(name);
      if (book.pauses(at)) {
        show(book);
      }
    });
  }

  /// @return false when there is no such path
  boolean resume(String path) {
    Optional<PathBook> book = find(path);
    book.ifPresent(one -> {
      store.resume(path);
      one.resume();
      show(one);
    });
    return book.isPresent();
  }

  /// A watcher finds something wrong with what a path depends on; empty: nothing any more.
  void concern(String path, Optional<String> words) {
    find(path)
        .ifPresent(book -> {
          book.concern(words);
          show(book);
        });
  }

  /// Each leg is shown from the start.
  void legs(String path, List<String> names) {
    find(path)
        .ifPresent(book -> {
          book.legs(names);
          show(book);
        });
  }

  /// Shows what moves by itself, and now and then all.
  void refresh() {
    Instant now = clock.instant();
    boolean all = beats++ % BEATS_OF_ALL == 0;
    for (PathBook book : books.values()) {
      if (all || book.moves(now)) {
        show(book, now);
      }
    }
  }

  void sightChanged(String mailbox) {
    books.values().stream()
        .filter(book -> decisive(book.path()).equals(mailbox))
        .forEach(this::show);
  }

  void note(Flight flight) {
    find(flight.path.name())
        .ifPresent(book -> {
          book.note(flight.canary(), flight.words());
          if (says(flight.canary().state())) {
            show(book);
          }
        });
  }

  /// That one more is on its way says nothing of its path: the next beat shows it, unless the
  /// canary is there before.
  private static boolean says(CanaryState state) {
    return !(state instanceof CanaryState.Pending || state instanceof CanaryState.InTransit);
  }

  /// Notes how a canary stands that another replica takes care of.
  ///
  /// @param words what a server said of it last; may be empty
  void learn(Canary canary, String words) {
    find(canary.path())
        .ifPresent(book -> {
          book.learn(canary, words);
          show(book);
        });
  }

  private void show(PathBook book) {
    show(book, clock.instant());
  }

  private void show(PathBook book, Instant now) {
    MailPath path = book.path();
    Optional<PathView> before = board.path(path.name());
    PathView view = book.view(mailboxes.blind(decisive(path), now), now);
    if (before.isEmpty() || before.get().health().health() != view.health().health()) {
      board.show(view);
    } else {
      board.refresh(view);
    }
  }

  private static String decisive(MailPath path) {
    return path.expect().outcome() == Expectation.Outcome.BOUNCED
        ? path.bouncesTo()
        : path.arrivesIn();
  }
}
