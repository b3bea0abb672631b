package io.mailcanary.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What was measured, beside what it has to be.
final class Figures {
  private record Figure(String name, double value, String unit, double most, String note) {
    boolean holds() {
      return value <= most;
    }
  }

  private final List<Figure> figures = new ArrayList<>();

  /// A figure with a target.
  void add(String name, double value, String unit, double most, String note) {
    Figure figure = new Figure(name, value, unit, most, note);
    figures.add(figure);
    System.out.println(line(figure));
  }

  /// A figure to know.
  void tell(String name, double value, String unit, String note) {
    add(name, value, unit, Double.POSITIVE_INFINITY, note);
  }

  boolean allHold() {
    return figures.stream().allMatch(Figure::holds);
  }

  void print() {
    System.out.printf("%n%-58s %12s %10s  %s%n", "figure", "measured", "target", "");
    figures.forEach(figure -> System.out.println(line(figure)));
  }

  private static String line(Figure figure) {
    boolean aimed = Double.isFinite(figure.most());
    String target = aimed ? "<= " + number(figure.most()) : "";
    String verdict = aimed ? figure.holds() ? "holds " : "MISSED" : "      ";
    return "%-58s %8s %-3s %10s  %s  %s"
        .formatted(
            figure.name(), number(figure.value()), figure.unit(), target, verdict, figure.note());
  }

  private static String number(double value) {
    String digits = Math.abs(value) >= 100 ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, digits, value);
  }
}
