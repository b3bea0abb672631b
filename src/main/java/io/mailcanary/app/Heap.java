package io.mailcanary.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/// Keeps the heap to what the work needs.
///
/// Without options the JVM begins with a 64th of the machine's memory, fills that before it
/// collects for the first time, and gives nothing back.
public final class Heap {
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
    if (machine != null) {
      // With less room than that the collector marks all the time.
      machine.setVMOption("MaxHeapFreeRatio", "60");
    }
    System.gc();
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
