package io.mailcanary.path;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The queue of a relay, as the relay's own tool lists it.
///
/// @param relay whose queue it is
/// @param every how often it is read
/// @param limits from when on what waits in it is a fault
public record Queue(
    String name, String relay, Type type, Source source, Duration every, Limits limits) {

  /// With the usual limits.
  public Queue(String name, String relay, Type type, Source source, Duration every) {
    this(name, relay, type, source, every, Limits.USUAL);
  }

  /// From when on what waits is a fault.
  ///
  /// @param many so many messages that wait for one reason
  /// @param share or this share of the queue
  /// @param old when the oldest has waited for longer
  public record Limits(int many, double share, Duration old) {
    public static final Limits USUAL = new Limits(10, 0.05, Duration.ofHours(1));
  }

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
