/// Drills: outages that were thought out before, run against what should be seen of them, and what
/// should not.
///
/// A [Scenario] is read from a folder by `ScenarioFile`; [Drill] takes it over a `Stage` and says
/// what came. There are two kinds of stage. `RealStage` is the built-in world with the whole
/// service looking at it, over sockets and in real time. `VirtualStage` is a simulated world with a
/// `SimulatedService` on one virtual clock: everything that decides (prober, lifecycle, the reading
/// of replies and bounces, DNS and TLS watch, incidents, notifications, the database) is the
/// service's own; only what talks to the network is another. So this package, as `app`, knows all
/// the others; it stands beside `app` and not in it, since a drill is a way to use them, and needs
/// of `app` only the service for real time.
@NullMarked
package io.mailcanary.drill;

import org.jspecify.annotations.NullMarked;
