package io.mailcanary.config;

import io.mailcanary.runtime.Plan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads all probe files of a folder as one.
public final class ProbeFolder {
  /// The name by which the environment is asked whether OpenID providers are configured.
  public static final String OPENID = "micronaut.security.oauth2.clients";

  private static final long LARGEST_TOTAL = 64L * 1024 * 1024;

  private final Path folder;
  private final Findings findings = new Findings();
  private final Reader reader;
  private final Sections sections;
  private long total;

  private ProbeFolder(Path folder, Function<String, Optional<String>> environment) {
    this.folder = folder;
    this.reader = new Reader(folder, environment, findings);
    this.sections = new Sections(reader);
  }

  /// Reads the `*.yaml` and `*.yml` files of a folder, hidden ones and sub-folders left aside.
  /// Never throws for what stands in them.
  ///
  /// @param folder as the user wrote it: problems name files by it
  /// @param environment what `${NAME}` stands for
  public static Reading read(Path folder, Function<String, Optional<String>> environment) {
    return new ProbeFolder(folder, environment).read();
  }

  private Reading read() {
    readFiles();
    boolean readable = findings.isEmpty();
    Plan plan = sections.bind();
    if (readable && sections.hasNoPath()) {
      fault("paths", "is missing, expected at least one path in the *.yaml files of this folder");
    }
    Snapshot snapshot = reader.files().snapshot();
    return findings.isEmpty()
        ? new Reading.Valid(plan, snapshot)
        : new Reading.Invalid(findings.all(), snapshot);
  }

  private void readFiles() {
    List<Path> files = list();
    if (files.size() > Snapshot.MOST_FILES) {
      fault(
          "folder", "has too many probe files, expected %d at most".formatted(Snapshot.MOST_FILES));
      return;
    }
    files.forEach(this::readFile);
  }

  private List<Path> list() {
    if (!Files.isDirectory(folder)) {
      reader.files().listed(folder, Snapshot.mark(folder));
      fault("folder", "there is no such folder, expected a folder of probe files");
      return List.of();
    }
    try {
      List<Path> files = Snapshot.probeFiles(folder);
      reader.files().listed(folder, Snapshot.mark(files));
      return files;
    } catch (IOException _) {
      reader.files().listed(folder, Snapshot.mark(folder));
      fault("folder", "cannot be read, expected a readable folder of probe files");
      return List.of();
    }
  }

  private void readFile(Path file) {
    Spot start = Spot.startOf(file.toString());
    try {
      byte[] bytes = reader.files().read(file, YamlFile.LARGEST);
      total += bytes.length;
      if (total > LARGEST_TOTAL) {
        findings.add(
            start,
            "file",
            "is one too many, expected %s in all".formatted(Units.size(LARGEST_TOTAL)));
        return;
      }
      YamlFile.parse(file.toString(), bytes, findings).ifPresent(sections::gather);
    } catch (IOException e) {
      findings.add(
          start,
          "file",
          "cannot be read: %s, expected a readable file, %s at most"
              .formatted(e.getMessage(), Units.size(YamlFile.LARGEST)));
    }
  }

  private void fault(String key, String message) {
    findings.add(Spot.startOf(folder.toString()), key, message);
  }
}
