package io.mailcanary.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;

/// Keeps the heap to what the work needs.
///
/// Without options the JVM begins with a 64th of the machine's memory, fills that before it
/// collects for the first time, and gives nothing back.
public final class Heap {
  private static final String ROOM = "MaxHeapFreeRatio";

  /// How collectors call what outlived the nursery, and to which multiple of what lived last it is
  /// let grow: the serial one's for a thousand paths, the other's for ten thousand, whose old
  /// garbage weighs more.
  private static final Map<String, Double> GROWTH = Map.of("Tenured Gen", 1.35, "G1 Old Gen", 1.2);

  private static final long LEAST = 32L << 20;
  private static final int BUSY_UNTIL_MILLIS = 150;
  private static final int LATEST_MILLIS = 700;
  private static final int A_SECOND_MILLIS = 1_000;

  private Heap() {}

  /// While nearly nothing lives, a full collection shrinks the heap to nearly nothing; from there
  /// it grows as collections take their toll.
  public static void startSmall() {
    System.gc();
  }

  /// Gives back what a start or a burst of work needed. It takes about a tenth of a second, so it
  /// is not for every minute.
  static void giveBack() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (machine != null && machine.getVMOption(ROOM).getOrigin() == VMOption.Origin.DEFAULT) {
      // With less room than that the collector marks all the time.
      machine.setVMOption(ROOM, "60");
    }
    System.gc();
  }

  /// Collectors take more memory rather than collect what is old, and when they do all stands still
  /// for a tenth of a second. Asked between two full seconds it delays no canary.
  ///
  /// @return what looks after it, to be run about once a second; empty with collectors of other
  ///   kinds
  static Optional<Runnable> tending(InstantSource clock) {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> GROWTH.containsKey(pool.getName()))
        .findFirst()
        .map(old -> () -> tend(old, clock.instant()));
  }

  private static void tend(MemoryPoolMXBean old, Instant now) {
    long used = old.getUsage().getUsed();
    long lived = old.getCollectionUsage().getUsed();
    if (hasGrown(used, lived, GROWTH.getOrDefault(old.getName(), 1.0)) && isBetweenSlots(now)) {
      System.gc();
    }
  }

  /// @param used bytes, garbage included
  /// @param lived bytes that were in use after the last collection
  /// @param growth to which multiple of that
  static boolean hasGrown(long used, long lived, double growth) {
    return used > Math.max(LEAST, lived * growth);
  }

  static boolean isBetweenSlots(Instant now) {
    return untilBetweenSlots(now).isZero();
  }

  /// Slots are at full seconds, and what they bring about takes a while.
  static Duration untilBetweenSlots(Instant now) {
    long millis = TimeUnit.NANOSECONDS.toMillis(now.getNano());
    if (millis >= LATEST_MILLIS) {
      return Duration.ofMillis(A_SECOND_MILLIS + BUSY_UNTIL_MILLIS - millis);
    }
    return Duration.ofMillis(Math.max(0, BUSY_UNTIL_MILLIS - millis));
  }

  /// What holds up all threads for a while, put off to where it holds up no canary.
  static Runnable betweenSlots(
      InstantSource clock, ScheduledExecutorService agenda, Runnable work) {
    return () -> {
      long wait = untilBetweenSlots(clock.instant()).toMillis();
      var _ = agenda.schedule(work, wait, TimeUnit.MILLISECONDS);
    };
  }

  /// What the compiler has freed outside of the heap, the C library keeps until it is asked.
  static void trim() {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "systemTrimNativeHeap",
              new Object[0],
              new String[0]);
    } catch (JMException _) {
      // Not on this system.
    }
  }
}
