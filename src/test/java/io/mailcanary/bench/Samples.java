package io.mailcanary.bench;

import java.util.Arrays;
import java.util.Collection;

/// Quantiles of what was measured.
final class Samples {
  private final double[] sorted;

  Samples(Collection<Double> values) {
    sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
  }

  int size() {
    return sorted.length;
  }

  /// The smallest value that is not below a share of all; NaN without values.
  double quantile(double share) {
    if (sorted.length == 0) {
      return Double.NaN;
    }
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  double median() {
    return quantile(0.5);
  }

  String spread() {
    return "%.2f to %.2f, %d values".formatted(quantile(0), quantile(1), size());
  }
}
