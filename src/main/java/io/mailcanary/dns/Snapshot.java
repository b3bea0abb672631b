package io.mailcanary.dns;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What one server said of one name, in a form in which two can be compared and stored.
///
/// Order and times to live don't count, and neither does what was not answered: a server that is
/// silent for a while changes nothing.
///
/// @param server who said so, as people know it
/// @param serial of the zone there, where it was told
/// @param contents by type asked for
public record Snapshot(
    DnsName name, String server, OptionalLong serial, SortedMap<RecordType, Content> contents) {

  public Snapshot {
    contents = Collections.unmodifiableSortedMap(new TreeMap<>(contents));
  }

  /// What stands at the name for one type.
  public sealed interface Content {
    /// @param texts of the records, as in {@link RecordData}
    record Present(SortedSet<String> texts) implements Content {
      public Present {
        texts = Collections.unmodifiableSortedSet(new TreeSet<>(texts));
      }
    }

    /// No record of the type.
    record Absent() implements Content {}

    /// No such name.
    record Gone() implements Content {}

    /// An alias stands there instead.
    ///
    /// @param target the first name that it leads to
    record Alias(String target) implements Content {}
  }

  /// Makes a snapshot of what was answered. Answers about other names are left out, and so is the
  /// SOA record: its serial says that something was written, not what.
  public static Snapshot of(
      DnsName name, String server, OptionalLong serial, List<DnsAnswer> answers) {
    SortedMap<RecordType, Content> contents = new TreeMap<>();
    for (DnsAnswer answer : answers) {
      if (answer.question().name().equals(name) && answer.question().type() != RecordType.SOA) {
        content(answer).ifPresent(content -> contents.put(answer.question().type(), content));
      }
    }
    return new Snapshot(name, server, serial, contents);
  }

  /// Nothing in it: no question was answered.
  public boolean isEmpty() {
    return contents.isEmpty();
  }

  /// This one, with what `older` knew of types that were not answered now: what the next is
  /// compared with.
  public Snapshot over(Snapshot older) {
    SortedMap<RecordType, Content> merged = new TreeMap<>(older.contents);
    merged.putAll(contents);
    return new Snapshot(name, server, serial.isPresent() ? serial : older.serial, merged);
  }

  /// The same content, whatever the serial.
  public boolean saysTheSameAs(Snapshot other) {
    return contents.equals(other.contents);
  }

  /// For storage: a line for each record, `TYPE data`, `TYPE -` for none, `TYPE !` for no such
  /// name, `TYPE > target` for an alias.
  public String toText() {
    StringBuilder text = new StringBuilder();
    serial.ifPresent(number -> text.append("serial ").append(number).append('\n'));
    for (Map.Entry<RecordType, Content> entry : contents.entrySet()) {
      String type = entry.getKey().name();
      switch (entry.getValue()) {
        case Content.Present(SortedSet<String> texts) ->
            texts.forEach(one -> text.append(type).append(" = ").append(one).append('\n'));
        case Content.Absent() -> text.append(type).append(" -\n");
        case Content.Gone() -> text.append(type).append(" !\n");
        case Content.Alias(String target) ->
            text.append(type).append(" > ").append(target).append('\n');
      }
    }
    return text.toString();
  }

  /// Reads what {@link #toText} wrote.
  ///
  /// @throws IllegalArgumentException when it did not write that
  public static Snapshot fromText(DnsName name, String server, String text) {
    OptionalLong serial = OptionalLong.empty();
    SortedMap<RecordType, Content> contents = new TreeMap<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("serial ")) {
        serial = OptionalLong.of(Long.parseLong(line.substring("serial ".length())));
        continue;
      }
      String[] parts = line.split(" ", 3);
      if (parts.length < 2) {
        throw new IllegalArgumentException("no line of a snapshot: " + line);
      }
      read(RecordType.valueOf(parts[0]), parts[1], parts.length > 2 ? parts[2] : "", contents);
    }
    return new Snapshot(name, server, serial, contents);
  }

  private static void read(
      RecordType type, String mark, String rest, SortedMap<RecordType, Content> into) {
    switch (mark) {
      case "-" -> into.put(type, new Content.Absent());
      case "!" -> into.put(type, new Content.Gone());
      case ">" -> into.put(type, new Content.Alias(rest));
      case "=" -> {
        SortedSet<String> texts = new TreeSet<>();
        texts.add(rest);
        if (into.get(type) instanceof Content.Present(SortedSet<String> others)) {
          texts.addAll(others);
        }
        into.put(type, new Content.Present(texts));
      }
      default -> throw new IllegalArgumentException("no mark of a snapshot: " + mark);
    }
  }

  private static Optional<Content> content(DnsAnswer answer) {
    boolean alias = !answer.aliases().isEmpty() && answer.question().type() != RecordType.CNAME;
    return switch (answer) {
      case DnsAnswer.Answered some when alias ->
          Optional.of(new Content.Alias(some.chain().getFirst().data().toString()));
      case DnsAnswer.Records some -> Optional.of(new Content.Present(texts(some)));
      case DnsAnswer.NoSuchRecord _ -> Optional.of(new Content.Absent());
      case DnsAnswer.NoSuchName _ -> Optional.of(new Content.Gone());
      case DnsAnswer.Unanswered _ -> Optional.empty();
    };
  }

  private static SortedSet<String> texts(DnsAnswer.Records some) {
    SortedSet<String> texts = new TreeSet<>();
    List<DnsRecord> records =
        some.question().type() == RecordType.CNAME && some.records().isEmpty()
            ? some.chain().subList(0, 1)
            : some.records();
    // Each server of a zone says the same, in every turn.
    records.forEach(record -> texts.add(record.data().toString().intern()));
    return texts;
  }
}
