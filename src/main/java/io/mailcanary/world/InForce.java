package io.mailcanary.world;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What holds now: the newest of those that were put in force and not taken back, or else what is
/// usual.
final class InForce<T> {
  private final T usual;
  private final List<Entry<T>> entries = new CopyOnWriteArrayList<>();

  /// By identity, so that equal ones are told apart.
  private static final class Entry<T> {
    private final T value;

    Entry(T value) {
      this.value = value;
    }
  }

  InForce(T usual) {
    this.usual = usual;
  }

  T now() {
    List<Entry<T>> all = List.copyOf(entries);
    return all.isEmpty() ? usual : all.getLast().value;
  }

  Repair put(T value) {
    Entry<T> entry = new Entry<>(value);
    entries.add(entry);
    return () -> entries.remove(entry);
  }
}
