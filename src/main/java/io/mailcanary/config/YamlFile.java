package io.mailcanary.config;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/// Turns one file into nodes, bounded in size, depth and number however its aliases multiply.
final class YamlFile {
  /// Largest file in bytes.
  static final int LARGEST = 4 * 1024 * 1024;

  private static final int DEEPEST = 32;
  private static final int MOST_NODES = 500_000;
  private static final String KEY = "yaml";
  private static final Set<Tag> PLAIN_TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MERGE,
          Tag.MAP,
          Tag.SEQ);

  private final String file;
  private final Findings findings;
  private int nodes;

  private YamlFile(String file, Findings findings) {
    this.file = file;
    this.findings = findings;
  }

  /// The whole file; empty where it has nothing to say or cannot be read, which is then a finding.
  static Optional<Node> parse(String file, byte[] bytes, Findings findings) {
    return new YamlFile(file, findings).parse(bytes);
  }

  private Optional<Node> parse(byte[] bytes) {
    Optional<String> text = decode(bytes);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      org.yaml.snakeyaml.nodes.Node root =
          new Yaml(options()).compose(new StringReader(text.get()));
      return root == null ? Optional.empty() : Optional.of(convert(root, "", 0));
    } catch (TooMuch e) {
      findings.add(e.at, KEY, e.sentence);
    } catch (ReaderException e) {
      findings.add(
          spot(text.get(), e.getPosition()),
          KEY,
          "holds a character that YAML does not allow, expected printable text");
    } catch (MarkedYAMLException e) {
      findings.add(spot(e.getProblemMark()), KEY, sentence(e));
    } catch (YAMLException | IllegalArgumentException | IndexOutOfBoundsException _) {
      // Such as an escape that stands for no character; the parser does not say where.
      findings.add(Spot.startOf(file), KEY, "is no YAML, expected one document of it");
    }
    return Optional.empty();
  }

  private static LoaderOptions options() {
    LoaderOptions options = new LoaderOptions();
    options.setNestingDepthLimit(DEEPEST);
    options.setCodePointLimit(LARGEST);
    options.setMaxAliasesForCollections(10_000);
    options.setProcessComments(false);
    return options;
  }

  private Optional<String> decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      String text = decoder.decode(in).toString();
      return Optional.of(text.startsWith("\uFEFF") ? text.substring(1) : text);
    } catch (CharacterCodingException _) {
      String good = new String(bytes, 0, in.position(), StandardCharsets.UTF_8);
      findings.add(
          spot(good, good.codePointCount(0, good.length())),
          KEY,
          "is not in UTF-8 from here on, expected UTF-8 throughout");
      return Optional.empty();
    }
  }

  private Node convert(org.yaml.snakeyaml.nodes.Node node, String key, int depth) {
    Spot at = spot(node.getStartMark());
    if (depth > DEEPEST) {
      throw new TooMuch(at, "is nested deeper than %d levels".formatted(DEEPEST));
    }
    if (++nodes > MOST_NODES) {
      throw new TooMuch(
          at, "holds more than %d values, those behind aliases counted".formatted(MOST_NODES));
    }
    if (!PLAIN_TAGS.contains(node.getTag())) {
      findings.add(at, key.isEmpty() ? KEY : key, "has a tag, expected a value without one");
    }
    return switch (node) {
      case ScalarNode scalar ->
          new Node.Scalar(at, scalar.getValue(), scalar.getTag().equals(Tag.NULL));
      case SequenceNode sequence -> new Node.Sequence(at, items(sequence, key, depth));
      case MappingNode mapping -> new Node.Mapping(at, entries(mapping, key, depth));
      default -> throw new TooMuch(at, "is no YAML, expected one document of it");
    };
  }

  private List<Node> items(SequenceNode sequence, String key, int depth) {
    List<Node> items = new ArrayList<>();
    for (org.yaml.snakeyaml.nodes.Node item : sequence.getValue()) {
      items.add(convert(item, key + "[" + items.size() + "]", depth + 1));
    }
    return List.copyOf(items);
  }

  private List<Node.Entry> entries(MappingNode mapping, String key, int depth) {
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    List<Node> merged = new ArrayList<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Spot at = spot(tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        findings.add(at, key.isEmpty() ? KEY : key, "has a key that is no text, expected a word");
      } else if (name.getTag().equals(Tag.MERGE)) {
        merged.add(convert(tuple.getValueNode(), key, depth + 1));
      } else {
        String inner = Value.join(key, name.getValue());
        Node value = convert(tuple.getValueNode(), inner, depth + 1);
        Node.Entry first =
            entries.putIfAbsent(name.getValue(), new Node.Entry(name.getValue(), at, value));
        if (first != null) {
          findings.add(
              at,
              inner,
              "stands here twice, first in line %d, expected once".formatted(first.at().line()));
        }
      }
    }
    merged.forEach(node -> merge(node, key, entries));
    return List.copyOf(entries.values());
  }

  /// What stands in the mapping itself wins, then the earlier of those merged in.
  private void merge(Node node, String key, Map<String, Node.Entry> entries) {
    switch (node) {
      case Node.Mapping mapping ->
          mapping.entries().forEach(entry -> entries.putIfAbsent(entry.key(), entry));
      case Node.Sequence sequence -> sequence.items().forEach(item -> merge(item, key, entries));
      case Node.Scalar scalar ->
          findings.add(
              scalar.at(), Value.join(key, "<<"), "merges a text, expected an alias of a mapping");
    }
  }

  /// Names of aliases and tags are left out: they may be a secret that was not quoted.
  private static String sentence(MarkedYAMLException e) {
    String problem = e.getProblem() == null ? "" : e.getProblem();
    if (problem.contains("undefined alias")) {
      return "has an alias without an anchor, expected quotes round a text that starts with '*'";
    }
    if (problem.contains("tag")) {
      return "has a tag, expected a value without one, or quotes round a text that starts with '!'";
    }
    if (problem.endsWith("but got {")) {
      return "is no YAML: found a brace here, expected quotes round a ${NAME} within { } or [ ]";
    }
    String context = e.getContext() == null ? "" : e.getContext() + ", ";
    return "is no YAML: %s%s".formatted(context, problem);
  }

  private Spot spot(Mark mark) {
    return mark == null
        ? Spot.startOf(file)
        : new Spot(file, mark.getLine() + 1, mark.getColumn() + 1);
  }

  /// The place of the character at `position`, counted in code points.
  private Spot spot(String text, int position) {
    int line = 1;
    int column = 1;
    int[] before = text.codePoints().limit(Math.max(0, position)).toArray();
    for (int c : before) {
      column = c == '\n' ? 1 : column + 1;
      line += c == '\n' ? 1 : 0;
    }
    return new Spot(file, line, column);
  }

  private static final class TooMuch extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Spot at;
    private final String sentence;

    TooMuch(Spot at, String sentence) {
      super(sentence, null, false, false);
      this.at = at;
      this.sentence = sentence;
    }
  }
}
