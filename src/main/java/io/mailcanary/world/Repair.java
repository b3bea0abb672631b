package io.mailcanary.world;

/// Takes the effect of a fault back.
@FunctionalInterface
interface Repair {
  void run();
}
