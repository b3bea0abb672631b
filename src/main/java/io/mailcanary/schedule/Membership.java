package io.mailcanary.schedule;

/// Who shares the work.
@FunctionalInterface
public interface Membership {
  /// Never fails: while the others cannot be asked for, those last known.
  Members alive();
}
