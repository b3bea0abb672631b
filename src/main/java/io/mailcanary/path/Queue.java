package io.mailcanary.path;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The queue of a relay, as the relay's own tool lists it.
///
/// @param relay whose queue it is
/// @param every how often it is read
public record Queue(String name, String relay, Type type, Source source, Duration every) {
  /// The form of the list.
  public enum Type {
    /// `postqueue -j`: a JSON object a line.
    POSTFIX,
    /// `exim -bp`.
    EXIM
  }

  /// Where the list comes from.
  public sealed interface Source {
    /// A program and its arguments; no shell reads them.
    record Command(List<String> words) implements Source {
      public Command {
        words = List.copyOf(words);
      }
    }

    /// A file that something else writes the list to.
    record File(Path path) implements Source {}
  }
}
