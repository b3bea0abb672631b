package io.mailcanary.mail;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// Real bounces with what is published about them: `src/test/resources/bounces`.
public final class Corpus {
  private Corpus() {}

  /// What is published about one recipient of one message.
  ///
  /// @param index from one
  /// @param status empty where none is expected
  public record Label(String file, int index, String status, String replyCode, String reason) {}

  /// All messages by their file name.
  public static Map<String, byte[]> mails() {
    Map<String, byte[]> mails = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(resource("mails.zip"))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        mails.put(entry.getName(), zip.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return mails;
  }

  public static List<Label> labels() {
    List<Label> labels = new ArrayList<>();
    try (InputStream in = resource("labels.tsv")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().skip(1).toList()) {
        String[] cells = line.split("\t", -1);
        labels.add(new Label(cells[0], Integer.parseInt(cells[1]), cells[2], cells[3], cells[4]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return labels;
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(Corpus.class.getResourceAsStream("/bounces/" + name), name);
  }
}
