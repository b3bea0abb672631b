package io.mailcanary.bench;

import java.util.List;

/// How late slots were between two scrapes.
///
/// @param p99 the bound of the first bucket that holds 99 of 100 slots, in milliseconds
record Punctuality(double p99, String shares) {
  private static final List<String> BOUNDS =
      List.of("1.0", "0.1", "0.05", "0.02", "0.01", "0.005", "0.002");

  static Punctuality between(ServiceProcess.Scrape before, ServiceProcess.Scrape after) {
    double all = after.punctual("+Inf") - before.punctual("+Inf");
    double p99 = Double.POSITIVE_INFINITY;
    StringBuilder shares = new StringBuilder("%.0f slots".formatted(all));
    for (String bound : BOUNDS) {
      double share = (after.punctual(bound) - before.punctual(bound)) / all;
      shares.append(", %.2f %% in %s s".formatted(100 * share, bound));
      p99 = share >= 0.99 ? Double.parseDouble(bound) * 1e3 : p99;
    }
    return new Punctuality(p99, shares.toString());
  }
}
