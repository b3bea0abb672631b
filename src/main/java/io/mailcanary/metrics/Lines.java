package io.mailcanary.metrics;

/// Lines of Prometheus' text formats, a series each.
final class Lines {
  private final StringBuilder text = new StringBuilder();

  /// @param labels names and values in turn
  void add(String series, double value, String... labels) {
    begin(series, labels);
    text.append(value).append('\n');
  }

  /// @param labels names and values in turn
  void add(String series, long value, String... labels) {
    begin(series, labels);
    text.append(value).append('\n');
  }

  private void begin(String series, String... labels) {
    text.append(series);
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      escaped(labels[i + 1]);
      text.append('"');
    }
    text.append(labels.length == 0 ? " " : "} ");
  }

  private void escaped(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> text.append("\\\\");
        case '"' -> text.append("\\\"");
        case '\n' -> text.append("\\n");
        default -> text.append(c);
      }
    }
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
