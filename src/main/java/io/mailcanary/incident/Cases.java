package io.mailcanary.incident;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The files of all troubles that go on.
final class Cases {
  private final Due due;
  private final Set<CaseFile> files = new LinkedHashSet<>();
  private final Map<String, CaseFile> open = new HashMap<>();

  Cases(Due due) {
    this.due = due;
  }

  /// A trouble of its own.
  CaseFile begin(long onset) {
    CaseFile file = new CaseFile(onset);
    files.add(file);
    due.reviewAfter(onset);
    return file;
  }

  /// A file becomes an incident of that name.
  void open(CaseFile file, String key) {
    file.key = key;
    files.add(file);
    open.put(key, file);
  }

  void end(CaseFile file) {
    files.remove(file);
    open.remove(file.key);
  }

  /// Two that go on cannot have one key.
  String free(String key) {
    String free = key;
    for (int i = 2; open.containsKey(free); i++) {
      free = key + "#" + i;
    }
    return free;
  }

  boolean hasOpen() {
    return !open.isEmpty();
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  Set<CaseFile> all() {
    return files;
  }

  List<CaseFile> copy() {
    return List.copyOf(files);
  }

  /// The one in which a finding stands.
  @Nullable CaseFile holding(String findingKey) {
    for (CaseFile file : files) {
      if (file.findings.containsKey(findingKey)) {
        return file;
      }
    }
    return null;
  }

  /// Two troubles turn out to be one.
  void merge(CaseFile from, CaseFile into) {
    for (Unit unit : List.copyOf(from.failing)) {
      from.leave(unit);
      if (unit.alarm != null) {
        into.join(unit, unit.alarm);
      }
    }
  }
}
