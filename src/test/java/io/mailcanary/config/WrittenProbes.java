package io.mailcanary.config;

import io.mailcanary.runtime.Plan;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Probe files as a test writes them.
abstract class WrittenProbes {
  @TempDir Path folder;
  Probes probes;

  @BeforeEach
  void world() {
    probes = new Probes(folder).with("b.yaml", Probes.PATH);
  }

  final Plan plan(String text) {
    return probes.with("a.yaml", text).plan();
  }

  final Plan inWorld(String text) {
    return probes.with("w.yaml", Probes.WORLD).with("a.yaml", text).plan();
  }
}
