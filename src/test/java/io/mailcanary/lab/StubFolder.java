package io.mailcanary.lab;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/// A folder in memory; whoever idles on it hears of each change at once.
final class StubFolder {
  private final String name;
  private final long uidValidity;
  private final List<StubMessage> messages = new ArrayList<>();
  private final Set<Runnable> idlers = ConcurrentHashMap.newKeySet();
  private long nextUid = 1;
  private volatile long version;

  StubFolder(String name, long uidValidity) {
    this.name = name;
    this.uidValidity = uidValidity;
  }

  String name() {
    return name;
  }

  long uidValidity() {
    return uidValidity;
  }

  /// Rises with each arrival and each removal.
  long version() {
    return version;
  }

  synchronized long nextUid() {
    return nextUid;
  }

  synchronized List<StubMessage> messages() {
    return new ArrayList<>(messages);
  }

  synchronized int size() {
    return messages.size();
  }

  StubMessage add(byte[] content) {
    StubMessage message;
    synchronized (this) {
      message = new StubMessage(nextUid++, content, Instant.now());
      messages.add(message);
      version++;
    }
    idlers.forEach(Runnable::run);
    return message;
  }

  void remove(Predicate<StubMessage> which) {
    synchronized (this) {
      if (messages.removeIf(which)) {
        version++;
      }
    }
    idlers.forEach(Runnable::run);
  }

  void idle(Runnable onChange) {
    idlers.add(onChange);
  }

  void wake(Runnable onChange) {
    idlers.remove(onChange);
  }
}
