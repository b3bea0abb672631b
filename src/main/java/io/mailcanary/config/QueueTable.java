package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.path.Queue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `queues.NAME`
final class QueueTable extends Table<Queue> {
  private final Key.Sure<String> relay =
      required("relay", Kinds.reference(Section.RELAYS, Set.of()), "The relay whose queue it is.");
  private final Key.Sure<Queue.Type> type =
      required(
          "type",
          Kinds.oneOf(Queue.Type.class),
          "The form of the list: `postfix` as `postqueue -j` prints it, `exim` as `exim -bp` does.");
  private final Key.Maybe<List<String>> command =
      optional(
          "command",
          new Words(),
          "The program that prints the queue, and its arguments; no shell reads them.");
  private final Key.Maybe<Path> file =
      optional(
          "file",
          FileKinds.path("the path of a file"),
          "A file that something else writes the list to, instead of a command.");
  private final Key.Sure<Duration> every =
      key(
          "every",
          Kinds.duration(Duration.ofSeconds(1), Duration.ofDays(1)),
          Duration.ofSeconds(60),
          "How often it is read.");

  private final Key.Sure<Integer> many =
      key(
          "many",
          Kinds.number(1, 1_000_000),
          Queue.Limits.USUAL.many(),
          "So many messages that wait for one reason are a fault.");
  private final Key.Sure<Double> share =
      key(
          "share",
          Kinds.decimal(0.001, 1),
          Queue.Limits.USUAL.share(),
          "Or this share of the queue, if that is more than a handful.");
  private final Key.Sure<Duration> old =
      key(
          "old",
          Kinds.duration(Duration.ofMinutes(1), Duration.ofDays(30)),
          Queue.Limits.USUAL.old(),
          "A queue whose oldest message has waited for longer is told of.");

  QueueTable() {
    super("the keys of a queue: relay, type, command or file, every, many, share, old");
  }

  @Override
  void check(Row row) {
    if (row.has(command) && row.has(file)) {
      row.fault(file, "stands beside command, expected one of the two");
    } else if (!row.has(command) && !row.has(file)) {
      row.fault(command, "is missing, expected a command or a file");
    }
  }

  @Override
  Queue build(Row row) {
    Queue.Source source =
        row.find(command)
            .<Queue.Source>map(Queue.Source.Command::new)
            .or(() -> row.find(file).map(Queue.Source.File::new))
            .orElseThrow(() -> new IllegalStateException("checked to be there"));
    return new Queue(
        row.name(),
        row.get(relay),
        row.get(type),
        source,
        row.get(every),
        new Queue.Limits(row.get(many), row.get(share), row.get(old)));
  }

  /// A program and its arguments, which may repeat.
  private static final class Words implements Kind<List<String>> {
    private static final int MOST = 100;
    private static final Kind<String> WORD = Kinds.line("a word of 1 to 1000 characters", 1_000);

    @Override
    public String words() {
      return "a program and its arguments, such as [postqueue, -j]";
    }

    @Override
    public Optional<List<String>> read(Value value) {
      if (!(value.node() instanceof Node.Sequence sequence)) {
        return value.refuse("is no list", words());
      }
      if (sequence.items().isEmpty() || sequence.items().size() > MOST) {
        return value.refuse("has %d words".formatted(sequence.items().size()), words());
      }
      List<String> read = new ArrayList<>();
      for (int i = 0; i < sequence.items().size(); i++) {
        WORD.read(value.item(sequence.items().get(i), i)).ifPresent(read::add);
      }
      return read.size() == sequence.items().size() ? Optional.of(read) : Optional.empty();
    }

    @Override
    public void describe(ObjectNode schema) {
      schema.put("type", "array").put("minItems", 1).put("maxItems", MOST);
      // A number is a word, too.
      schema.putObject("items").putArray("type").add("string").add("number");
    }

    @Override
    public Optional<Object> shown(List<String> value) {
      return Optional.of(value);
    }
  }
}
