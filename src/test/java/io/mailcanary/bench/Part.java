package io.mailcanary.bench;

/// One part of the benchmark.
interface Part {
  void measure(Figures figures) throws Exception;
}
