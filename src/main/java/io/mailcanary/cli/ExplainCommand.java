package io.mailcanary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mailcanary.app.KnownTags;
import io.mailcanary.mail.Mbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Says what messages are and what they report.
@Command(
    name = "explain",
    description =
        "Says what a message or bounce is: whom it reports about and why, and the hops it took."
            + " Exit: 0, or 2 when a file cannot be read.",
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
  private static final int MOST_BYTES = 64 << 20;
  private static final String STANDARD_INPUT = "-";

  /// What stands at the beginning of every message (RFC 5322 §2.2), be it behind empty lines.
  private static final Pattern FIELD = Pattern.compile("\\s{0,200}[!-9;-~]{1,200}[ \\t]{0,20}:");

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "files of one message or, as mbox, of several; - is standard input")
  private List<String> files = List.of();

  @Option(names = "--json", description = "prints one JSON document a line")
  private boolean json;

  @Mixin private ProbesOption probes;

  @Spec private CommandSpec spec;

  private final ObjectMapper mapper = new ObjectMapper();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    KnownTags tags = KnownTags.load(probes.readIfThere(), Path.of("data"));
    boolean readable = true;
    for (String file : files) {
      try {
        for (String message : messages(file)) {
          show(file, Explanation.of(message, tags), out);
        }
      } catch (IOException e) {
        readable = false;
        out.flush();
        err.println("mailcanary: " + file + ": " + words(e));
      }
    }
    out.flush();
    err.flush();
    return readable ? 0 : 2;
  }

  private void show(String file, Explanation explanation, PrintWriter out) {
    if (json) {
      try {
        out.println(mapper.writeValueAsString(explanation.json()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("an explanation makes JSON", e);
      }
    } else {
      explanation.lines(file).forEach(out::println);
    }
  }

  private static List<String> messages(String file) throws IOException {
    String text = new String(bytes(file), StandardCharsets.ISO_8859_1);
    if (text.isBlank()) {
      throw new IOException("it is empty, expected a message");
    }
    List<String> messages = new ArrayList<>();
    for (String message : Mbox.split(text)) {
      if (!FIELD.matcher(message).lookingAt()) {
        throw new IOException(
            "it holds no message: expected header fields such as `Subject: …` at its beginning");
      }
      messages.add(message.stripLeading());
    }
    return messages;
  }

  private static byte[] bytes(String file) throws IOException {
    try (InputStream in = open(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it has more than %d MB: split it".formatted(MOST_BYTES >> 20));
      }
      return bytes;
    }
  }

  private static InputStream open(String file) throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      return System.in;
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw new IOException("it is a directory, expected a file");
    }
    return Files.newInputStream(path);
  }

  private static String words(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file";
    }
    if (e instanceof java.nio.file.AccessDeniedException) {
      return "we may not read it";
    }
    return String.valueOf(e.getMessage());
  }
}
