package io.mailcanary.cli;

import java.io.PrintWriter;

/// Shows a person at a terminal what is being waited for; says nothing where nobody looks.
interface Progress extends AutoCloseable {
  void tell(String words);

  @Override
  void close();

  static Progress onTerminal(PrintWriter err, String path) {
    if (System.console() == null || !System.console().isTerminal()) {
      return new Silent();
    }
    return new Line(err, path);
  }

  /// Nobody looks.
  final class Silent implements Progress {
    @Override
    public void tell(String words) {}

    @Override
    public void close() {}
  }

  /// One line that is written over.
  final class Line implements Progress {
    private static final String ERASE = "\r\033[K";
    private final PrintWriter err;
    private final String path;

    Line(PrintWriter err, String path) {
      this.err = err;
      this.path = path;
    }

    @Override
    public void tell(String words) {
      err.print(ERASE + path + ": " + words + " …");
      err.flush();
    }

    @Override
    public void close() {
      err.print(ERASE);
      err.flush();
    }
  }
}
