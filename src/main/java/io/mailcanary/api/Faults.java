package io.mailcanary.api;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The faults of the built-in mail world, to be switched on and off by whoever looks on. Safe to be
/// asked by several at a time; a switch has acted on the world when it returns.
public interface Faults {
  /// @param name as the interface has it, such as `mx-missing`
  /// @param title what goes wrong, in a few words
  /// @param explanation what happens in the world, who will see it how, and what a value means
  /// @param on whether it is in force
  /// @param value how much or what, while it is on; null where it takes none or is off
  record Fault(String name, String title, String explanation, boolean on, @Nullable String value) {}

  /// All of them, always in the same order.
  List<Fault> all();

  /// Switches one on; one that is on takes over the new value.
  ///
  /// @param value null: the fault's own default
  /// @return how it is now; empty when there is no such fault
  /// @throws IllegalArgumentException when the value is not one of this fault's; it says what is
  Optional<Fault> switchOn(String name, @Nullable String value);

  /// Switches one off, whether it was on or not: what it broke is repaired.
  ///
  /// @return how it is now; empty when there is no such fault
  Optional<Fault> switchOff(String name);
}
