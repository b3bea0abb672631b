package io.mailcanary.watch;

import io.mailcanary.mail.Finding;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/// What every watcher finds wrong now, by source: `dns:corp.test`, `tls:mx.corp.test:25`,
/// `queue:campus`. Each source replaces what it said before.
public final class Findings {
  private final Map<String, List<Finding>> sources = new ConcurrentHashMap<>();
  private final List<BiConsumer<String, List<Finding>>> listeners = new CopyOnWriteArrayList<>();

  public void show(String source, List<Finding> findings) {
    List<Finding> copy = List.copyOf(findings);
    List<Finding> before = sources.put(source, copy);
    if (!copy.equals(before)) {
      listeners.forEach(listener -> listener.accept(source, copy));
    }
  }

  public void forget(String source) {
    if (sources.remove(source) != null) {
      listeners.forEach(listener -> listener.accept(source, List.of()));
    }
  }

  public List<Finding> of(String source) {
    return sources.getOrDefault(source, List.of());
  }

  /// All, by source in order.
  public Map<String, List<Finding>> all() {
    return new TreeMap<>(sources);
  }

  /// Tells `listener` when what a source says becomes different. It must not block.
  public void listen(BiConsumer<String, List<Finding>> listener) {
    listeners.add(listener);
  }
}
