/// Drills: outages that were thought out before, run in the built-in world against what should be
/// seen of them, and what should not.
///
/// A [Scenario] is read from a folder by `ScenarioFile`. A `Stage` is the world with the service
/// looking at it; [Drill] takes a scenario over it in real time and says what came.
@NullMarked
package io.mailcanary.drill;

import org.jspecify.annotations.NullMarked;
