package io.mailcanary.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Measures the packaged jar and says which targets hold: `mvn -Pbench verify`. All but those that
/// soak by default; `-Dbench.parts="start load"` names others. Exit: 1 when a target is missed.
final class Benchmark {
  private Benchmark() {}

  public static void main(String[] none) throws Exception {
    String named = System.getProperty("mailcanary.bench.parts", "").strip();
    Map<String, Part> parts = new LinkedHashMap<>();
    parts.put("bounces", new Bounces(50));
    parts.put("start", new StartUp(5));
    parts.put("detection", new Detection(30, "5s", 12, 12, 10, 50));
    parts.put("load", new Load(1_000, 100, 8, 10));
    parts.put("domains", new Domains(1_000, Duration.ofSeconds(75), Duration.ofMinutes(4)));
    parts.put("page", new Page(10_000, 2_000));
    parts.put("large", new LargeSite(10_000, 200, 8, 5));
    parts.put("crowd", new Detection(1_000, "60s", 9, 3, Double.POSITIVE_INFINITY, 100));
    List<String> usual = List.copyOf(parts.keySet());
    // A hundred harms; an hour, and PostgreSQL is needed.
    parts.put("replicas", new Replicas(67));
    // Whether anything grows; not among the usual parts.
    parts.put("soak", new Soak(10_000, 200, Duration.ofMinutes(60)));
    parts.put("small-soak", new Soak(1_000, 20, Duration.ofMinutes(60)));
    Figures figures = new Figures();
    for (String name : named.isEmpty() ? usual : List.of(named.split("\\s+", -1))) {
      Part part = parts.get(name);
      if (part == null) {
        throw new IllegalArgumentException("%s is none of %s".formatted(name, parts.keySet()));
      }
      System.out.println("-- " + name + ", load of the machine " + load());
      part.measure(figures);
      System.out.println("-- " + name + " done, load of the machine " + load());
    }
    figures.print();
    System.exit(figures.allHold() ? 0 : 1);
  }

  private static String load() throws IOException {
    return Files.readString(Path.of("/proc/loadavg")).strip();
  }
}
